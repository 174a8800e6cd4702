"""The pages of the chapters, drawn: what each consists of fits together on the page."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from tests.contrib.web.browserless import Visitor, come_in, fill_steps, visitor_of
from tests.contrib.web.engines import by_jinja
from tests.world import DIGEST, MARIO, PROFILES

from registrazione.checks.places import InstalledPlaces

MOST_BYTES = 60_000
OUTSIDE = ("/sign-in", "/recover", "/recover/password", "/recover/username", "/recover/link")
INSIDE = (
    *("/area", "/services", "/history", "/password", "/code", "/service/biblioteca-digitale"),
    *("/profile", "/profile/contacts", "/profile/email", "/profile/cancel"),
    f"/submit/istanze?digest={DIGEST}",
)


def check(visitor: Visitor) -> None:
    """Look at the page that is shown, as it is drawn."""
    drawn = by_jinja(visitor.page)
    ids = re.findall(r'\sid="([^"]+)"', drawn)
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", drawn)]

    assert len(drawn.encode()) < MOST_BYTES, visitor.path
    assert len(ids) == len(set(ids)), visitor.path
    assert levels[0] == 1, visitor.path
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), visitor.path


@pytest.mark.parametrize("profile", PROFILES)
def test_every_page_is_drawn(profile) -> None:
    """No id is there twice, no heading too deep, no page too heavy, no part without a template."""
    visitor = visitor_of(profile, places=InstalledPlaces())
    for path in OUTSIDE:
        check(visitor.get(path))
        if visitor.status == 200 and visitor.forms:
            check(visitor.submit())
    check(fill_steps(visitor))
    check(visitor.submit())
    come_in(visitor)
    for path in INSIDE:
        check(visitor.get(path))
        if visitor.status == 200 and visitor.forms and visitor.form().fields:
            check(visitor.submit())


def test_a_password_is_never_drawn() -> None:
    """Whatever page shows a form again, no secret that was typed is in it."""
    visitor = visitor_of()
    fill_steps(visitor).submit({"password": "Segreta-1234", "username": MARIO.username})
    assert "Segreta-1234" not in by_jinja(visitor.page)
    come_in(visitor).get("/password").submit({"old": "Segreta-1234"})
    assert "Segreta-1234" not in by_jinja(visitor.page)
    assert "Segreta-1234" not in repr(visitor.reply)
