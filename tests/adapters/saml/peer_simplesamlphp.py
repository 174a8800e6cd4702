"""Sign in with somebody else's identity provider: SimpleSAMLphp, on this machine.

Its name keeps it out of the ordinary run, which has no PHP; where it is named, it never skips.
"""

from __future__ import annotations

import base64
import re
import zlib
from urllib.parse import parse_qsl, urlencode

import attrs
import pytest
from tests.adapters.saml.simplesamlphp import (
    GIVES_UP,
    browser,
    follow,
    form_of,
    go,
    log_in,
    refusal,
    served,
    what_is_missing,
)
from tests.adapters.saml.simplesamlphp_service import (
    CALLBACK,
    CLOCK,
    KEYS,
    LEVEL_2,
    LOGOUT,
    a_state,
    own_metadata,
    own_metadata_with_one_logout,
    party_for,
    service_for,
)

from registrazione.adapters.saml.logout import (
    logout_answer,
    logout_request,
)
from registrazione.adapters.saml.logout_reading import (
    asked_to_end,
    has_ended,
    posted_message,
    redirected_message,
)
from registrazione.adapters.saml.profiles import POST, REDIRECT
from registrazione.adapters.saml.xml import only, parse, text
from registrazione.ports import IdentityError
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import attributes_of, key_for

BINDINGS = ("post", "redirect")
SIGNATURE = re.compile(rb"<ds:Signature.*</ds:Signature>", re.DOTALL)


@pytest.fixture(scope="module")
def idp(tmp_path_factory):
    """Start the provider, and stop it in the end."""
    missing = what_is_missing()
    if missing:
        pytest.fail(f"not on this machine: {missing}")
    people = {"adele": PEOPLE.adele, "carla": PEOPLE.carla}
    users = {name: dict(attributes_of(person)) for name, person in people.items()}
    users[GIVES_UP] = {"spidCode": GIVES_UP}
    with served(tmp_path_factory.mktemp("simplesamlphp"), LEVEL_2) as running:
        running.settle(own_metadata(), users, key_for("idp"))
        yield running


def signed_in(service, name="adele", state=""):
    """Let somebody sign in, in a browser of their own, and return what it brings back."""
    with browser() as client:
        page = go(client, service.start(CALLBACK, state or a_state()))
        return brought(log_in(client, page, name))


def brought(page):
    """Return what the last page would post to the service."""
    action, fields = form_of(page)
    assert action == CALLBACK
    return fields


def why(service, answer):
    """Return why an answer is refused."""
    with pytest.raises(IdentityError) as caught:
        service.verify(answer)
    return caught.value.code, getattr(caught.value, "rule", "")


# -- signing in -------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("binding", BINDINGS)
def test_somebody_signs_in(idp, binding, key):
    """With either binding, and either key that the service has told of."""
    state = a_state()
    service = service_for(idp, binding=binding, keys=[KEYS[key]])
    answer = signed_in(service, state=state)
    verified = service.verify(answer)

    assert answer["RelayState"] == state
    assert verified.identity.provider == "peer"
    assert verified.identity.issuer == idp.entity_id
    assert verified.identity.subject == "TEST84C52F205F"
    assert verified.codice_fiscale == "TRVDLA84C52F205F"
    assert verified.level == 2
    assert verified.values == {
        "name": "Adele",
        "surname": "Trovamala",
        "birth_date": "1984-03-12",
        "birth_place": "F205",
        "sex": "F",
        "email": "adele.trovamala@posta.example",
        "phone": "+393330000001",
        "document_type": "cartaIdentita",
        "document_number": "CA12345AA",
        "document_issued": "2025-01-01",
        "document_expires": "2035-01-01",
    }


def test_accents_arrive_as_they_left(idp):
    """In what somebody else has written and signed."""
    service = service_for(idp)

    assert service.verify(signed_in(service, "carla")).values["surname"] == "De Lucariè"


def test_an_answer_counts_once_and_for_one_request(idp):
    """Not again, not in another browser, not without one, and not where others have asked."""
    service = service_for(idp)
    first, second = signed_in(service), signed_in(service)

    assert why(service, {**first, "RelayState": second["RelayState"]}) == (
        "invalid",
        "response.in_response_to",
    )
    assert why(service, {"SAMLResponse": first["SAMLResponse"]}) == ("invalid", "message.state")
    elsewhere = service_for(idp, keys=[KEYS["coming"]])
    assert why(elsewhere, first) == ("invalid", "response.in_response_to")
    assert service.verify(first).level == 2
    assert why(service, first) == ("replayed", "response.replayed")
    assert service.verify(second).level == 2


def test_a_changed_answer_is_refused(idp):
    """What the provider signed is what counts, to the letter."""
    service = service_for(idp)
    answer = signed_in(service)
    message = base64.b64decode(answer["SAMLResponse"])
    changed = message.replace(b"TRVDLA84C52F205F", b"QRTBRN79S05H501X")

    assert changed != message
    assert why(service, {**answer, "SAMLResponse": base64.b64encode(changed).decode()}) == (
        "invalid",
        "signature.value",
    )
    assert service.verify(answer).codice_fiscale == "TRVDLA84C52F205F"


def test_who_gives_up_is_told_so(idp):
    """A number of SPID's table, in an answer that the package has written."""
    service = service_for(idp)

    assert why(service, signed_in(service, GIVES_UP))[0] == "spid_25"


def test_a_level_that_is_not_reached_is_refused(idp):
    """The third is asked for, the package says the second."""
    service = service_for(idp, level=3)

    assert why(service, signed_in(service))[0] == "level_too_low"


# -- what the package does not take -------------------------------------------------------------


def changed(outgoing):
    """Ask for a lower level than the service did, under its signature."""
    return carried(outgoing, lambda message: message.replace(b"SpidL2", b"SpidL1"))


def unsigned(outgoing):
    """Leave the signature out."""
    if outgoing.fields:
        return carried(outgoing, lambda message: SIGNATURE.sub(b"", message))
    return attrs.evolve(outgoing, url=outgoing.url.partition("&SigAlg")[0])


def carried(outgoing, change=lambda message: message):
    """Wrap a request anew, as the binding has it, after a change to it."""
    fields = dict(outgoing.fields)
    if fields:
        message = change(base64.b64decode(fields["SAMLRequest"]))
        fields["SAMLRequest"] = base64.b64encode(message).decode()
        return attrs.evolve(outgoing, fields=tuple(fields.items()))
    address, _, query = outgoing.url.partition("?")
    pairs = dict(parse_qsl(query))
    message = zlib.decompress(base64.b64decode(pairs["SAMLRequest"]), -zlib.MAX_WBITS)
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = deflater.compress(change(message)) + deflater.flush()
    pairs["SAMLRequest"] = base64.b64encode(deflated).decode()
    return attrs.evolve(outgoing, url=f"{address}?{urlencode(pairs)}")


@pytest.mark.parametrize("change", [changed, unsigned])
@pytest.mark.parametrize("binding", BINDINGS)
def test_the_package_looks_at_our_signature(idp, binding, change):
    """It takes a request that was wrapped anew, and none that was changed or not signed."""
    service = service_for(idp, binding=binding)
    with browser() as client:
        taken = go(client, carried(service.start(CALLBACK, a_state())))
        refused = go(client, change(service.start(CALLBACK, a_state())))

    assert "password" in form_of(taken)[1]
    assert "signature" in refusal(refused)


@pytest.mark.parametrize("binding", BINDINGS)
def test_the_package_takes_no_request_of_a_stranger(idp, binding):
    """Signed, but with a key that the service's metadata do not name."""
    stranger = service_for(idp, binding=binding, keys=[key_for("stranger")])
    with browser() as client:
        page = go(client, stranger.start(CALLBACK, a_state()))

    assert "signature" in refusal(page)


# -- keys that change -----------------------------------------------------------------------------


def test_the_provider_changes_its_key(idp):
    """It tells of the next key, then signs with it: who read the metadata in time goes on."""
    present, coming = key_for("idp"), key_for("idp, next year")
    late = service_for(idp)
    idp.take_key(present, coming)
    in_time = service_for(idp)
    try:
        assert in_time.verify(signed_in(in_time)).level == 2
        idp.take_key(coming)
        assert in_time.verify(signed_in(in_time)).level == 2
        assert why(late, signed_in(late)) == ("invalid", "signature.value")
    finally:
        idp.take_key(present)


# -- the end of a session -------------------------------------------------------------------------


@pytest.fixture(params=[REDIRECT, POST], ids=["redirect", "post"])
def binding_of_logout(request, idp):
    """Let both sides have one address for the end of a session, and return its binding."""
    idp.take_service(own_metadata_with_one_logout(request.param))
    yield request.param
    idp.take_service(own_metadata())


def session_of(answer):
    """Return how the provider names somebody, and the session."""
    assertion = only(parse(base64.b64decode(answer["SAMLResponse"])), "saml:Assertion")
    name = text(only(only(assertion, "saml:Subject"), "saml:NameID"))
    return name, only(assertion, "saml:AuthnStatement").get("SessionIndex")


def heard(party, reply):
    """Return what a browser brings to the service's address for logout, and the state with it."""
    if reply.has_redirect_location:
        address, _, query = reply.headers["location"].partition("?")
        fields, message = dict(parse_qsl(query)), redirected_message(party, query, CLOCK.now())
    else:
        address, fields = form_of(reply)
        message = posted_message(party, fields, CLOCK.now())
    assert address == LOGOUT
    return message, fields["RelayState"]


def leaving(party, binding, name_id="_name", session_index="_session"):
    """Return where a browser goes to end a session."""
    (known,) = party.providers.values()
    return logout_request(
        party,
        attrs.evolve(known, logout={binding: known.logout[binding]}),
        name_id=name_id,
        session_index=session_index,
        state="bye",
        at=CLOCK.now(),
    )


def test_the_service_ends_the_session(idp, binding_of_logout):
    """While it lasts the first level needs no password, and a higher one does; then all do."""
    party = party_for(idp)
    first, second = service_for(idp, level=1), service_for(idp)
    with browser() as client:
        answer = brought(log_in(client, go(client, first.start(CALLBACK, a_state())), "adele"))
        again = brought(go(client, first.start(CALLBACK, a_state())))
        higher = go(client, second.start(CALLBACK, a_state()))
        gone = go(client, leaving(party, binding_of_logout, *session_of(again)))
        afterwards = go(client, first.start(CALLBACK, a_state()))
    message, state = heard(party, gone)

    assert first.verify(answer).identity == first.verify(again).identity
    assert "password" in form_of(higher)[1]
    assert has_ended(message)
    assert state == "bye"
    assert "password" in form_of(afterwards)[1]


def test_the_provider_ends_the_session(idp, binding_of_logout):
    """It asks us, takes our answer, and sends the browser where it wanted to go."""
    party = party_for(idp)
    service = service_for(idp, level=1)
    address = f"{idp.url}saml2/idp/SingleLogoutService.php"
    with browser() as client:
        answer = brought(log_in(client, go(client, service.start(CALLBACK, a_state())), "adele"))
        asking = follow(client, client.get(address, params={"ReturnTo": idp.entity_id}))
        asked = asked_to_end(party, *heard(party, asking))
        back = go(client, logout_answer(party, asked, CLOCK.now()))
        afterwards = go(client, service.start(CALLBACK, a_state()))

    assert (asked.name_id, asked.session_index) == session_of(answer)
    assert str(back.url) == idp.entity_id
    assert "password" in form_of(afterwards)[1]


@pytest.mark.parametrize("binding", [REDIRECT, POST], ids=["redirect", "post"])
def test_the_package_looks_at_our_signature_on_a_logout(idp, binding):
    """A request to end a session that was changed on its way ends none."""
    left = leaving(party_for(idp), binding)
    with browser() as client:
        page = go(client, carried(left, lambda message: message.replace(b"_name", b"_nobody")))

    assert "signature" in refusal(page)
