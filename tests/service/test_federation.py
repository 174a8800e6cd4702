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
from registrazione.ports import Choice, Document, Ending, IdentityError, Outgoing, StartsSignIn
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


class Federation:
    """A provider behind whose button two services stand; it takes part in everything."""

    name = "spid"

    def verify(self, response):
        """Vouch for nobody."""
        raise IdentityError("invalid")

    def choices(self):
        """Name the two."""
        return [Choice(name="a", title="A"), Choice(name="b", title="B")]

    def start(self, callback_url, state, choice=""):
        """Lead to the one that is chosen."""
        if not choice:
            raise IdentityError("choice_needed")
        return Outgoing(url=f"https://{choice}.example/{state}")

    def document(self, path):
        """Tell who we are."""
        return Document(media_type="text/xml", body=b"<we/>") if path == "metadata" else None

    def leave(self, session, state):
        """Lead to where that session ends."""
        return Outgoing(url=f"https://a.example/{session}/{state}") if session else None

    def ended(self, message, query):
        """Believe whoever names a session."""
        return Ending(sessions=(str(message["session"]), query))


def both(ask, provider):
    """Return what both registrars answer, blocking and awaited, which is the same."""
    world = World(identity_providers=[provider])
    told = ask(world.registrar)
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        assert runner.run(ask(AsyncRegistrar(world.registrar.parts))) == told
    return told


def test_one_of_several_services_is_chosen():
    """They are listed; without a choice nothing starts, and with one that one does."""
    way = {"callback_url": CALLBACK, "state": "state"}
    chosen = both(lambda r: r.start_sign_in_with("spid", **way, choice="b"), Federation())

    assert chosen == Outgoing(url="https://b.example/state")
    listed = both(lambda r: r.identity_choices("spid"), Federation())
    assert [one.title for one in listed] == ["A", "B"]
    with pytest.raises(Refusal) as refused:
        World(identity_providers=[Federation()]).registrar.start_sign_in_with("spid", **way)
    assert refused.value.code == "identity.choice_needed"


def test_what_the_other_side_reads_and_the_end_of_a_session():
    """What the provider's back-end says is handed on."""
    document = both(lambda r: r.identity_document("spid", "metadata"), Federation())
    leaving = both(lambda r: r.start_sign_out_with("spid", session="s", state="t"), Federation())
    ended = both(lambda r: r.end_sessions_with("spid", {"session": "s"}, "q=1"), Federation())

    assert document == Document(media_type="text/xml", body=b"<we/>")
    assert leaving == Outgoing(url="https://a.example/s/t")
    assert ended == Ending(sessions=("s", "q=1"))
    assert both(lambda r: r.identity_document("spid", "other"), Federation()) is None


def test_a_provider_that_does_none_of_it_says_so():
    """There is nothing to choose, to read or to end; a choice and a message lead nowhere."""
    registrar = World(identity_providers=[SPID]).registrar

    assert registrar.identity_choices("spid") == ()
    assert registrar.identity_document("spid", "metadata") is None
    assert registrar.start_sign_out_with("spid", session="s", state="t") is None
    for refused_by in (
        lambda: registrar.end_sessions_with("spid", {}),
        lambda: registrar.start_sign_in_with("spid", callback_url="", state="", choice="b"),
    ):
        with pytest.raises(Refusal) as refused:
            refused_by()
        assert refused.value.code == "identity.unavailable"
