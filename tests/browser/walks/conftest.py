"""The six procedures as sites, one for each framework and file of tests."""

from __future__ import annotations

import os

import pytest
from tests.browser.conftest import chromium
from tests.browser.walks.frameworks import in_django, in_flask
from tests.browser.walks.looking import Looker

THOROUGH = "REGISTRAZIONE_ROUNDS" in os.environ
_USUAL = [("flask", True), ("django", False)]
_OTHERS = [("flask", False), ("django", True)]
# Each framework, with and without scripts; in thorough runs each with each.
WAYS = pytest.mark.parametrize(
    "way",
    [*_USUAL, *(_OTHERS if THOROUGH else ())],
    ids=lambda way: f"{way[0]}-{'script' if way[1] else 'plain'}",
)


@pytest.fixture(scope="module")
def flask_site(tmp_path_factory):
    """Serve the procedures by Flask."""
    chromium()
    with in_flask(tmp_path_factory.mktemp("flask")) as site:
        yield site


@pytest.fixture(scope="module")
def django_site():
    """Serve the procedures by Django."""
    chromium()
    with in_django() as site:
        yield site


@pytest.fixture
def site(request, way):
    """Take the procedures as the framework of a way serves them."""
    return request.getfixturevalue(f"{way[0]}_site")


@pytest.fixture
def script(way):
    """Tell whether the browser of a way runs scripts."""
    return way[1]


@pytest.fixture(scope="session")
def _all_pages(tmp_path_factory):
    own = tmp_path_factory.getbasetemp()
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    seen = own.parent / f"seen-{run}" if run else own / "seen"
    seen.mkdir(exist_ok=True)
    return Looker(seen)


@pytest.fixture
def looker(_all_pages):
    """Look at every page that the tests come to, each state of it once in a run."""
    _all_pages.wrong.clear()
    yield _all_pages
    assert _all_pages.wrong == []
