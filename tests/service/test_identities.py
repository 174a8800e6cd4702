"""The identity providers by name."""

from __future__ import annotations

import attrs
import pytest
from tests.world import ANNA, MARIO

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.ports import IdentityError
from registrazione.profiles import load
from registrazione.service.identities import Identities

SPID = ScriptedProvider("spid", {"mario": MARIO.vouched("spid"), "odd": MARIO.vouched("cie")})
CIE = ScriptedProvider("cie", {"mario": ANNA.vouched("cie")})


def code_of(provider, response):
    """Return the code of the error."""
    with pytest.raises(IdentityError) as caught:
        Identities([SPID, CIE]).verify(provider, response)
    return caught.value.code


def test_the_one_that_is_named_answers():
    """Each vouches in its own words."""
    identities = Identities(iter([SPID, CIE]))

    assert identities.verify("spid", {"person": "mario"}) == MARIO.vouched("spid")
    assert identities.verify("cie", {"person": "mario"}) == ANNA.vouched("cie")


def test_a_procedure_offers_those_alone_that_are_set_up():
    """In the procedure's order; everything else about it stays as it is."""
    profile = load("iscrizioni-online")
    assert profile.federation.providers == ("spid", "cie", "eidas")

    offered = Identities([CIE, SPID]).offered_by(profile)

    assert offered.federation.providers == ("spid", "cie")
    assert attrs.evolve(offered, federation=profile.federation) == profile
    assert Identities().offered_by(profile).federation.providers == ()


def test_anybody_else_is_not_available():
    """A provider that is not set up answers nothing."""
    assert code_of("eidas", {"person": "mario"}) == "unavailable"
    with pytest.raises(IdentityError, match="unavailable"):
        Identities().verify("spid", {})


def test_nobody_speaks_in_another_s_name():
    """An identity under another provider's name is invalid, and so is a bad response."""
    assert code_of("spid", {"person": "odd"}) == "invalid"
    assert code_of("spid", {"person": "nobody"}) == "invalid"
