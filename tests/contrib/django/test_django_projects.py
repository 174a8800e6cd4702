"""The library in four projects that are set up in different ways, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.databases import postgresql_url

HERE = Path(__file__).parent / "projects"
ROOT = Path(__file__).parents[3]


def run(site, folder, *command, **environment):
    """Run Python in a project; return what it prints."""
    path = os.pathsep.join([str(HERE), str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": path,
            "DJANGO_SETTINGS_MODULE": site,
            "SITE_FOLDER": str(folder),
            **environment,
        },
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def walked(site, folder, **environment):
    """Register somebody in a project; return what became of it."""
    return json.loads(run(site, folder, str(HERE / "walk.py"), **environment).splitlines()[-1])


PLAIN = {
    "before": 0,
    "active": True,
    "key": "int",
    "login": "mario.rossi",
    "birthday": "",
    "entered": True,
    "kept_out": True,
}
UUID = {**PLAIN, "key": "UUID", "login": "mario.rossi@example.it", "birthday": "1980-01-01"}


@pytest.mark.parametrize("site", ["plain_site", "headless_site", "async_site"])
def test_a_project_walks_from_the_form_to_the_user(site, tmp_path) -> None:
    """Checks for deployment and migrations are clean; the user appears with the active account."""
    found = walked(site, tmp_path)

    assert found.pop("erased").startswith("erased-")
    assert found == PLAIN


def test_a_project_has_users_of_its_own_kind(tmp_path) -> None:
    """With a UUID as key, the address as name, and a field that has to be filled."""
    found = walked("uuid_site", tmp_path)

    assert found.pop("erased").endswith("@erased.invalid")
    assert found == UUID


def test_a_project_has_its_users_on_postgresql(tmp_path) -> None:
    """The same where keys and dates are checked by the database."""
    address = urlsplit(postgresql_url())
    host = address.hostname or parse_qs(address.query).get("host", [""])[0]
    where = (host, address.port or "", address.path.lstrip("/"), address.username or "")
    found = walked("uuid_site", tmp_path, SITE_POSTGRESQL="|".join(map(str, where)))

    assert found.pop("erased").endswith("@erased.invalid")
    assert found == UUID


FROM_THE_FIRST = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", "registrazione", "0001", verbosity=0)
from registrazione.contrib.django.store import DjangoStore
from registrazione.testing.builders import an_account, creation, one_change
DjangoStore().commit(one_change(creation(an_account())))
call_command("migrate", verbosity=0)
from registrazione.contrib.django.users import Users, user_of
account = DjangoStore().load("account-1")
import attrs
from registrazione.core.states import AccountState
user = Users().of(attrs.evolve(account, state=AccountState.ACTIVE, username="maria"))
print(account == an_account(), user.username, user_of("account-1") == user)
call_command("migrate", "registrazione", "0001", verbosity=0)
print(DjangoStore().load("account-1") == account, "registrazione_users" in
      connection.introspection.table_names())
"""


def test_accounts_outlive_the_migration(tmp_path) -> None:
    """What the first version has written is read after the second, and after the way back."""
    said = run("plain_site", tmp_path, "-c", FROM_THE_FIRST)

    assert said.split() == ["True", "maria", "True", "True", "False"]
