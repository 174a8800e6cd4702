"""After the identity provider: what it did not tell, and what it tells differently."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.contrib.web.browserless import Visitor, come_in, visitor_of
from tests.contrib.web.vouched_for import (
    come_by,
    filled_in,
)
from tests.world import ANNA, MARIO, password_of

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.core.evolve import keys_of
from registrazione.core.records import Change, Write

# -- what is missing ---------------------------------------------------------------------------


@pytest.mark.requirement("MIM-06")
@pytest.mark.parametrize("profile", ["mim-students", "polis"])
def test_only_what_is_missing_is_asked_for(profile):
    """What the provider told is shown, not asked; consents are asked in any case."""
    visitor = come_by(visitor_of(profile), MARIO)

    assert visitor.name == "complete"
    names = {field.name for field in visitor.form().fields}
    assert not {"name", "surname", "cf"} & names
    assert MARIO.name in visitor.facts.values()
    assert MARIO.cf in visitor.facts.values()
    assert {f"consent_{text.name}" for text in visitor.world.profile.consents} <= names

    visitor.submit({})
    assert (visitor.name, visitor.status) == ("complete", 422)
    visitor.submit(filled_in(visitor))
    assert visitor.name in {"area", "code"}
    assert visitor.get("/complete").status == 410


@pytest.mark.requirement("MIM-29", "MIM-06")
def test_the_service_that_was_wanted_is_where_the_form_leads():
    """What stood behind the provider's button is not asked again after the missing data."""
    visitor = visitor_of("mim-students", setup={"services": {"pcto": "https://pcto.example/"}})
    come_by(visitor, MARIO, query="?service=pcto")
    assert visitor.name == "complete"
    visitor.submit(filled_in(visitor))

    assert visitor.left == "https://pcto.example/"


@pytest.mark.requirement("MIM-08")
def test_eidas_tells_no_codice_fiscale_so_it_is_asked():
    """The code is among what is missing, and comes first."""
    known = {
        "mario.rossi": attrs.evolve(
            MARIO.vouched("eidas"),
            codice_fiscale=None,
            values={"name": MARIO.name, "surname": MARIO.surname, "birth_date": "1980-01-01"},
        )
    }
    providers = [ScriptedProvider("eidas", known), ScriptedProvider("spid", {})]
    visitor = come_by(visitor_of("mim-students", identity_providers=providers), MARIO, "eidas")

    assert visitor.form().fields[0].name == "cf"
    visitor.submit(filled_in(visitor))
    assert visitor.name == "area"


def test_the_page_without_the_identity_or_too_late_says_so():
    """No cookie, or a ticket that ran out: sign in again."""
    visitor = visitor_of("mim-students")
    assert (visitor.get("/complete").name, visitor.status) == ("identity.over", 410)
    assert visitor.post("/complete", {}).name == "identity.over"

    come_by(visitor, MARIO)
    visitor.world.wait(hours=2)
    visitor.submit(filled_in(visitor))
    assert (visitor.name, visitor.status) == ("identity.over", 410)


# -- what differs ------------------------------------------------------------------------------


def differing(**more: Any) -> Visitor:
    """Return a visitor with an account that the identity tells differently of."""
    visitor = visitor_of(**more)
    come_in(visitor, **({"cf": MARIO.cf} if not more else {}))
    visitor.sign_out()
    return come_by(visitor, MARIO)


@pytest.mark.requirement("UNI-03")
def test_the_differences_are_shown_and_then_only_the_identity_opens():
    """Ours and theirs side by side; once accepted, the password is void."""
    visitor = differing()
    table = next(block for block in visitor.page.blocks if hasattr(block, "rows"))

    assert visitor.name == "align"
    rows = {row[0].text: (row[1].text, row[2].text) for row in table.rows}
    assert rows["Email"] == (MARIO.email(), f"{MARIO.username}@spid.example")
    assert "solo con l'identità digitale" in visitor.prose
    visitor.submit(do="accept")
    assert visitor.name == "area"
    assert "I dati sono stati allineati." in visitor.said
    visitor.sign_out()
    typed = {"username": MARIO.username, "password": password_of(visitor.world.profile, MARIO)}
    visitor.submit(typed) if visitor.name == "sign_in" else visitor.get("/sign-in").submit(typed)
    assert visitor.name == "sign_in"


@pytest.mark.requirement("UNI-03")
def test_who_refuses_keeps_the_password():
    """Nothing changes, and the page cannot be used again."""
    visitor = differing()
    assert visitor.submit(do="refuse").name == "sign_in"
    assert visitor.post("/align", {"do": "accept"}).name == "identity.over"
    account = visitor.world.registrar.accounts("active").items[0]
    assert account.link == "none"


def test_an_answer_without_a_button_asks_again():
    """Neither accepted nor refused is neither."""
    visitor = differing()
    visitor.post("/align", {"do": "perhaps"})
    assert visitor.name == "align"


def test_the_choice_without_the_identity_or_too_late_says_so():
    """No cookie, or a ticket that ran out: sign in again."""
    visitor = visitor_of()
    assert (visitor.get("/align").name, visitor.status) == ("identity.over", 410)
    visitor = differing()
    visitor.world.wait(hours=2)
    assert visitor.submit(do="accept").name == "identity.over"


def test_what_the_choice_is_refused_with_is_shown_on_its_page():
    """Another account took the identity meanwhile: the person reads so, and may still refuse."""
    visitor = differing()
    other = visitor.world.active(ANNA)
    store = visitor.world.store
    identity = MARIO.vouched().identity

    taken = attrs.evolve(other, identities=(identity,), version=other.version + 1)
    store.commit(
        Change(
            writes=(
                Write(
                    account_id=other.id,
                    expected=other.version,
                    account=taken,
                    keys=keys_of(taken),
                ),
            )
        )
    )
    visitor.submit(do="accept")
    assert (visitor.name, visitor.status) == ("align", 422)


def test_a_procedure_that_keeps_both_ways_says_so():
    """Where somebody saw the person, the password stays, if the procedure lets it."""
    visitor = differing(profile="mim-students")
    assert "in entrambi i modi" in visitor.prose
