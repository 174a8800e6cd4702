"""Requests for authentication, over both bindings (SAML Core 3.4; Bindings 3.4 and 3.5).

The service names its own address and attributes by their number in the metadata, so that a
forged request could not have the answer sent elsewhere.
"""

from __future__ import annotations

import base64
import zlib
from datetime import datetime
from urllib.parse import quote_plus

import attrs
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from registrazione.adapters.saml import instants
from registrazione.adapters.saml.ages import AgeLimit, age_limit
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.metadata_reading import TrustedProvider
from registrazione.adapters.saml.naming import RequestNames
from registrazione.adapters.saml.profiles import (
    ENTITY,
    LEVELS,
    POST,
    REDIRECT,
    SESSIONS_UP_TO,
    TRANSIENT,
    SamlProfile,
)
from registrazione.adapters.saml.signing import sign
from registrazione.adapters.saml.xml import Element, build, serialised
from registrazione.ports import Outgoing

_SIGNATURE = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


@attrs.frozen(kw_only=True)
class Asking:
    """What a service asks for, and how.

    Args:
        profile: Which scheme it is of.
        names: Names requests; its addresses and its level.
        binding: ``post`` or ``redirect``.
        comparison: ``minimum``: a higher level is accepted, as it has to be.
        attribute_set: Number of the attribute set, ``None``: the profile's first.
        purpose: Kind of professional identity (SPID, Avviso 18), empty: a citizen's.
        ages: Whom the service is for, where the request is to say so.
    """

    profile: SamlProfile
    names: RequestNames
    binding: str = "post"
    comparison: str = "minimum"
    attribute_set: int | None = None
    purpose: str = ""
    ages: AgeLimit | None = None


@attrs.frozen(kw_only=True)
class SentRequest:
    """A request on its way.

    Args:
        identifier: Its ID.
        message: What it says, without the binding's wrapping.
        outgoing: Where the browser goes with it.
    """

    identifier: str
    message: bytes = attrs.field(repr=False)
    outgoing: Outgoing = attrs.field(repr=False)


def authentication_request(
    asking: Asking, provider: TrustedProvider, state: str, at: datetime
) -> SentRequest:
    """Return a request, and where the browser goes with it.

    Args:
        asking: What is asked for.
        provider: Who is asked.
        state: What comes back with the answer.
        at: The present time.

    Raises:
        Rejected: The provider takes requests in neither way.
    """
    wished = (POST, REDIRECT) if asking.binding == "post" else (REDIRECT, POST)
    binding = next((one for one in wished if one in provider.sign_on), "")
    if not binding:
        raise Rejected("request.binding", "unavailable")
    address = provider.sign_on[binding]
    request = _request(asking, provider, state, at, address)
    key = asking.names.keys[0]
    return SentRequest(
        identifier=request.get("ID") or "",
        message=serialised(request),
        outgoing=outgoing(request, address, binding, state, key),
    )


def outgoing(
    message: Element,
    address: str,
    binding: str,
    state: str,
    key: SigningKey,
    *,
    answer: bool = False,
) -> Outgoing:
    """Return where the browser goes with a message, signed as its binding wants.

    Args:
        message: Not signed yet.
        address: Whose.
        binding: A form's or an address's.
        state: What comes back; empty: nothing does.
        key: Who signs.
        answer: Whether it is a response.
    """
    field = "SAMLResponse" if answer else "SAMLRequest"
    if binding == POST:
        encoded = base64.b64encode(serialised(sign(message, key))).decode()
        fields = ((field, encoded), ("RelayState", state))
        return Outgoing(url=address, fields=fields if state else fields[:1])
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = deflater.compress(serialised(message)) + deflater.flush()
    relayed = {"RelayState": state} if state else {}
    pairs = {field: base64.b64encode(deflated).decode(), **relayed, "SigAlg": _SIGNATURE}
    # The bytes that are signed are those of the address, in this order (Bindings 3.4.4.1).
    query = "&".join(f"{one}={quote_plus(value)}" for one, value in pairs.items())
    signature = key.private.sign(query.encode(), PKCS1v15(), SHA256())
    signed = quote_plus(base64.b64encode(signature).decode())
    mark = "&" if "?" in address else "?"
    return Outgoing(url=f"{address}{mark}{query}&Signature={signed}")


def issuer(entity_id: str) -> Element:
    """Return who sends a message, as SPID wants it written.

    Args:
        entity_id: The service.
    """
    return build(
        "saml:Issuer",
        attributes={"Format": ENTITY, "NameQualifier": entity_id},
        content=entity_id,
    )


def _request(
    asking: Asking, provider: TrustedProvider, state: str, at: datetime, address: str
) -> Element:
    names, level = asking.names, asking.names.level
    wanted = next(uri for uri, number in LEVELS.items() if number == level)
    first = asking.profile.attribute_sets[0].index
    chosen = first if asking.attribute_set is None else asking.attribute_set
    purpose = build("spid:Purpose", content=asking.purpose) if asking.purpose else None
    extensions = [one for one in (purpose, age_limit(asking.ages, "request")) if one is not None]
    return build(
        "samlp:AuthnRequest",
        issuer(names.entity_id),
        build("samlp:Extensions", *extensions) if extensions else None,
        build("samlp:NameIDPolicy", attributes={"Format": TRANSIENT}),
        build(
            "samlp:RequestedAuthnContext",
            build("saml:AuthnContextClassRef", content=wanted),
            attributes={"Comparison": asking.comparison},
        ),
        attributes={
            "ID": names.name(state, provider.entity_id, at),
            "Version": "2.0",
            "IssueInstant": instants.written(at),
            "Destination": address,
            "ForceAuthn": "true" if level > SESSIONS_UP_TO else None,
            "AssertionConsumerServiceIndex": "0",
            "AttributeConsumingServiceIndex": str(chosen),
        },
        declare=("saml",),
    )
