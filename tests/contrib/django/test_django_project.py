"""A Django project around the store: migrations, checks, and what is said when it is missing."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from io import StringIO

import pytest
from django.contrib.auth import get_permission_codename
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from registrazione import AsyncRegistrar, Registrar
from registrazione.adapters.sealed.first_look import bare
from registrazione.adapters.sql import SqlStore
from registrazione.contrib.django import models
from registrazione.contrib.django.asynchronous import AsyncDjangoStore
from registrazione.contrib.django.checks import check_settings, problems_of
from registrazione.contrib.django.store import DjangoStore
from registrazione.errors import MissingExtra, PluginError, SettingsError, StoreUnavailable
from registrazione.plugins import ACCOUNT_STORE, PluginCatalogue

MODELS = [models.Account, models.Key, models.AuditRecord, models.Letter]


def opened(storage):
    """Open a registrar on some storage."""
    return Registrar.open(
        profile="standard",
        storage=storage,
        mailer="memory://",
        secret_keys=["at least 32 bytes that nobody else knows"],
        base_url="https://example.it/registrazione",
    )


def run(code):
    """Run Python in a process of its own, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-Wd", "-c", code], capture_output=True, text=True, check=True
    )
    assert not done.stderr
    return done.stdout.strip()


OPEN = """
from registrazione.errors import SettingsError
from registrazione.plugins import ACCOUNT_STORE, PluginCatalogue
try:
    PluginCatalogue().build(ACCOUNT_STORE, "django://")
except SettingsError as error:
    print(error)
"""


# -- opening -------------------------------------------------------------------------------------


def test_a_registrar_opens_on_a_database_of_the_project(default) -> None:
    """``django://`` is the default database, ``django://other`` another one."""
    opened("django://").begin()
    build = PluginCatalogue().build
    stores = build(ACCOUNT_STORE, "django://"), build(ACCOUNT_STORE, "django://other")

    assert [store._database.alias for store in stores] == ["default", "other"]


@pytest.mark.parametrize("encrypt", [True, False])
def test_a_registrar_that_is_awaited_works_in_djangos_thread(default, encrypt) -> None:
    """On the connection of the request, also where a store is encrypted."""

    async def letters():
        settings = {"profile": "standard", "mailer": "memory://", "encrypt": encrypt}
        keys, base = ["at least 32 bytes that nobody else knows"], "https://example.it/portal"
        opened = AsyncRegistrar.open(
            storage="django://other", secret_keys=keys, base_url=base, **settings
        )
        async with opened as registrar:
            store = registrar.parts.store
            found = await registrar.letters()
            return bare(store.inner), found.items

    store, found = asyncio.run(letters())

    assert isinstance(store, AsyncDjangoStore)
    assert store._store.using == "other"
    assert found == ()


def test_an_unknown_database_is_told() -> None:
    """The error names the alias."""
    with pytest.raises(SettingsError, match="DATABASES has no 'nowhere'"):
        opened("django://nowhere")


def test_a_deferred_database_is_refused() -> None:
    """SQLite as Django sets it up is refused, with the line that is to be added."""
    with pytest.raises(PluginError, match='"transaction_mode": "IMMEDIATE"'):
        opened("django://plain")


def test_without_a_project_it_is_said_what_to_do() -> None:
    """In a process in which Django is not set up."""
    assert "call django.setup() first" in run(OPEN)


def test_without_the_app_it_is_said_what_to_do() -> None:
    """In a project that does not have the app."""
    project = "import django\nfrom django.conf import settings\nsettings.configure()\n"

    assert "in INSTALLED_APPS" in run(f"{project}django.setup()\n{OPEN}")


def test_without_django_it_is_said_what_to_install(monkeypatch) -> None:
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "django.apps", None)
    monkeypatch.delitem(sys.modules, "registrazione.contrib.django.opening", raising=False)

    with pytest.raises(MissingExtra, match="django"):
        PluginCatalogue().build(ACCOUNT_STORE, "django://")


# -- tables --------------------------------------------------------------------------------------


def test_the_migrations_make_what_the_models_say(default) -> None:
    """``makemigrations --check`` finds nothing to be done."""
    told = StringIO()
    call_command("makemigrations", "registrazione", check_changes=True, dry_run=True, stdout=told)

    assert "No changes detected" in told.getvalue()


def tables_of(path) -> dict[str, set[str]]:
    """Return the columns of our tables in a file of SQLite, and the indexes with their columns."""
    connection = sqlite3.connect(path)
    found = {}
    for model in MODELS:
        table = model._meta.db_table
        found[table] = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        for _, index, unique, _, partial in connection.execute(f"PRAGMA index_list({table})"):
            columns = [row[2] for row in connection.execute(f"PRAGMA index_info({index})")]
            found[table].add(f"{columns} unique={unique} partial={partial}")
    connection.close()
    return found


def test_the_tables_are_those_of_the_sql_store(default, tmp_path) -> None:
    """Columns and indexes are the same, so that whoever knows one store knows the other."""
    SqlStore.open(f"sqlite:///{tmp_path}/sql.db", create=True).close()
    theirs = tables_of(tmp_path / "sql.db")

    assert tables_of(connections[default].settings_dict["NAME"]) == theirs


def test_nobody_is_given_the_permission_to_change_rows() -> None:
    """Rows are changed by the store alone."""
    given = {
        get_permission_codename(action, model._meta)
        for model in MODELS
        for action in model._meta.default_permissions
    }

    assert given == {"view_account", "view_auditrecord", "view_letter"}


def test_rows_say_which_they_are_and_nothing_personal() -> None:
    """In an admin or a log a row is known by its id."""
    rows = [
        models.Account(id="a", data="x"),
        models.Key(digest=b"d", account_id="a"),
        models.AuditRecord(event="confirm"),
        models.Letter(id="l", data="x"),
    ]

    assert [str(row) for row in rows] == ["a", "(b'd', 'a')", "confirm", "l"]


# -- checks --------------------------------------------------------------------------------------


def test_check_passes_what_is_in_order(alias) -> None:
    """A database with the tables of this version is in order."""
    assert DjangoStore(alias).check() is None


def test_check_refuses_missing_tables() -> None:
    """A database without tables is reported before the first person meets it."""
    with pytest.raises(StoreUnavailable, match="migrate them"):
        DjangoStore("empty").check()
    connections["empty"].close()


def test_check_refuses_deferred_transactions() -> None:
    """So is one that begins as a reader."""
    with pytest.raises(StoreUnavailable, match="IMMEDIATE"):
        DjangoStore("plain").check()


def test_databases_without_partial_indexes_are_refused(default, monkeypatch) -> None:
    """Where a claim could have two holders, the store is not opened."""
    monkeypatch.setattr(connections["other"].features, "supports_partial_indexes", False)

    assert ["two holders" in problem for problem in problems_of(connections["other"])] == [True]


def test_the_projects_own_check_passes_what_is_in_order(default) -> None:
    """``manage.py check`` has nothing to say."""
    told = StringIO()
    call_command("check", stdout=told)

    assert "no issues" in told.getvalue()


def test_the_projects_own_check_warns(default, monkeypatch) -> None:
    """Without ``REGISTRAZIONE`` it names the database and the line to be added."""
    monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", {})
    with override_settings(REGISTRAZIONE=None):
        (warning,) = check_settings(None)
    with override_settings(REGISTRAZIONE={}):
        assert check_settings(None) == []

    assert warning.id == "registrazione.W001"
    assert "'default'" in warning.msg
    assert "IMMEDIATE" in warning.msg
