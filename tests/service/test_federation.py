"""The way to an identity provider."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world import MARIO, World

from registrazione import AsyncRegistrar, Refusal
from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.ports import IdentityError, Outgoing, StartsSignIn
from registrazione.service.identities import Identities

CALLBACK = "https://example.it/registrazione/identity/spid/callback"
SPID = ScriptedProvider("spid", {"mario": MARIO.vouched("spid")}, page="https://idp.example/{name}")


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=1, max_size=80))
@settings(deadline=None)
def test_state_and_callback_arrive_as_they_were_given(state):
    """Byte for byte, whatever they are."""
    assert isinstance(SPID, StartsSignIn)
    outgoing = SPID.start(CALLBACK, state)
    parts = urlsplit(outgoing.url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://idp.example/spid"
    assert parse_qs(parts.query) == {"callback": [CALLBACK], "state": [state]}
    assert outgoing.fields == ()


def test_both_registrars_lead_to_the_provider():
    """The same address, blocking or awaited."""
    world = World(identity_providers=[SPID])
    expected = SPID.start(CALLBACK, "state")
    blocking = world.registrar.start_sign_in_with("spid", callback_url=CALLBACK, state="state")
    registrar = AsyncRegistrar(world.registrar.parts)
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        awaited = runner.run(
            registrar.start_sign_in_with("spid", callback_url=CALLBACK, state="state")
        )
    assert blocking == awaited == expected


def test_a_provider_of_another_procedure_is_unknown():
    """It has to be the procedure's, and to be installed."""
    registrar = World(identity_providers=[]).registrar
    with pytest.raises(Refusal) as refused:
        registrar.start_sign_in_with("cie", callback_url=CALLBACK, state="state")
    assert refused.value.code == "identity.unknown_provider"
    with pytest.raises(Refusal) as refused:
        registrar.start_sign_in_with("spid", callback_url=CALLBACK, state="state")
    assert refused.value.code == "identity.unavailable"


def test_a_form_says_nothing_of_its_fields():
    """A request to a provider stands in no log."""
    outgoing = Outgoing(url="https://idp.example/", fields=(("SAMLRequest", "secret"),))
    assert "secret" not in repr(outgoing)
    with pytest.raises(IdentityError):
        Identities([SPID]).start("cie", CALLBACK, "state")
