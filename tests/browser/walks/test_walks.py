"""Every procedure is walked by a real browser, from its first page to the use of a service."""

from __future__ import annotations

import pytest
from tests.browser.walks.conftest import THOROUGH
from tests.browser.walks.people import somebody
from tests.browser.walks.procedures import WALKS, whole
from tests.browser.walks.walker import walking

from registrazione.demo.procedures import procedures

PROFILES = {profile.name: profile for profile in procedures()}
ALL_WAYS = [
    (framework, script, screen)
    for framework in ("flask", "django")
    for script in (True, False)
    for screen in ("wide", "phone")
]
USUAL = (("flask", True, "wide"), ("django", False, "phone"))
"""How every procedure is walked; one of them is walked in every other way as well."""
ONE = "unimi-external"
MATRIX = [
    pytest.param(name, way, id=f"{name}-{way[0]}-{'script' if way[1] else 'plain'}-{way[2]}")
    for name in WALKS
    for way in ALL_WAYS
    if THOROUGH or way in USUAL or name == ONE
]


@pytest.mark.requirement("MIM-09", "IOL-02", "IST-10", "POL-07", "UNI-06")
@pytest.mark.parametrize(("name", "way"), MATRIX)
def test_a_procedure_is_walked(request, browser, looker, name, way) -> None:
    """Nothing is missing on the way, whatever the framework, the screen, and without scripts.

    Every page is light, and accessible by day and by night.
    """
    framework, script, screen = way
    site = request.getfixturevalue(f"{framework}_site")
    options = {"script": script, "screen": screen, "look": looker}
    with walking(browser, site, PROFILES[name], somebody(), **options) as walker:
        whole(browser, walker)

        assert walker.trail == WALKS[name].names
