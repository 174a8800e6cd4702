"""The end of a session, asked for by the service or by the identity provider (SAML Profiles 4.4).

Only a sign-in at level 1 has a session at the provider: for the others there is nothing to end.
Who has ended a session here need not be told by the answer: the session here is over before the
browser leaves.
"""

from __future__ import annotations

import secrets
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
from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.metadata_reading import TrustedProvider
from registrazione.adapters.saml.opening import decode
from registrazione.adapters.saml.profiles import ENTITY, POST, REDIRECT, TRANSIENT
from registrazione.adapters.saml.requests import issuer, outgoing
from registrazione.adapters.saml.signing import LEAST_BITS, signed_view
from registrazione.adapters.saml.xml import (
    MOST_BYTES,
    Element,
    build,
    children,
    has_no_ids_twice,
    name,
    only,
    parse,
    text,
)
from registrazione.ports import Outgoing

_HASHES: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": hashes.SHA384,
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": hashes.SHA512,
}
MESSAGES: Final = ("SAMLRequest", "SAMLResponse")
"""The names under which a message travels."""
LASTS: Final = timedelta(minutes=5)
"""For how long a message counts after it was issued."""
_SIGNED: Final = (*MESSAGES, "RelayState", "SigAlg")


@attrs.frozen(kw_only=True)
class LogoutParty:
    """This service, where sessions end.

    Args:
        entity_id: Its name.
        logout_url: Where messages about the end of a session come.
        keys: The newest first.
        providers: Who is trusted, by entity ID.
        skew: How far a provider's clock may be off.
    """

    entity_id: str
    logout_url: str
    keys: tuple[SigningKey, ...]
    providers: Mapping[str, TrustedProvider]
    skew: timedelta = timedelta(seconds=5)


@attrs.frozen(kw_only=True)
class LogoutAsked:
    """An identity provider asks that a session end.

    Args:
        provider: Who asks.
        request_id: ID of the request, for the answer.
        name_id: The subject, as the assertion named it.
        named: Attributes of that name.
        session_indexes: Which sessions; none: all of the subject's.
        state: What has to go back.
    """

    provider: TrustedProvider
    request_id: str
    name_id: str = attrs.field(repr=False)
    named: Mapping[str, str]
    session_indexes: tuple[str, ...]
    state: str = attrs.field(repr=False)

    @property
    def session_index(self) -> str:
        """The first session; empty: all of the subject's."""
        return self.session_indexes[0] if self.session_indexes else ""


def logout_request(
    party: LogoutParty,
    provider: TrustedProvider,
    *,
    name_id: str,
    session_index: str,
    state: str,
    at: datetime,
    named: Mapping[str, str] | None = None,
    identifier: str = "",
) -> Outgoing:
    """Return where the browser goes so that the provider's session ends too (SAML Core 3.7.1).

    Args:
        party: This service.
        provider: Whose session.
        name_id: The subject, as the assertion named it.
        session_index: Which session.
        state: What comes back.
        at: The present time.
        named: Attributes of the subject's name, as the assertion had them; without them, those
            of SPID.
        identifier: ID of the request; without it, a new one.

    Raises:
        Rejected: The provider has no address for it.
    """
    usual = {"Format": TRANSIENT, "NameQualifier": provider.entity_id}
    subject = build("saml:NameID", content=name_id, attributes=usual if named is None else named)
    index = build("samlp:SessionIndex", content=session_index)
    return _sent(
        party,
        provider,
        "samlp:LogoutRequest",
        (subject, index),
        state,
        at=at,
        identifier=identifier,
    )


def logout_answer(party: LogoutParty, asked: LogoutAsked, at: datetime) -> Outgoing:
    """Return where the browser goes to tell the provider that a session has ended here.

    Args:
        party: This service.
        asked: What the provider asked for.
        at: The present time.

    Raises:
        Rejected: The provider has no address for it.
    """
    status = build("samlp:Status", build("samlp:StatusCode", attributes={"Value": SUCCESS}))
    return _sent(
        party,
        asked.provider,
        "samlp:LogoutResponse",
        (status,),
        asked.state,
        at=at,
        in_response_to=asked.request_id,
    )


def _sent(
    party: LogoutParty,
    provider: TrustedProvider,
    qualified: str,
    inner: tuple[Element, ...],
    state: str,
    *,
    at: datetime,
    identifier: str = "",
    in_response_to: str | None = None,
) -> Outgoing:
    binding = next((one for one in (REDIRECT, POST) if one in provider.logout), "")
    if not binding:
        raise Rejected("logout.binding", "unavailable")
    answer = in_response_to is not None
    address = provider.logout[binding]
    if answer:
        address = provider.logout_answers.get(binding, address)
    message = build(
        qualified,
        issuer(party.entity_id),
        *inner,
        attributes={
            "ID": identifier or f"_{secrets.token_hex(20)}",
            "Version": "2.0",
            "IssueInstant": instants.written(at),
            "Destination": address,
            "InResponseTo": in_response_to,
        },
        declare=("saml",),
    )
    return outgoing(message, address, binding, state, party.keys[0], answer=answer)


# -- what comes in --------------------------------------------------------------------------


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
    if len(query) > MOST_BYTES:
        raise Rejected("message.size")
    raw: dict[str, str] = {}
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if key in raw:
            raise Rejected("message.twice")
        raw[key] = value
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
    return LogoutAsked(
        provider=_provider(party, message),
        request_id=message.get("ID") or "",
        name_id=text(named),
        named={str(key): str(value) for key, value in named.attrib.items()},
        session_indexes=tuple(text(one) for one in children(message, "samlp:SessionIndex")),
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


def _provider(party: LogoutParty, root: Element) -> TrustedProvider:
    found = party.providers.get(text(only(root, "saml:Issuer")))
    if found is None:
        raise Rejected("issuer.unknown")
    return found


def _the_message(fields: Mapping[str, object]) -> object:
    """Return the one message of a form or an address: of two, one would not be looked at."""
    found = [fields[one] for one in MESSAGES if fields.get(one)]
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
