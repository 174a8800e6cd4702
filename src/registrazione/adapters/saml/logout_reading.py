"""Messages about the end of a session, as they come in over both bindings (SAML Profiles 4.4).

A form carries an XML signature. An address carries one of its own query: what is verified are the
bytes that came, never what was read of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import unquote_plus

import attrs
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from registrazione.adapters.saml import instants
from registrazione.adapters.saml.anomalies import SUCCESS
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.logout import LogoutAsked, LogoutParty
from registrazione.adapters.saml.metadata_reading import TrustedProvider
from registrazione.adapters.saml.opening import decode
from registrazione.adapters.saml.profiles import ENTITY, POST, REDIRECT
from registrazione.adapters.saml.signing import LEAST_BITS, signed_view
from registrazione.adapters.saml.xml import (
    MOST_BYTES,
    Element,
    children,
    has_no_ids_twice,
    name,
    only,
    parse,
    text,
)

_HASHES: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": hashes.SHA384,
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": hashes.SHA512,
}
_MESSAGES: Final = ("SAMLRequest", "SAMLResponse")
"""The names under which a message travels."""
LASTS: Final = timedelta(minutes=5)
"""For how long a message counts after it was issued."""
_SIGNED: Final = (*_MESSAGES, "RelayState", "SigAlg")
_MOST_STATE: Final = 1_000


@attrs.frozen(kw_only=True)
class Received:
    """A message that verifies, is for this service, and counts now.

    Args:
        message: What was signed.
        state: What came along: in an address it is signed, in a form it is not.
        raw: The bytes that came, for the log of transactions.
    """

    message: Element
    state: str = attrs.field(repr=False)
    raw: bytes = attrs.field(repr=False)


def binding_of(query: str) -> str:
    """Return over which binding a message comes.

    Args:
        query: What stands behind the question mark of the address.
    """
    keys = {pair.partition("=")[0] for pair in query.split("&")}
    return POST if keys.isdisjoint(_MESSAGES) else REDIRECT


def received(
    party: LogoutParty, fields: Mapping[str, object], query: str, now: datetime
) -> Received:
    """Return a message about the end of a session, over either binding.

    Args:
        party: This service.
        fields: Of the form or of the address.
        query: What stands behind the question mark, byte for byte.
        now: The present time.

    Raises:
        Rejected: It does not verify, or is not for this service, now.
    """
    if binding_of(query) == REDIRECT:
        message = redirected_message(party, query, now)
        state = unquote_plus(_pairs(query).get("RelayState", ""))
        raw = query.encode("utf-8", "replace")
    else:
        message = posted_message(party, fields, now)
        state = str(fields.get("RelayState") or "")
        raw = decode(_the_message(fields))
    if len(state) > _MOST_STATE:
        raise Rejected("message.state")
    return Received(message=message, state=state, raw=raw)


def posted_message(party: LogoutParty, fields: Mapping[str, object], now: datetime) -> Element:
    """Return a message about the end of a session that was posted, as it was signed.

    Args:
        party: This service.
        fields: Of the form.
        now: The present time.

    Raises:
        Rejected: It does not verify, or is not for this service, now.
    """
    root = parse(decode(_the_message(fields)))
    if not has_no_ids_twice(root):
        raise Rejected("structure.id_twice")
    provider = _provider(party, root)
    return _checked(party, signed_view(root, provider.certificates, now), now)


def redirected_message(party: LogoutParty, query: str, now: datetime) -> Element:
    """Return a message about the end of a session that came in an address (Bindings 3.4.4.1).

    Args:
        party: This service.
        query: What stands behind the question mark, byte for byte: it is what was signed.
        now: The present time.

    Raises:
        Rejected: It does not verify, or is not for this service, now.
    """
    raw = _pairs(query)
    root = parse(_inflated(decode(unquote_plus(str(_the_message(raw))))))
    provider = _provider(party, root)
    signed = "&".join(f"{one}={raw[one]}" for one in _SIGNED if one in raw)
    algorithm = _HASHES.get(unquote_plus(raw.get("SigAlg", "")))
    signature = decode(unquote_plus(raw.get("Signature", "")))
    if algorithm is None or not any(
        _verifies(certificate, signature, signed, algorithm(), now)
        for certificate in provider.certificates
    ):
        raise Rejected("signature.value")
    return _checked(party, root, now)


def asked_to_end(party: LogoutParty, message: Element, state: str) -> LogoutAsked:
    """Return what an identity provider asks for (SAML Core 3.7.1).

    Args:
        party: This service.
        message: What was signed.
        state: What came along.

    Raises:
        Rejected: It is no such request.
    """
    if message.tag != name("samlp:LogoutRequest"):
        raise Rejected("logout.request")
    named = only(message, "saml:NameID")
    indexes = [text(one) for one in children(message, "samlp:SessionIndex")]
    return LogoutAsked(
        provider=_provider(party, message),
        request_id=message.get("ID") or "",
        name_id=text(named),
        named={str(key): str(value) for key, value in named.attrib.items()},
        session_indexes=tuple(filter(None, indexes)),
        state=state,
    )


def has_ended(message: Element) -> bool:
    """Tell whether an identity provider says that its session has ended.

    Args:
        message: What was signed.
    """
    if message.tag != name("samlp:LogoutResponse"):
        raise Rejected("logout.response")
    return only(only(message, "samlp:Status"), "samlp:StatusCode").get("Value") == SUCCESS


def _pairs(query: str) -> dict[str, str]:
    """Return what an address says, each value as it is spelled there.

    Raises:
        Rejected: Something is said twice: readers would differ on which counts.
    """
    if len(query) > MOST_BYTES:
        raise Rejected("message.size")
    raw: dict[str, str] = {}
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if key in raw:
            raise Rejected("message.twice")
        raw[key] = value
    return raw


def _provider(party: LogoutParty, root: Element) -> TrustedProvider:
    found = party.providers.get(text(only(root, "saml:Issuer")))
    if found is None:
        raise Rejected("issuer.unknown")
    return found


def _the_message(fields: Mapping[str, object]) -> object:
    """Return the one message of a form or an address: of two, one would not be looked at."""
    found = [fields[one] for one in _MESSAGES if fields.get(one)]
    if len(found) != 1:
        raise Rejected("message.missing")
    return found[0]


def _checked(party: LogoutParty, message: Element, now: datetime) -> Element:
    """Return a message that is for this service, now."""
    issued_by = only(message, "saml:Issuer")
    if issued_by.get("Format", ENTITY) != ENTITY or not message.get("ID"):
        raise Rejected("logout.issuer")
    if message.get("Version") != "2.0" or message.get("Destination") != party.logout_url:
        raise Rejected("logout.destination")
    at = instants.read(message.get("IssueInstant"), "logout.issue_instant")
    if not now - LASTS <= at <= now + party.skew:
        raise Rejected("logout.issue_instant", "expired", retry=True)
    ends = message.get("NotOnOrAfter")
    if ends is not None and now - party.skew >= instants.read(ends, "logout.not_on_or_after"):
        raise Rejected("logout.not_on_or_after", "expired", retry=True)
    return message


def _inflated(data: bytes) -> bytes:
    """Return what was deflated, if it is not more than a message may have."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        whole = inflater.decompress(data, MOST_BYTES)
    except zlib.error:
        raise Rejected("message.deflate") from None
    if not inflater.eof:
        raise Rejected("message.size")
    return whole


def _verifies(
    certificate: x509.Certificate,
    signature: bytes,
    signed: str,
    algorithm: hashes.HashAlgorithm,
    now: datetime,
) -> bool:
    key = certificate.public_key()
    valid = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    if not valid or not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        return False
    try:
        key.verify(signature, signed.encode("utf-8", "surrogatepass"), PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True
