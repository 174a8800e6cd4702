"""The pages of the desk and of the identity providers as HTML, by both template engines."""

from __future__ import annotations

import re

import pytest
from tests.contrib.web.behind_the_counter import at_desk
from tests.contrib.web.browserless import Visitor, come_in, visitor_of
from tests.contrib.web.engines import by_django, by_jinja
from tests.contrib.web.vouched_for import PostedTo, come_by
from tests.world import ANNA, MARIO

from registrazione.contrib.web.words import catalogue
from registrazione.core.profile import Role
from registrazione.core.states import AccountState, CodeState, LinkState, PasswordState

ENGINES = pytest.mark.parametrize("draw", [by_jinja, by_django])
PATHS = (
    "/desk",
    "/desk/bulk",
    "/desk/presence",
    "/desk/letters",
    "/desk/statistics",
    "/desk/accounts/{id}",
    "/desk/accounts/{id}/approve",
    "/desk/accounts/{id}/reject",
    "/desk/accounts/{id}/correct",
)


def drawn(visitor: Visitor, draw) -> str:
    """Return the page that is shown as HTML, with one main heading and no name left over."""
    html: str = draw(visitor.page)
    assert html.count("<h1>") == 1
    assert "NOT THERE" not in html
    assert not re.search(r"\{[a-z_]+\}", html.replace("{met}", "").replace("{all}", ""))
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id is there twice"
    return html


@ENGINES
@pytest.mark.parametrize("language", ["it", "en"])
def test_every_page_of_the_desk_is_drawn(draw, language):
    """In both languages, with who acts on each, and names of data escaped."""
    visitor = at_desk()
    account = visitor.world.confirmed(MARIO).account
    visitor.world.confirmed(ANNA)
    visitor.get(f"/desk?language={language}")
    for path in PATHS:
        html = drawn(visitor.get(path.format(id=account.id)), draw)
        assert "op-1" in html
        assert f'lang="{language}"' in html


@ENGINES
def test_a_codice_fiscale_stands_on_the_page_of_its_account_alone(draw):
    """No list, no figure and no other page has it."""
    visitor = at_desk()
    account = visitor.world.confirmed(MARIO).account
    for path in ("/desk", "/desk/bulk", "/desk/presence", "/desk/letters", "/desk/statistics"):
        assert MARIO.cf not in drawn(visitor.get(path), draw)
    assert MARIO.cf in drawn(visitor.get(f"/desk/accounts/{account.id}"), draw)


@ENGINES
def test_a_form_for_another_site_carries_no_token_of_ours(draw):
    """What the provider gets is what the provider asked for; the script sends it."""
    visitor = visitor_of(identity_providers=[PostedTo("spid", {})]).get("/identity/spid")
    html = drawn(visitor, draw)
    assert "csrf_token" not in html
    assert "data-auto" in html
    assert 'name="RelayState"' in html
    back = Visitor(visitor.site).post("/identity/spid/callback", {"SAMLResponse": "x"})
    assert "csrf_token" not in drawn(back, draw)


@ENGINES
def test_what_is_missing_and_what_differs_is_drawn(draw):
    """A form with a token, and a table of both sides."""
    missing = come_by(visitor_of("mim-students"), MARIO)
    assert "csrf_token" in drawn(missing, draw)
    visitor = visitor_of()
    come_in(visitor, cf=MARIO.cf)
    visitor.sign_out()
    assert "<table" in drawn(come_by(visitor, MARIO), draw)


def test_every_state_and_role_has_its_words():
    """What the desk makes of a word of the core is in the catalogue."""
    for prefix, words in (
        ("state", AccountState),
        ("password", PasswordState),
        ("code", CodeState),
        ("link", LinkState),
        ("role", Role),
    ):
        assert all(f"desk.{prefix}.{word}" in catalogue() for word in words)
    for state in ("awaiting_presence", "active"):
        assert f"desk.state.{state}.seen" in catalogue()
