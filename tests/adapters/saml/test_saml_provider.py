"""The provider: how it is set up, how it starts, what it keeps and what it tells."""

from __future__ import annotations

import base64
import zlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from tests.adapters.saml.stage import CALLBACK, ENTITY_ID, NOW, StillClock, provider, staged

from registrazione.adapters.saml import MetadataText, SigningKey
from registrazione.adapters.saml.anomalies import ANOMALIES, SpidAnomaly
from registrazione.adapters.saml.certificates import make_key_pair
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.signing import signed_view
from registrazione.adapters.saml.xml import only, parse, text
from registrazione.core.secret import Secret
from registrazione.ports import IdentityError, OffersChoices
from registrazione.refusals import catalogue
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import SamlIdp, key_for

CLOCK = StillClock()
IDP = SamlIdp("https://idp.example", CLOCK)
OTHER = SamlIdp("https://other.example", CLOCK)


@pytest.mark.parametrize(
    "wrong", [{"profile": "spid"}, {"level": 4}, {"keys": []}, {"binding": "artifact"}]
)
def test_a_wrong_setting_is_told_at_once(wrong):
    """Not at the first sign-in."""
    with pytest.raises(ValueError, match=r"profile|binding"):
        provider(CLOCK, (IDP,), **wrong)


def test_a_request_is_signed_and_asks_for_what_was_set():
    """By POST the signature is in the message, right after who sends it."""
    service = provider(CLOCK, (IDP,), purpose="P", attribute_set=1, comparison="exact")
    sent = service.start(CALLBACK, "state")
    request = parse(base64.b64decode(dict(sent.fields)["SAMLRequest"]))
    signed = signed_view(request, [key_for("service").certificate], NOW)

    assert sent.url == request.get("Destination") == "https://idp.example/sso"
    assert text(only(signed, "saml:Issuer")) == ENTITY_ID
    assert text(only(only(signed, "samlp:Extensions"), "spid:Purpose")) == "P"
    assert signed.get("AttributeConsumingServiceIndex") == "1"
    assert only(signed, "samlp:RequestedAuthnContext").get("Comparison") == "exact"
    assert signed.get("ForceAuthn") == "true"
    assert "SAMLRequest" not in repr(sent)


def test_at_level_1_a_session_may_stand():
    """Nobody is asked to sign in again."""
    service = provider(CLOCK, (IDP,), level=1)
    sent = dict(service.start(CALLBACK, "state").fields)

    assert parse(base64.b64decode(sent["SAMLRequest"])).get("ForceAuthn") is None


def test_a_request_by_redirect_is_signed_in_the_address():
    """Over exactly the bytes of the address, in the order of the binding."""
    metadata = IDP.metadata().replace(b"/sso", b"/sso?tenant=1")
    source = MetadataText(documents=(metadata,), clock=CLOCK)
    service = provider(CLOCK, (), binding="redirect", identity_providers=source)
    sent = service.start(CALLBACK, "state")
    query = urlsplit(sent.url).query.removeprefix("tenant=1&")
    signed, _, _ = query.partition("&Signature=")
    fields = {key: values[0] for key, values in parse_qs(query).items()}
    public = key_for("service").certificate.public_key()
    signature = base64.b64decode(fields["Signature"])

    public.verify(signature, signed.encode(), PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(signature, signed.replace("state", "stat3").encode(), PKCS1v15(), SHA256())
    assert list(fields) == ["SAMLRequest", "RelayState", "SigAlg", "Signature"]
    assert b"ds:Signature" not in zlib.decompress(base64.b64decode(fields["SAMLRequest"]), -15)
    assert not sent.fields


@pytest.mark.parametrize(("wished", "missing"), [("post", b"POST"), ("redirect", b"Redirect")])
def test_the_binding_that_a_provider_has_is_used(wished, missing):
    """One without the wished-for binding is asked by the other."""
    metadata = IDP.metadata().replace(b"bindings:HTTP-" + missing, b"bindings:none")
    source = MetadataText(documents=(metadata,), clock=CLOCK)
    service = provider(CLOCK, (), binding=wished, identity_providers=source)

    assert bool(service.start(CALLBACK, "state").fields) == (wished == "redirect")


def test_a_provider_with_neither_binding_is_not_asked():
    """It takes requests in a way that no browser goes."""
    metadata = IDP.metadata().replace(b"bindings:HTTP-", b"bindings:SOAP-")
    source = MetadataText(documents=(metadata,), clock=CLOCK)
    with pytest.raises(IdentityError) as caught:
        provider(CLOCK, (), identity_providers=source).start(CALLBACK, "state")

    assert caught.value.code == "unavailable"


def test_an_answer_to_a_redirected_request_is_taken():
    """There with one binding, back with the other."""
    service = provider(CLOCK, (IDP,), binding="redirect")
    asked = IDP.read(service.start(CALLBACK, "redirected"), CALLBACK)

    assert service.verify(IDP.answer(IDP.draft(asked, PEOPLE.adele))).level == 2


def test_a_draft_s_edit_has_to_find_its_text():
    """An attack that alters nothing would prove nothing."""
    where = staged()
    with pytest.raises(ValueError, match="nothing to replace"):
        attrs.evolve(where.draft(), edits=(("<absent/>", ""),)).xml()


def test_who_is_asked_is_chosen():
    """With several, each starts a sign-in and nobody else does; with one, it is that one."""
    several = provider(CLOCK, (IDP, OTHER))
    offered = {one.name: one for one in several.choices()}

    assert isinstance(several, OffersChoices)
    assert set(offered) == {IDP.entity_id, OTHER.entity_id}
    for name in offered:
        assert several.start(CALLBACK, "state", name).url == f"{name}/sso"
    assert provider(CLOCK, (IDP,)).start(CALLBACK, "state").url == "https://idp.example/sso"
    for service, chosen, code in (
        (several, "", "choice_needed"),
        (several, "https://nobody.example", "unavailable"),
        (provider(CLOCK, ()), "", "unavailable"),
    ):
        with pytest.raises(IdentityError) as caught:
            service.start(CALLBACK, "state", chosen)
        assert caught.value.code == code


def test_no_choice_is_always_the_first():
    """The order is drawn anew (SPID, pulsante)."""
    several = provider(CLOCK, (IDP, OTHER))

    assert len({several.choices()[0].name for _ in range(64)}) == 2


def test_an_answer_can_only_come_where_the_metadata_say():
    """Another address is a mistake of the settings: nobody is sent away for nothing."""
    with pytest.raises(IdentityError) as caught:
        provider(CLOCK, (IDP,)).start("https://service.example/elsewhere", "state")

    assert caught.value.code == "unavailable"


CODES = {
    19: "identity.spid_19",
    20: "identity.spid_20",
    21: "identity.spid_21",
    22: "identity.spid_22",
    23: "identity.spid_23",
    24: "identity.spid_24",
    25: "identity.spid_25",
    30: "identity.spid_30",
}


@pytest.mark.parametrize("number", sorted(ANOMALIES))
@pytest.mark.parametrize("signed", [False, True])
def test_every_anomaly_has_its_words(number, signed):
    """What the provider says is told in both languages, with what to do next."""
    where = staged()
    with pytest.raises(SpidAnomaly) as caught:
        where.service.verify(where.idp.refusal(where.asked(), number, signed=signed))

    assert caught.value.number == number
    assert f"identity.{caught.value.code}" == CODES[number]
    text = catalogue()[CODES[number]].text
    # What happened, and what to do next.
    assert all(words.count(":") + words.count(".") > 1 for words in (text.it, text.en))


@pytest.mark.parametrize("number", [8, 9, *range(11, 19)])
def test_our_own_mistakes_are_for_the_operator(caplog, number):
    """People read that the provider does not answer; the log has the number, and nothing else."""
    where = staged()
    with pytest.raises(SpidAnomaly) as caught:
        where.service.verify(where.idp.refusal(where.asked(), number))

    assert (caught.value.code, caught.value.retry) == ("unavailable", False)
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage() == f"spid: the provider finds anomaly {number} in us"


def test_the_person_s_own_failures_are_no_alarm(caplog):
    """Whoever gives up has done so."""
    where = staged()
    with pytest.raises(SpidAnomaly):
        where.service.verify(where.idp.refusal(where.asked(), 25))

    assert not caplog.records


def test_an_answer_has_a_name_that_counts_once():
    """Issuer and assertion, up to when it is worth nothing: so that all processes may know it."""
    where = staged()
    draft = where.draft()
    verified = where.service.verify(where.idp.answer(draft))

    assert verified.answer == f"{draft.issuer} {draft.assertion_id}"
    assert verified.answer_until == where.clock.now() + timedelta(minutes=15, seconds=5)
    assert verified.session == ""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("ErrorCode nr25", "ErrorCode nr08", "unavailable"),
        ("ErrorCode nr25", "something", "spid_19"),
        ("ErrorCode nr25", "ErrorCode nr25 - annullata dall'utente", "spid_25"),
        ("ErrorCode nr25", "Accesso negato: errorcode nr 22.", "spid_22"),
        ("ErrorCode nr25", "ErrorCode nr25, ErrorCode nr25", "spid_25"),
        ("ErrorCode nr25", "ErrorCode nr25, ErrorCode nr22", "spid_19"),
        ("ErrorCode nr25", "ErrorCode nr2525", "spid_19"),
        ("ErrorCode nr25", "ErrorCode nr\u0662\u0665", "spid_19"),
        ("status:AuthnFailed", "status:RequestUnsupported", "spid_25"),
        ("status:AuthnFailed", "status:NoAuthnContext", "spid_25"),
        ("ErrorCode nr25</samlp:StatusMessage>", "</samlp:StatusMessage>", "spid_19"),
    ],
)
def test_other_failures_are_told_apart(old, new, code):
    """By number, and else by SAML's own status."""
    where = staged()
    fields = where.idp.refusal(where.asked(), 25)
    message = base64.b64decode(fields["SAMLResponse"]).decode()
    assert old in message
    encoded = base64.b64encode(message.replace(old, new).encode()).decode()

    with pytest.raises(SpidAnomaly) as caught:
        where.service.verify({**fields, "SAMLResponse": encoded})

    assert caught.value.code == code


def test_the_program_s_log_says_which_rule_was_broken(caplog):
    """In fixed words: nothing of the message, nor of the person."""
    caplog.set_level("INFO")
    where = staged()
    draft = attrs.evolve(where.draft(), audience="https://elsewhere.example")

    assert not accepts(where, draft)
    assert caplog.messages == ["answer to spid refused: conditions.audience"]


def test_skew_and_times_meet_at_the_second():
    """One second decides, at both ends."""
    where = staged()
    for seconds, accepted in ((-6, False), (-5, True), (5, True), (6, False)):
        fresh = attrs.evolve(where.draft(), issued_at=where.instant(seconds))
        assert accepts(where, fresh) == accepted, seconds
    for seconds, accepted in ((-5, False), (-4, True)):
        fresh = attrs.evolve(where.draft(), ends_at=where.instant(seconds))
        assert accepts(where, fresh) == accepted, seconds


@pytest.mark.parametrize(("level", "seconds", "accepted"), [(2, -6, 0), (2, -5, 1), (1, -60, 1)])
def test_a_new_sign_in_is_no_older_than_its_request(level, seconds, accepted):
    """Where one was asked for; at level 1 a session may stand (SAML Core 3.4.1, ForceAuthn)."""
    where = staged(level=level)
    draft = attrs.evolve(where.draft(), authenticated_at=where.instant(seconds))

    assert accepts(where, draft) == bool(accepted)


def test_the_last_second_of_the_calendar_is_an_end():
    """It can be compared with, like any other."""
    where = staged()

    assert accepts(where, attrs.evolve(where.draft(), ends_at="9999-12-31T23:59:59Z"))


def accepts(where, draft):
    """Tell whether an answer is accepted."""
    try:
        where.service.verify(where.idp.answer(draft))
    except Rejected:
        return False
    return True


def test_the_certificate_has_to_be_valid():
    """A key whose certificate has lapsed signs nobody in."""
    where = staged()
    where.clock.go_on(days=70 * 365)

    assert not accepts(where, where.draft())


def test_a_change_of_keys_leaves_nobody_outside():
    """An answer to a request of the old key is taken while that key is known."""
    before = provider(CLOCK, (IDP,))
    asked = IDP.read(before.start(CALLBACK, "rollover"), CALLBACK)
    response = IDP.answer(IDP.draft(asked, PEOPLE.adele))
    after = provider(CLOCK, (IDP,), keys=[key_for("next"), key_for("service")])

    assert after.verify(response).level == 2
    with pytest.raises(IdentityError):
        provider(CLOCK, (IDP,), keys=[key_for("next")]).verify(response)


@pytest.mark.parametrize("sector", ["public", "private"])
def test_a_key_pair_is_made_and_read(sector):
    """The key stays secret, the certificate is for signing only."""
    pair = make_key_pair(
        sector=sector,
        entity_id=ENTITY_ID,
        organization="Comune di Esempio",
        identifier="PA:IT-c_h501",
        locality="Roma",
        now=NOW,
    )
    key = SigningKey.from_pem(pair.private, pair.certificate)

    assert "PRIVATE" not in repr(pair) + repr(key)
    assert key.mark("a", "b") != key.mark("ab")
    with pytest.raises(ValueError, match="another key"):
        SigningKey.from_pem(pair.private, make_other())


def make_other():
    """Return the certificate of another key."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return key_for("service").certificate.public_bytes(Encoding.PEM).decode()


def test_small_and_other_keys_are_refused():
    """RSA, of 2048 bits at least; and there are two sectors."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    elliptic = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(ValueError, match="2048"):
        SigningKey.from_pem(Secret(elliptic.decode()), make_other())
    with pytest.raises(ValueError, match="sector"):
        make_key_pair(
            sector="third", entity_id="x", organization="x", identifier="x", locality="x", now=NOW
        )
