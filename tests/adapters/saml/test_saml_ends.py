"""Sessions that end because the provider asks for it, and messages that end nothing."""

from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import quote_plus, urlsplit

import attrs
import pytest
from tests.adapters.saml.logout_scene import LOGOUT, Scene, refusal, resigned
from tests.adapters.saml.stage import ENTITY_ID, StillClock, provider

from registrazione.adapters.saml import MetadataText, instants
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.profiles import REDIRECT
from registrazione.adapters.saml.requests import outgoing
from registrazione.adapters.saml.sessions import ProviderSession
from registrazione.adapters.saml.xml import build, only
from registrazione.adapters.transactions import TransactionLog
from registrazione.core.secret import Secret
from registrazione.testing.saml_idp import key_for


@pytest.mark.parametrize("binding", ["post", "redirect"])
def test_a_session_ends_from_there(binding):
    """What is to end is told as it was kept, and the provider gets a signed answer."""
    scene = Scene(binding=binding)
    session = scene.sign_in(name_id="_n").session
    ending = scene.brought(scene.request("_n"))
    message, state = scene.heard(ending.reply)
    in_full = scene.request("_n", NameQualifier=scene.idp.entity_id, SPNameQualifier=ENTITY_ID)

    assert ending.sessions == (session,) == scene.brought(in_full).sessions
    assert scene.brought(scene.request("_n", NameQualifier="other")).sessions != (session,)
    assert (state, message.get("Destination")) == ("theirs", "https://idp.example/slo")
    assert bool(ending.reply.fields) == (binding == "post")


def test_several_sessions_and_no_state():
    """Each is told; what did not come does not go back."""
    scene = Scene(binding="post")
    more = build("samlp:SessionIndex", content="_more")
    form = resigned(scene, scene.request("_n"), "SAMLRequest", lambda one: one.append(more))
    ending = scene.service.ended(form, "")

    assert [ProviderSession.read(one).index for one in ending.sessions] == ["_session", "_more"]
    assert "RelayState" not in dict(ending.reply.fields)
    by_redirect = Scene()
    assert "RelayState" not in by_redirect.brought(by_redirect.request("_n", state="")).reply.url


def _for_all(request):
    request.remove(only(request, "samlp:SessionIndex"))


def _for_nothing(request):
    only(request, "samlp:SessionIndex").text = " \n"


@pytest.mark.parametrize("change", [_for_all, _for_nothing])
def test_nothing_is_ended_that_is_not_named(change):
    """A request for all sessions of a subject names none that is known here; nor does a blank."""
    scene = Scene(binding="post")
    form = resigned(scene, scene.request("_n"), "SAMLRequest", change)
    with pytest.raises(Rejected) as caught:
        scene.service.ended(form, "")
    assert caught.value.rule == "logout.session_index"


def test_a_simple_logout_gets_no_answer():
    """CIE waits for none; and takes and sends by redirect alone."""
    scene = Scene("cie-public", level=3)
    session = scene.sign_in(name_id="_n").session
    ending = scene.brought(scene.request("_n"))

    assert (ending.sessions, ending.reply) == ((session,), None)
    assert not scene.service.leave(session, "a-state").fields
    by_post = Scene("cie-public", binding="post", level=3)
    assert refusal(by_post, by_post.request("_n")) == "logout.binding"


def test_a_provider_without_an_address_gets_no_answer():
    """The session here ends all the same."""
    scene = Scene()
    bare = scene.document.replace(b"SingleLogoutService", b"ManageNameIDService")
    source = MetadataText(documents=(bare,), clock=scene.clock)
    service = provider(scene.clock, (), identity_providers=source)
    query = urlsplit(scene.request("_n").url).query

    ending = service.ended({}, query)

    assert len(ending.sessions) == 1
    assert ending.reply is None


def test_an_answer_goes_where_answers_go():
    """Some providers have an address of its own for them (SAML Metadata 2.2.2)."""
    scene = Scene()
    elsewhere = scene.document.replace(
        b'Location="https://idp.example/slo"',
        b'Location="https://idp.example/slo" ResponseLocation="https://idp.example/answers"',
    )
    source = MetadataText(documents=(elsewhere,), clock=scene.clock)
    service = provider(scene.clock, (), identity_providers=source, level=1)
    ending = service.ended({}, urlsplit(scene.request("_n").url).query)
    session = ending.sessions[0]

    assert ending.reply.url.startswith("https://idp.example/answers?")
    assert service.leave(session, "s").url.startswith("https://idp.example/slo?")


def test_a_request_counts_once_and_while_it_lasts():
    """Not again, not by a stranger, not unsigned, not for somebody else, not when it is over."""
    scene = Scene()
    sent = scene.request("_n")
    unsigned = attrs.evolve(sent, url=sent.url.partition("&SigAlg")[0])
    stranger = Scene()
    stranger.there = attrs.evolve(stranger.there, keys=(key_for("stranger"),))
    elsewhere = Scene()
    known = elsewhere.there.providers[ENTITY_ID]
    address = {REDIRECT: "https://elsewhere.example/logout"}
    moved = {ENTITY_ID: attrs.evolve(known, logout=address)}
    elsewhere.there = attrs.evolve(elsewhere.there, providers=moved)
    nobody = Scene()
    nobody.there = attrs.evolve(nobody.there, entity_id="https://nobody.example")

    assert refusal(scene, unsigned) == "signature.value"
    assert scene.brought(sent).sessions
    assert refusal(scene, sent) == "response.replayed"
    assert refusal(stranger, stranger.request("_n")) == "signature.value"
    assert refusal(elsewhere, elsewhere.request("_n")) == "logout.destination"
    assert refusal(nobody, nobody.request("_n")) == "issuer.unknown"
    late = scene.request("_n")
    scene.clock.go_on(minutes=5, seconds=1)
    assert refusal(scene, late) == "logout.issue_instant"


def test_a_request_that_is_over_is_refused():
    """It says itself until when it counts, to the second."""
    scene = Scene(binding="post")
    for seconds, taken in ((-5, False), (-4, True)):
        ends = instants.written(scene.clock.now() + timedelta(seconds=seconds))
        sent = scene.request("_n")
        form = resigned(
            scene, sent, "SAMLRequest", lambda one, at=ends: one.set("NotOnOrAfter", at)
        )
        if taken:
            assert scene.service.ended(form, "").sessions
            continue
        with pytest.raises(Rejected) as caught:
            scene.service.ended(form, "")
        assert caught.value.rule == "logout.not_on_or_after"


def test_a_message_says_who_sends_it_and_what_it_is_called():
    """An entity, and a name by which it counts once."""
    scene = Scene(binding="post")
    persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    form = resigned(
        scene,
        scene.request("_n"),
        "SAMLRequest",
        lambda one: only(one, "saml:Issuer").set("Format", persistent),
    )
    nameless = build(
        "samlp:LogoutRequest",
        build("saml:Issuer", content=scene.idp.entity_id),
        attributes={"Version": "2.0", "Destination": LOGOUT},
    )
    sent = outgoing(nameless, LOGOUT, REDIRECT, "", scene.idp.key)

    for fields, query in ((form, ""), ({}, urlsplit(sent.url).query)):
        with pytest.raises(Rejected) as caught:
            scene.service.ended(fields, query)
        assert caught.value.rule == "logout.issuer"


@pytest.mark.parametrize("binding", ["post", "redirect"])
def test_a_key_whose_certificate_has_lapsed_ends_nothing(binding):
    """Over both bindings, as it signs nobody in."""
    scene = Scene(binding=binding)
    scene.clock.go_on(days=70 * 365)

    assert refusal(scene, scene.request("_n")) == "signature.value"


def test_what_is_no_message_is_refused(caplog):
    """Nothing, two at once, a state that is none; the log says which rule was broken."""
    scene = Scene()
    caplog.set_level("INFO")
    query = urlsplit(scene.request("_n").url).query
    both = f"{query}&SAMLResponse={quote_plus('x')}"
    long = urlsplit(scene.request("_n", state="x" * 1_001).url).query

    for fields, asked, rule in (
        ({}, "", "message.missing"),
        ({"SAMLRequest": "a", "SAMLResponse": "b"}, "", "message.missing"),
        ({}, both, "message.missing"),
        ({}, long, "message.state"),
        ({"SAMLRequest": "\ud800"}, "lang=it", "message.base64"),
        ({}, "SAMLRequest=\ud800", "message.base64"),
    ):
        with pytest.raises(Rejected) as caught:
            scene.service.ended(fields, asked)
        assert caught.value.rule == rule
    assert caplog.messages[0] == "logout at spid refused: message.missing"


def test_messages_are_kept(tmp_path):
    """Both ways, found by the ID of the request."""
    clock = StillClock()
    log = TransactionLog(tmp_path / "log.db", Secret("k" * 32), clock)
    scene = Scene(evidence=log)
    sent = scene.service.leave(scene.sign_in().session, "a-state")
    scene.brought(scene.answer(sent))
    scene.brought(scene.request("_n"))
    by_post = Scene(binding="post", evidence=log)
    posted = by_post.service.leave(by_post.sign_in().session, "a-state")
    kept = [one.entry for one in log.records() if one.entry.kind == "logout"]

    assert kept[0].exchange == kept[1].exchange != kept[2].exchange
    assert kept[0].message == sent.url.encode()
    assert kept[3].message == base64.b64decode(dict(posted.fields)["SAMLRequest"])
