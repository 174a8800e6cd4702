"""Set Django up, with a database of the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import django
import pytest
from django.test import utils

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PORTAL_SECRET_KEY", "a key of the tests that nobody else knows")
django.setup()


@pytest.fixture(scope="session", autouse=True)
def databases() -> Iterator[None]:
    """Make the tables, and put the letters where the tests find them."""
    utils.setup_test_environment()
    made = utils.setup_databases(verbosity=0, interactive=False)
    yield
    utils.teardown_databases(made, verbosity=0)
    utils.teardown_test_environment()
