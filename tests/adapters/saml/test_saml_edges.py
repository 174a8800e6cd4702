"""Guards that no attack of the battery reaches: what each is there for, one at a time."""

from __future__ import annotations

import base64

import attrs
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from tests.adapters.saml.stage import CALLBACK, ENTITY_ID, NOW, StillClock, provider, staged
from tests.adapters.saml.test_saml_attributes import identity
from tests.adapters.saml.test_saml_logout import received, request_of, sides

from registrazione.adapters.saml import SigningKey
from registrazione.adapters.saml.anomalies import SUCCESS, check_status
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.logout_reading import (
    asked_to_end,
    has_ended,
    posted_message,
)
from registrazione.adapters.saml.metadata_reading import read_metadata
from registrazione.adapters.saml.profiles import POST
from registrazione.adapters.saml.sessions import ProviderSession
from registrazione.adapters.saml.signing import sign, signed_view
from registrazione.adapters.saml.xml import build, only, parse, serialised, text
from registrazione.testing.saml_idp import SamlIdp

CLOCK = StillClock()
IDP = SamlIdp("https://idp.example", CLOCK)
SPACE = b'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'


def rule_of(call, *arguments):
    """Return the rule that a call finds broken."""
    with pytest.raises(Rejected) as caught:
        call(*arguments)
    return caught.value.rule


# -- signatures and XML --------------------------------------------------------------------------


def key_of(private):
    """Return a key with a certificate of its own."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    dated = builder.not_valid_before(NOW).not_valid_after(NOW.replace(year=2030))
    digest = None if isinstance(private, Ed25519PrivateKey) else hashes.SHA256()
    certificate = dated.public_key(private.public_key()).sign(private, digest)
    return SigningKey(private=private, certificate=certificate)


def small_key(bits):
    """Return a key of so many bits, with its certificate."""
    return key_of(generate_private_key(65537, bits))


@pytest.mark.parametrize(("bits", "accepted"), [(1024, False), (2048, True)])
def test_a_short_key_verifies_nothing(bits, accepted):
    """Even where the metadata name it: 2048 bits are the least (AgID, technical rules)."""
    key = small_key(bits)
    element = build("saml:Assertion", build("saml:Issuer", content="x"), attributes={"ID": "_a"})
    signed = sign(element, key)

    if accepted:
        assert signed_view(signed, [key.certificate], NOW).get("ID") == "_a"
    else:
        assert rule_of(signed_view, signed, [key.certificate], NOW) == "signature.value"


def test_a_key_of_another_kind_verifies_nothing():
    """Not even one that has no length to speak of: it is passed over, and the next is tried."""
    other = key_of(Ed25519PrivateKey.generate()).certificate
    element = build("saml:Assertion", build("saml:Issuer", content="x"), attributes={"ID": "_a"})
    signed = sign(element, IDP.key)

    assert rule_of(signed_view, signed, [other], NOW) == "signature.value"
    assert signed_view(signed, [other, IDP.key.certificate], NOW).get("ID") == "_a"


def test_what_a_signature_says_of_its_key_is_not_looked_at():
    """A bare key beside the certificate, as some providers write, changes nothing."""
    where = staged()
    assertion = only(parse(where.idp.signed(where.draft())), "saml:Assertion")
    numbers = [build(f"ds:{part}", content="AQAB") for part in ("Modulus", "Exponent")]
    value = build("ds:KeyValue", build("ds:RSAKeyValue", *numbers))
    only(only(assertion, "ds:Signature"), "ds:KeyInfo").append(value)

    view = signed_view(parse(serialised(assertion)), [where.idp.key.certificate], NOW)

    assert view.get("ID") == assertion.get("ID")


def test_a_comment_is_not_read_over():
    """What stands around a comment is no text (CVE-2017-11427)."""
    assert rule_of(text, parse(b"<x>one<!-- -->two</x>")) == "xml.mixed_text"
    assert text(parse(b"<x> one </x>")) == "one"


def test_a_success_within_which_something_failed_is_none():
    """Two statuses at once mean nothing."""
    inner = build("samlp:StatusCode", attributes={"Value": "x"})
    for inside in ((inner,), ()):
        outer = build("samlp:StatusCode", *inside, attributes={"Value": SUCCESS})
        response = build("samlp:Response", build("samlp:Status", outer))
        if inside:
            assert rule_of(check_status, response) == "status.ambiguous"
        else:
            check_status(response)


@pytest.mark.parametrize(
    ("said", "may_be"),
    [
        ("ok", True),
        ("", True),
        ("ErrorCode nr25", False),
        ("errorcode  nr 08", False),
        ("Fine, but ErrorCode nr22.", False),
    ],
)
def test_a_success_may_be_polite(said, may_be):
    """SAML Core 3.2.2.3 allows a message; one that names an anomaly contradicts the success."""
    code = build("samlp:StatusCode", attributes={"Value": SUCCESS})
    message = build("samlp:StatusMessage", content=said)
    response = build("samlp:Response", build("samlp:Status", code, message))
    if may_be:
        check_status(response)
    else:
        assert rule_of(check_status, response) == "status.ambiguous"


def test_an_anomaly_stands_in_the_program_s_log(caplog):
    """By its number; the person's own ones as any other refusal."""
    caplog.set_level("INFO")
    where = staged()

    assert rule_of(where.service.verify, where.idp.refusal(where.asked(), 25)) == "status.25"
    assert caplog.messages == ["answer to spid refused: status.25"]


# -- who somebody is -----------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", ["-", ""])
def test_an_attribute_that_says_nothing_was_not_told(nothing):
    """Providers write a dash, or nothing, where they know nothing."""
    verified = identity(name=nothing, fiscalNumber=nothing, companyName=nothing)

    assert "name" not in verified.values
    assert verified.codice_fiscale is None


def test_a_subject_is_printable():
    """What nobody can see cannot tell two people apart."""
    assert rule_of(lambda: identity(spidCode="AAAA\u200b0001")) == "attributes.subject"


@pytest.mark.parametrize("day", ["2035-02-30", "2035-13-01"])
def test_a_document_has_days_that_exist(day):
    """Otherwise the person types all of it."""
    card = f"cartaIdentita CA12345AA Comune di Roma 2025-01-01 {day}"

    assert "document_type" not in identity(idCard=card).values
    assert "document_type" in identity(idCard=card.replace(day, "2035-01-01")).values


# -- metadata ------------------------------------------------------------------------------------


def listed(old, new):
    """Return a list with one provider, something of which is altered."""
    one = IDP.metadata()
    assert old in one
    return (
        b"<md:EntitiesDescriptor "
        + SPACE
        + b">"
        + one.replace(old, new)
        + (b"</md:EntitiesDescriptor>")
    )


@pytest.mark.parametrize("element", [b"<md:EntityDescriptor ", b"<md:IDPSSODescriptor "])
@pytest.mark.parametrize(
    ("until", "count"), [(b"2026-11-05T09:00:00Z", 0), (b"2030-01-01T00:00:00Z", 1)]
)
def test_metadata_count_until_they_say(element, until, count):
    """Of one provider in a list, too: one that has lapsed is left out, and the rest stays."""
    document = listed(element, element + b'validUntil="' + until + b'" ')

    assert len(read_metadata(document, NOW).providers) == count


@pytest.mark.parametrize("half", [b"Binding=", b"Location="])
def test_an_address_is_a_binding_and_a_place(half):
    """Half of it leads nowhere."""
    document = listed(b"<md:SingleSignOnService ", b"<md:SingleSignOnService ")
    parts = document.split(b"<md:SingleSignOnService ")
    halved = b"<md:SingleSignOnService ".join(
        [parts[0], *(part.replace(half, b"x" + half) for part in parts[1:])]
    )

    assert rule_of(read_metadata, halved, NOW) == "metadata.provider"


def test_a_certificate_is_base64_and_nothing_else():
    """Not base64 with something in between that one reader skips, and another does not."""
    document = IDP.metadata()
    assert read_metadata(document, NOW).providers

    spoiled = document.replace(b"X509Certificate>M", b"X509Certificate>*M")

    assert rule_of(read_metadata, spoiled, NOW) == "metadata.certificate"


# -- the way there, and the end of a session -----------------------------------------------------


def test_a_sign_in_has_a_name():
    """Without a state nothing binds the answer to the browser; one that is too long is none."""
    service = provider(CLOCK, (IDP,))
    for state in ("", "x" * 81):
        assert rule_of(service.start, CALLBACK, state) == "request.callback"
    assert service.start(CALLBACK, "x" * 80).fields


def test_a_message_of_a_logout_is_of_one_kind():
    """A request is not read as an answer, whatever else is in it, nor the other way round."""
    service, idp = sides(POST)
    request = received(idp, request_of(service, idp))
    status = build("samlp:StatusCode", attributes={"Value": SUCCESS})
    request.append(build("samlp:Status", status))
    answer = parse(serialised(request).replace(b"LogoutRequest", b"LogoutResponse"))

    assert rule_of(has_ended, request) == "logout.response"
    assert rule_of(asked_to_end, idp, answer, "state") == "logout.request"
    assert has_ended(answer)
    only(only(answer, "samlp:Status"), "samlp:StatusCode").set("Value", "x")
    assert not has_ended(answer)


def test_a_message_of_a_logout_is_of_saml_2():
    """Another version has other rules."""
    service, idp = sides(POST)
    message = parse(base64.b64decode(dict(request_of(service, idp).fields)["SAMLRequest"]))
    message.remove(only(message, "ds:Signature"))
    for version, refused in (("2.0", False), ("1.1", True)):
        message.set("Version", version)
        signed = serialised(sign(message, service.keys[0]))
        fields = {"SAMLRequest": base64.b64encode(signed).decode()}
        if refused:
            assert rule_of(posted_message, idp, fields, NOW) == "logout.destination"
        else:
            assert posted_message(idp, fields, NOW).get("ID") == message.get("ID")


@pytest.mark.parametrize(("bits", "accepted"), [(0, False), (1024, False), (2048, True)])
def test_an_address_of_a_logout_is_signed_with_a_long_key_of_rsa(bits, accepted):
    """As a posted message is."""
    service, idp = sides()
    key = small_key(bits or 2048)
    shown = key if bits else key_of(Ed25519PrivateKey.generate())
    known = attrs.evolve(idp.providers[ENTITY_ID], certificates=(shown.certificate,))
    idp = attrs.evolve(idp, providers={ENTITY_ID: known})
    sent = request_of(attrs.evolve(service, keys=(key,)), idp)

    if accepted:
        assert received(idp, sent).get("Version") == "2.0"
    else:
        assert rule_of(received, idp, sent) == "signature.value"


@pytest.mark.parametrize("kept", ['{"a": 1, "b": 2, "c": 3}', '"abc"', "7", "null", '["a", "b"]'])
def test_a_session_is_a_list_of_its_parts(kept):
    """Anything else that somebody has kept is none."""
    assert ProviderSession.read(kept) is None
    assert ProviderSession.read('["a", "b", "c"]').index == "b"


def test_an_address_of_a_logout_is_short():
    """However well it is signed, and even if most of it is not looked at."""
    service, idp = sides()
    sent = request_of(service, idp)

    assert received(idp, sent).get("ID")
    long = attrs.evolve(sent, url=f"{sent.url}&x={'y' * 300_000}")
    assert rule_of(received, idp, long) == "message.size"
