"""XML with limits, instants, and the one shape of a signature."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.adapters.saml.stage import NOW

from registrazione.adapters.saml import instants, signing
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.opening import open_response
from registrazione.adapters.saml.profiles import PROFILES
from registrazione.adapters.saml.xml import (
    MOST_BYTES,
    MOST_DEPTH,
    MOST_ELEMENTS,
    MOST_NAMES,
    build,
    child,
    only,
    parse,
    serialised,
    text,
)
from registrazione.testing.saml_idp import key_for


def rule_of(call, *arguments):
    """Return the rule that a call finds broken."""
    with pytest.raises(Rejected) as caught:
        call(*arguments)
    return caught.value.rule


@pytest.mark.parametrize(
    ("accepted", "refused", "rule"),
    [
        (b"<x>" + b" " * (MOST_BYTES - 7) + b"</x>", b"<x>" + b" " * MOST_BYTES, "xml.size"),
        (
            b"<x>" * MOST_DEPTH + b"</x>" * MOST_DEPTH,
            b"<x>" * (MOST_DEPTH + 1) + b"</x>" * (MOST_DEPTH + 1),
            "xml.depth",
        ),
        (
            b"<x>" + b"<y/>" * (MOST_ELEMENTS - 1) + b"</x>",
            b"<x>" + b"<y/>" * MOST_ELEMENTS + b"</x>",
            "xml.crowded",
        ),
        (
            b"<x " + b" ".join(b'a%d=""' % n for n in range(MOST_NAMES)) + b"/>",
            b"<x " + b" ".join(b'a%d=""' % n for n in range(MOST_NAMES + 1)) + b"/>",
            "xml.crowded",
        ),
        (
            b'<?xml version="1.0" encoding="utf-8"?><x/>',
            b'<?xml version="1.0" encoding="x"?><x/>',
            "xml.encoding",
        ),
        (b'<?xml version="1.0"?><x/>', b"<x>\xff</x>", "xml.encoding"),
        (b"<x><!-- y --></x>", b"<x><?y z?></x>", "xml.instruction"),
        (b"<x/>", b"<?y z?><x/>", "xml.syntax"),
        (b"<x/>", b"<!DOCTYPE x><x/>", "xml.document_type"),
    ],
)
def test_limits_are_where_they_are_said_to_be(accepted, refused, rule):
    """At the limit a message is read, and one beyond it is not."""
    assert parse(accepted).tag == "x"
    if refused == b"<?y z?><x/>":
        assert parse(refused).tag == "x"
    else:
        assert rule_of(parse, refused) == rule


def test_a_child_is_a_child():
    """Not something further below, and not one of several."""
    root = parse(b"<x><y><z/></y><w/><w/></x>")

    assert child(root, "z") is None
    assert rule_of(only, root, "z") == "xml.missing:z"
    assert rule_of(child, root, "w") == "xml.twice:w"
    assert rule_of(text, root) == "xml.mixed_text"
    assert serialised(only(root, "y")) == b"<y><z/></y>"


def test_only_xml_s_own_space_is_cut_off():
    """Any other may be what tells two people apart."""
    root = parse("<x> \t\r\n\u00a0a\u2003\n</x>".encode())

    assert text(root) == "\u00a0a\u2003"


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("2026-11-05T09:00:00Z", NOW),
        ("2026-11-05T09:00:00.25Z", NOW.replace(microsecond=250_000)),
        ("2024-02-29T23:59:59.123456789Z", datetime(2024, 2, 29, 23, 59, 59, 123_456, UTC)),
    ],
)
def test_instants_are_read(value, instant):
    """With or without a fraction, always in UTC."""
    assert instants.read(value, "rule") == instant
    assert instants.read(instants.written(NOW), "rule") == NOW


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", "2026", "2026-11-05", "2026-11-05T09:00:00", "2026-11-05T09:00:00+00:00"),
        *("2026-11-05 09:00:00Z", "2026-02-29T09:00:00Z", "2026-11-05T24:00:01Z"),
        *("2026-11-05T09:00:60Z", "２０２６-11-05T09:00:00Z", "2026-11-05T09:00:00Z\n"),
    ],
)
def test_what_is_no_instant_is_refused(value):
    """Another spelling, a day that does not exist, digits from elsewhere."""
    assert rule_of(instants.read, value, "rule") == "rule"


KEY = key_for("service")


def signed(change=lambda _element: None):
    """Return a signed element, altered."""
    element = signing.sign(
        build("saml:Assertion", build("saml:Issuer", content="x"), attributes={"ID": "_a"}), KEY
    )
    change(element)
    return element


def put(parent, element):
    """Return a change that puts an element into a part of the signature."""

    def change(root):
        at = only(root, "ds:Signature")
        for part in parent:
            at = only(at, part)
        at.append(element)

    return change


def in_transform(number, element):
    """Return a change that puts an element into a transform."""

    def change(root):
        info = only(only(root, "ds:Signature"), "ds:SignedInfo")
        transforms = only(only(info, "ds:Reference"), "ds:Transforms")
        transforms[number].append(element)

    return change


def named(parent, part, value, attribute="Algorithm"):
    """Return a change that names another algorithm in a part of the signature."""

    def change(root):
        at = only(root, "ds:Signature")
        for one in (*parent, part):
            at = only(at, one)
        at.set(attribute, value)

    return change


def nameless(root):
    """Take the ID away, and name what Python calls nothing."""
    del root.attrib["ID"]
    named(INFO, "ds:Reference", "#None", "URI")(root)


def other_transform(root):
    """Canonicalise first: the same two transforms, the other way round."""
    first, second = only(
        only(only(only(root, "ds:Signature"), *INFO), "ds:Reference"), "ds:Transforms"
    )
    first.set("Algorithm", signing.EXCLUSIVE)
    second.set("Algorithm", signing.ENVELOPED)


def two_lists(root):
    """List prefixes twice: readers would differ on which counts."""
    for prefixes in ("xs", "xsi"):
        told = build("ec:InclusiveNamespaces", attributes={"PrefixList": prefixes})
        in_transform(1, told)(root)


INFO = ("ds:SignedInfo",)
REFERENCE = ("ds:SignedInfo", "ds:Reference")
TRANSFORMS = ("ds:SignedInfo", "ds:Reference", "ds:Transforms")


ALTERED = ("other_id", "nameless", "transform", "canonical", "algorithm", "digest", "altered")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (put((), build("ds:Object")), "signature.contents"),
        (put(TRANSFORMS, build("ds:Other")), "signature.transforms"),
        (in_transform(0, build("ds:XPath")), "signature.transforms"),
        (in_transform(1, build("ds:XPath")), "signature.transforms"),
        (
            in_transform(1, build("ec:InclusiveNamespaces", attributes={"PrefixList": "x" * 513})),
            "signature.transforms",
        ),
        (two_lists, "signature.transforms"),
        (lambda root: root.attrib.pop("ID"), "signature.reference"),
        (named(INFO, "ds:Reference", "#_b", "URI"), "signature.reference"),
        (nameless, "signature.reference"),
        (other_transform, "signature.transforms"),
        (named(INFO, "ds:CanonicalizationMethod", "x"), "signature.canonicalisation"),
        (named(INFO, "ds:SignatureMethod", "x"), "signature.algorithm"),
        (named(REFERENCE, "ds:DigestMethod", "x"), "signature.digest_algorithm"),
        (lambda root: root.set("Version", "2.0"), "signature.value"),
    ],
    ids=["object", "other", "in_first", "in_second", "prefixes", "two_lists", "no_id", *ALTERED],
)
def test_a_signature_has_one_shape(change, rule):
    """Nothing more in it, and nothing else signed."""
    assert rule_of(signing.signed_view, signed(change), [KEY.certificate], NOW) == rule


def test_a_list_of_prefixes_is_no_other_shape():
    """Some signers keep the prefixes that attributes of types use."""
    inclusive = build("ec:InclusiveNamespaces", attributes={"PrefixList": "xs"})

    signing.check_shape(signed(in_transform(1, inclusive)))

    assert rule_of(signing.signed_view, signed(), [], NOW) == "signature.value"


def test_only_rsa_keys_of_size_count():
    """A certificate of another kind verifies nothing."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1)
    certificate = (
        builder.not_valid_before(NOW)
        .not_valid_after(NOW.replace(year=2030))
        .sign(key, hashes.SHA256())
    )

    assert rule_of(signing.signed_view, signed(), [certificate], NOW) == "signature.value"


SPACES = (
    b'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
    b'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
)


@pytest.mark.parametrize(
    "instead",
    [
        b"<saml:Other " + SPACES + b' ID="_a"/>',
        b"<saml:Assertion " + SPACES + b' ID="_b"/>',
        b"<saml:Assertion " + SPACES + b' ID="_a"><x ID="_a"/></saml:Assertion>',
        b"<saml:Assertion " + SPACES + b' ID="_a"><ds:Signature/></saml:Assertion>',
    ],
    ids=["name", "id", "id_twice", "signature"],
)
def test_what_was_signed_is_the_element_itself(monkeypatch, instead):
    """Whatever the library says was signed, it has to be what was asked about."""
    monkeypatch.setattr(signing, "_verified", lambda *_arguments: instead)

    rule = rule_of(signing.signed_view, signed(), [KEY.certificate], NOW)

    assert rule == "signature.other_element"


def test_a_response_within_a_response_is_none():
    """Even where no second assertion or signature is in it."""
    from tests.adapters.saml.stage import staged

    where = staged("saml2")
    root = parse(where.idp.signed(where.draft()))
    only(root, "samlp:Status").append(build("samlp:Response"))
    providers = where.service._source.providers()

    rule = rule_of(open_response, serialised(root), PROFILES["saml2"], providers, NOW)

    assert rule == "structure.responses"
