"""Messages about the end of a session, on their way to an identity provider (SAML Profiles 4.4).

Only a sign-in at level 1 has a session at the provider: for the others there is nothing to end.
Who has ended a session here need not be told by the answer: the session here is over before the
browser leaves. What comes back is read in :mod:`registrazione.adapters.saml.logout_reading`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

import attrs

from registrazione.adapters.saml import instants
from registrazione.adapters.saml.anomalies import SUCCESS
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.metadata_reading import TrustedProvider
from registrazione.adapters.saml.profiles import POST, REDIRECT, TRANSIENT
from registrazione.adapters.saml.requests import issuer, outgoing
from registrazione.adapters.saml.xml import Element, build
from registrazione.ports import Outgoing


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
