"""From what a browser brings to what an identity provider has signed, and nothing else.

The order matters: a limit on size, one strict spelling of base64, limited XML, a known provider,
the one accepted shape, the signatures. What comes out are trees of the signed bytes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime

import attrs

from registrazione.adapters.saml.anomalies import check_status
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.metadata_reading import TrustedProvider
from registrazione.adapters.saml.profiles import SamlProfile
from registrazione.adapters.saml.signing import signed_view
from registrazione.adapters.saml.xml import (
    MOST_BYTES,
    Element,
    child,
    has_no_ids_twice,
    name,
    only,
    parse,
    text,
)

_MOST_CHARACTERS = MOST_BYTES * 4 // 3 + 4
_BREAKS = str.maketrans("", "", "\r\n")


@attrs.frozen(kw_only=True)
class Opened:
    """A response whose signatures verify.

    Args:
        provider: Whose signatures.
        response: The envelope: what was signed of it, where it was.
        assertion: What was signed of the assertion.
    """

    provider: TrustedProvider
    response: Element = attrs.field(repr=False)
    assertion: Element = attrs.field(repr=False)


def decode(value: object) -> bytes:
    """Return the message of a form's field (SAML Bindings 3.5.4).

    Args:
        value: Base64, in lines or not.

    Raises:
        Rejected: It is none, or too long.
    """
    if not isinstance(value, str) or len(value) > _MOST_CHARACTERS:
        raise Rejected("message.size")
    try:
        return base64.b64decode(value.translate(_BREAKS), validate=True)
    except (binascii.Error, ValueError):
        raise Rejected("message.base64") from None


def open_response(
    message: bytes,
    profile: SamlProfile,
    providers: Mapping[str, TrustedProvider],
    now: datetime,
) -> Opened:
    """Return what an identity provider has signed of a response.

    Args:
        message: What the browser brought.
        profile: Which scheme's rules count.
        providers: Who is trusted, by entity ID.
        now: The present time: the certificate has to be valid.

    Raises:
        SpidAnomaly: The provider let nobody in.
        Rejected: It does not verify.
    """
    root = parse(message)
    if root.tag != name("samlp:Response"):
        raise Rejected("response.root")
    check_status(root)
    provider = providers.get(text(only(root, "saml:Issuer")))
    if provider is None:
        raise Rejected("issuer.unknown")
    _check_structure(root, profile)
    response = root
    if child(root, "ds:Signature") is not None:
        response = signed_view(root, provider.certificates, now)
        # What was signed may say something else than what stands around it.
        check_status(response)
    assertion = signed_view(only(response, "saml:Assertion"), provider.certificates, now)
    return Opened(provider=provider, response=response, assertion=assertion)


def _check_structure(root: Element, profile: SamlProfile) -> None:
    """Make sure that there is one assertion, and a signature where one has to be and nowhere else.

    A second assertion or signature, wherever it hides, is how signatures are wrapped (Somorovsky
    and others, On Breaking SAML, 2012).
    """
    if not has_no_ids_twice(root):
        raise Rejected("structure.id_twice")
    assertion = only(root, "saml:Assertion")
    outer = child(root, "ds:Signature")
    if outer is None and profile.response_signed:
        raise Rejected("response.unsigned")
    expected = [one for one in (outer, only(assertion, "ds:Signature")) if one is not None]
    if len(list(root.iter(name("ds:Signature")))) != len(expected):
        raise Rejected("structure.signatures")
    if len(list(root.iter(name("saml:Assertion"), name("saml:EncryptedAssertion")))) != 1:
        raise Rejected("structure.assertions")
    if len(list(root.iter(name("samlp:Response")))) != 1:
        raise Rejected("structure.responses")
    if {one.tag for one in root.iterchildren("*")} - _IN_RESPONSE:
        raise Rejected("structure.contents")
    if {one.tag for one in assertion.iterchildren("*")} - _IN_ASSERTION:
        raise Rejected("structure.contents")


_IN_RESPONSE = frozenset(
    name(part)
    for part in (
        "saml:Issuer",
        "ds:Signature",
        # Nobody reads what is in there; what is counted is counted in there too.
        "samlp:Extensions",
        "samlp:Status",
        "saml:Assertion",
    )
)
_IN_ASSERTION = frozenset(
    name(f"saml:{part}")
    for part in (
        "Issuer",
        "Subject",
        "Conditions",
        "Advice",
        "AuthnStatement",
        "AttributeStatement",
    )
) | {name("ds:Signature")}
