"""The end of a session: asked for here, or by the identity provider."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from urllib.parse import quote_plus, urlsplit

import attrs
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from tests.adapters.saml.stage import ENTITY_ID, NOW, StillClock

from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.logout import (
    LogoutParty,
    logout_answer,
    logout_request,
)
from registrazione.adapters.saml.logout_reading import (
    asked_to_end,
    has_ended,
    posted_message,
    redirected_message,
)
from registrazione.adapters.saml.metadata_reading import TrustedProvider
from registrazione.adapters.saml.profiles import POST, REDIRECT
from registrazione.adapters.saml.xml import build, only, parse, serialised, text
from registrazione.testing.saml_idp import SamlIdp, key_for

IDP = SamlIdp("https://idp.example", StillClock())
HERE, THERE = "https://service.example/logout", "https://idp.example/slo"


def party(entity_id, url, *, other, other_key, other_url, binding=REDIRECT):
    """Return one side, which knows the other."""
    known = TrustedProvider(
        entity_id=other,
        sign_on={binding: other_url},
        logout={binding: other_url},
        certificates=(other_key.certificate,),
    )
    keys = (key_for("service") if entity_id == ENTITY_ID else IDP.key,)
    return LogoutParty(entity_id=entity_id, logout_url=url, keys=keys, providers={other: known})


def sides(binding=REDIRECT):
    """Return the service and the identity provider, each as a party."""
    service = party(
        ENTITY_ID,
        HERE,
        other=IDP.entity_id,
        other_key=IDP.key,
        other_url=THERE,
        binding=binding,
    )
    idp = party(
        IDP.entity_id,
        THERE,
        other=ENTITY_ID,
        other_key=key_for("service"),
        other_url=HERE,
        binding=binding,
    )
    return service, idp


def received(side, sent, now=NOW):
    """Return the message that a side gets."""
    if sent.fields:
        return posted_message(side, dict(sent.fields), now)
    return redirected_message(side, urlsplit(sent.url).query, now)


def request_of(side, other):
    """Return a request of one side to the other."""
    (known,) = side.providers.values()
    assert known.entity_id == other.entity_id
    return logout_request(
        side, known, name_id="_name", session_index="_session", state="state", at=NOW
    )


@pytest.mark.parametrize("binding", [POST, REDIRECT])
def test_a_session_ends_there_and_back(binding):
    """Whoever asks, with either binding: the request is read, answered, and the answer read."""
    service, idp = sides(binding)
    for here, there in ((service, idp), (idp, service)):
        asked = asked_to_end(there, received(there, request_of(here, there)), "state")
        answer = logout_answer(there, asked, NOW)
        message = received(here, answer)

        assert (asked.name_id, asked.session_index) == ("_name", "_session")
        assert has_ended(message)
        assert message.get("InResponseTo") == asked.request_id
        assert ("SAMLResponse" in dict(answer.fields)) or "SAMLResponse=" in answer.url


def test_a_request_names_the_subject_as_it_was_named():
    """Transient, in the provider's domain; and all sessions where none is named."""
    service, idp = sides()
    message = received(idp, request_of(service, idp))
    message.remove(only(message, "samlp:SessionIndex"))

    assert only(message, "saml:NameID").get("NameQualifier") == IDP.entity_id
    assert text(only(message, "saml:Issuer")) == ENTITY_ID
    assert asked_to_end(idp, message, "state").session_index == ""
    assert "_name" not in repr(asked_to_end(idp, message, "state"))


def test_a_request_is_no_answer_and_the_other_way_round():
    """Each is read as what it is."""
    service, idp = sides()
    message = received(idp, request_of(service, idp))
    with pytest.raises(Rejected):
        has_ended(message)
    with pytest.raises(Rejected):
        asked_to_end(idp, build("samlp:LogoutResponse"), "state")


def test_a_provider_without_an_address_is_not_asked():
    """There is nowhere to go."""
    service, _ = sides()
    (known,) = service.providers.values()
    with pytest.raises(Rejected) as caught:
        logout_request(
            service,
            attrs.evolve(known, logout={}),
            name_id="x",
            session_index="x",
            state="x",
            at=NOW,
        )
    assert caught.value.code == "unavailable"


def rule(side, query, now=NOW):
    """Return the rule that an address breaks."""
    with pytest.raises(Rejected) as caught:
        redirected_message(side, query, now)
    return caught.value.rule


def test_an_altered_address_is_refused():
    """State, algorithm, signature and message are what was signed, and each is there once."""
    service, idp = sides()
    query = urlsplit(request_of(service, idp).url).query
    parts = dict(pair.split("=", 1) for pair in query.split("&"))

    assert rule(idp, query.replace("RelayState=state", "RelayState=other")) == "signature.value"
    assert rule(idp, query.replace("sha256", "sha1")) == "signature.value"
    assert rule(idp, f"{query}&RelayState=state") == "message.twice"
    assert rule(idp, f"SAMLRequest={parts['SAMLRequest']}&Signature=AAAA") == "signature.value"
    assert rule(idp, f"SAMLRequest={parts['SAMLRequest']}") == "signature.value"
    assert rule(idp, "SAMLRequest=////") == "message.deflate"
    assert rule(idp, "x" * 300_000) == "message.size"
    assert rule(idp, f"SAMLRequest={quote_plus(bomb())}") == "message.size"


def bomb():
    """Return a megabyte that was deflated to little."""
    deflater = zlib.compressobj(wbits=-15)
    return b64encode(deflater.compress(bytes(1_000_000)) + deflater.flush()).decode()


def test_a_message_is_for_this_service_now():
    """Not an old one, not one from the future, not another's, and by somebody trusted."""
    service, idp = sides()
    sent = request_of(service, idp)
    query = urlsplit(sent.url).query
    elsewhere = attrs.evolve(idp, logout_url="https://elsewhere.example")
    nobody = attrs.evolve(idp, providers={})

    assert rule(elsewhere, query) == "logout.destination"
    assert rule(nobody, query) == "issuer.unknown"
    for hour in (8, 10):
        assert rule(idp, query, datetime(2026, 11, 5, hour, tzinfo=UTC)) == "logout.issue_instant"


def test_only_rsa_keys_verify_an_address():
    """Another kind of key in the metadata verifies nothing."""
    service, idp = sides()
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    dated = builder.not_valid_before(NOW).not_valid_after(NOW.replace(year=2030))
    certificate = dated.public_key(key.public_key()).sign(key, hashes.SHA256())
    known = attrs.evolve(idp.providers[ENTITY_ID], certificates=(certificate,))
    other = attrs.evolve(idp, providers={ENTITY_ID: known})

    assert rule(other, urlsplit(request_of(service, idp).url).query) == "signature.value"


def test_a_posted_message_is_what_was_signed():
    """One with an ID twice is refused, and so is one that was altered."""
    service, idp = sides(POST)
    fields = dict(request_of(service, idp).fields)
    root = parse(b64decode(fields["SAMLRequest"]))
    with pytest.raises(Rejected):
        asked_to_end(idp, posted_message(idp, {"SAMLRequest": None}, NOW), "state")
    for change in (
        lambda: root.append(build("samlp:SessionIndex", attributes={"ID": root.get("ID")})),
        lambda: root.set("Destination", HERE),
    ):
        change()
        with pytest.raises(Rejected):
            posted_message(idp, {"SAMLRequest": b64encode(serialised(root)).decode()}, NOW)
