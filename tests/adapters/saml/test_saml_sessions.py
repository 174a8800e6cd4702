"""Sessions that go on at the provider: what is kept of them, and how they end from here."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.saml.logout_scene import Scene, refusal, resigned
from tests.adapters.saml.stage import CALLBACK, provider

from registrazione.adapters.saml import MetadataText
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.logout import (
    logout_answer,
)
from registrazione.adapters.saml.logout_reading import (
    asked_to_end,
)
from registrazione.adapters.saml.sessions import ProviderSession
from registrazione.adapters.saml.xml import only
from registrazione.ports import EndsSessions

# -- what is kept ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "settings", "changes", "kept"),
    [
        ("spid-public", {}, {}, True),
        ("spid-public", {}, {"session_index": None}, False),
        ("spid-public", {"level": 2}, {}, False),
        ("spid-public", {}, {"session_index": "x" * 600}, False),
        ("saml2", {"level": 2}, {}, True),
        ("cie-public", {"level": 3}, {}, True),
    ],
)
def test_a_session_is_kept_where_one_goes_on(profile, settings, changes, kept):
    """In SPID at level 1 only, and never more than the host has room for."""
    session = Scene(profile, **settings).sign_in(**changes).session

    assert bool(session) == kept
    assert len(session) <= 600


def test_no_session_is_kept_that_nobody_could_end():
    """CIE takes messages by redirect alone."""
    assert not Scene("cie-public", binding="post", level=3).sign_in().session


def test_a_session_holds_what_its_end_needs():
    """Provider, index, and the name with its attributes: both sides compare them."""
    scene = Scene()
    read = ProviderSession.read(scene.sign_in(name_id="_n", name_qualifier="a").session)
    usual = ProviderSession.read(scene.sign_in(name_qualifier=scene.idp.entity_id).session)

    assert (read.provider, read.index, read.name_id) == ("https://idp.example", "_session", "_n")
    assert (read.named, usual.named) == ({"NameQualifier": "a"}, {})
    assert "_n" not in repr(read)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1,2,3]", '["a","b"]', json.dumps(["a"] * 8), "[" * 100_000]
)
def test_what_is_no_session_is_none(text):
    """And nobody is sent anywhere for it."""
    assert ProviderSession.read(text) is None
    assert Scene().service.leave(text, "state") is None


NAMES = st.text(st.characters(codec="ascii"), min_size=1, max_size=20)


@settings(deadline=None)
@given(NAMES, NAMES, NAMES, st.dictionaries(st.sampled_from(["NameQualifier", "Format"]), NAMES))
def test_a_session_is_read_as_it_was_written(provider_id, index, name_id, named):
    """Whatever the provider calls it."""
    session = ProviderSession(provider=provider_id, index=index, name_id=name_id, named=named)

    assert ProviderSession.read(session.written()) == session


# -- from here ------------------------------------------------------------------------------------


@pytest.mark.parametrize("binding", ["post", "redirect"])
def test_a_session_ends_from_here(binding):
    """The request names what the assertion named, the answer fits the state."""
    scene = Scene(binding=binding)
    assert isinstance(scene.service, EndsSessions)
    session = scene.sign_in(name_id="_n", name_qualifier="https://names.example").session
    sent = scene.service.leave(session, "a-state")
    message, state = scene.heard(sent)
    asked = asked_to_end(scene.there, message, state)

    assert bool(sent.fields) == (binding == "post")
    assert (asked.name_id, asked.session_index, state) == ("_n", "_session", "a-state")
    assert asked.named["NameQualifier"] == "https://names.example"
    ending = scene.brought(scene.answer(sent))
    assert (ending.sessions, ending.reply) == ((), None)


def test_an_answer_counts_for_its_request_and_once():
    """Not for another state, none that was not asked for, not twice, not too late."""
    scene = Scene()
    session = scene.sign_in().session
    sent = scene.service.leave(session, "a-state")

    assert refusal(scene, scene.answer(sent, state="other")) == "logout.in_response_to"
    assert refusal(scene, scene.answer(sent, request_id="_0")) == "logout.in_response_to"
    answer = scene.answer(sent)
    scene.brought(answer)
    assert refusal(scene, answer) == "response.replayed"
    late = scene.answer(sent)
    scene.clock.go_on(minutes=6)
    assert refusal(scene, late) == "logout.issue_instant"


def test_an_answer_to_an_old_request_is_too_late():
    """A quarter of an hour later nobody waits for it, though it is new itself."""
    scene = Scene()
    sent = scene.service.leave(scene.sign_in().session, "a-state")
    asked = asked_to_end(scene.there, *scene.heard(sent))
    scene.clock.go_on(minutes=15)

    assert refusal(scene, logout_answer(scene.there, asked, scene.clock.now())) == "logout.patience"


def test_an_answer_of_another_kind_of_request_is_none():
    """The ID of a sign-in is no ID of a logout."""
    scene = Scene()
    sign_in = scene.idp.read(scene.service.start(CALLBACK, "a-state"), CALLBACK)
    sent = scene.service.leave(scene.sign_in().session, "a-state")
    answer = scene.answer(sent, request_id=sign_in.request_id)

    assert refusal(scene, answer) == "logout.in_response_to"


def test_a_session_that_did_not_end_is_told():
    """The provider says so: whoever shares a computer should know."""
    scene = Scene(binding="post")
    sent = scene.service.leave(scene.sign_in().session, "a-state")

    def fail(answer):
        code = only(only(answer, "samlp:Status"), "samlp:StatusCode")
        code.set("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")

    told = resigned(scene, scene.answer(sent), "SAMLResponse", fail)
    with pytest.raises(Rejected) as caught:
        scene.service.ended({**told, "RelayState": "a-state"}, "")
    assert (caught.value.rule, caught.value.code) == ("logout.status", "unavailable")


def test_who_is_unknown_now_is_not_asked():
    """Nor is one without an address for it."""
    scene = Scene()
    session = scene.sign_in().session
    bare = scene.document.replace(b"SingleLogoutService", b"ManageNameIDService")
    for documents in ((), (bare,)):
        source = MetadataText(documents=documents, clock=scene.clock)
        service = provider(scene.clock, (), identity_providers=source)
        assert service.leave(session, "a-state") is None
