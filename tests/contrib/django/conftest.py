"""The databases of the project, with tables and without rows."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from tests.contrib.django.project import empty
from tests.databases import postgresql_url


@pytest.fixture(scope="session")
def sqlite_project():
    """Give the databases their tables."""
    from django.core.management import call_command

    for alias in ("default", "other"):
        call_command("migrate", database=alias, verbosity=0)


@pytest.fixture
def default(sqlite_project):
    """Empty the project's default database, and close it afterwards."""
    from django.db import connections

    empty("default")
    yield "default"
    connections.close_all()


@pytest.fixture(scope="session")
def postgresql_project():
    """Add a database on PostgreSQL to the project, with tables."""
    from django.core.management import call_command
    from django.db import connections

    address = urlsplit(postgresql_url())
    added = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.path.lstrip("/"),
        "USER": address.username or "",
        "PASSWORD": address.password or "",
        "HOST": address.hostname or parse_qs(address.query).get("host", [""])[0],
        "PORT": address.port or "",
        # A connection takes longer to open than most calls take.
        "OPTIONS": {"pool": {"max_size": 50}},
    }
    usual = connections.configure_settings({"default": {}, "postgresql": added})
    connections.settings["postgresql"] = usual["postgresql"]
    call_command("migrate", database="postgresql", verbosity=0)
    yield
    connections["postgresql"].close_pool()


@pytest.fixture
def postgresql(postgresql_project):
    """Empty the database on PostgreSQL, and close it afterwards."""
    from django.db import connections

    empty("postgresql")
    yield "postgresql"
    connections.close_all()


@pytest.fixture(params=["default", "postgresql"])
def alias(request):
    """Name a database, in turn on SQLite and on PostgreSQL."""
    return request.getfixturevalue(request.param)
