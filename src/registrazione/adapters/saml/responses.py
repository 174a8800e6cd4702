"""What a response has to say: every check in order, each with the rule that it is from.

The checks read trees of signed bytes (:mod:`registrazione.adapters.saml.opening`) and compare
them with what this service asked for, never with what the message says of itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import attrs

from registrazione.adapters.saml import instants
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.metadata_reading import TrustedProvider
from registrazione.adapters.saml.naming import RequestNames
from registrazione.adapters.saml.opening import Opened, open_response
from registrazione.adapters.saml.profiles import (
    ENTITY,
    LEVELS,
    SESSIONS_UP_TO,
    TRANSIENT,
    SamlProfile,
)
from registrazione.adapters.saml.xml import (
    Element,
    child,
    children,
    name,
    only,
    text,
)

_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_NC_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}", re.ASCII)
_MOST_ATTRIBUTES = 60
_MOST_TEXT = 1_000


@attrs.frozen(kw_only=True)
class Expected:
    """What this service asked for, and when it looks at the answer.

    Args:
        profile: Which scheme's rules count.
        providers: Who is trusted, by entity ID.
        names: Knows the IDs of this service's requests; its addresses and its level.
        state: What came back with the answer.
        now: The present time.
        skew: How far the provider's clock may be off.
        patience: For how long a request waits for its answer.
    """

    profile: SamlProfile
    providers: Mapping[str, TrustedProvider]
    names: RequestNames
    state: str = attrs.field(repr=False)
    now: datetime
    skew: timedelta
    patience: timedelta


@attrs.frozen(kw_only=True)
class Asserted:
    """What an identity provider has asserted, after every check.

    Args:
        provider: Entity ID of who asserts.
        request_id: The request that it answers.
        response_id: Of the envelope.
        assertion_id: Of the assertion.
        name_id: The subject, for the end of the session.
        named: Attributes of that name: its format, and whose it is.
        session_index: The provider's session, where it keeps one.
        level: From 1 to 3.
        attributes: By name; several values never.
    """

    provider: str
    request_id: str
    response_id: str
    assertion_id: str
    name_id: str = attrs.field(repr=False)
    named: Mapping[str, str]
    session_index: str
    level: int
    attributes: Mapping[str, str] = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class View:
    """What the checks look at.

    Args:
        opened: What was signed.
        expected: What was asked for.
        requested_at: When the request went out that this is the answer to.
    """

    opened: Opened
    expected: Expected
    requested_at: datetime


def read_response(message: bytes, expected: Expected) -> Asserted:
    """Return what a response proves.

    Args:
        message: What the browser brought.
        expected: What was asked for.

    Raises:
        SpidAnomaly: The provider let nobody in.
        Rejected: It proves nothing.
    """
    opened = open_response(message, expected.profile, expected.providers, expected.now)
    identifier = opened.response.get("InResponseTo") or ""
    requested_at = expected.names.issued_at(identifier, expected.state, opened.provider.entity_id)
    if requested_at is None:
        raise Rejected("response.in_response_to")
    view = View(opened=opened, expected=expected, requested_at=requested_at)
    for check in CHECKS:
        check(view)
    return _asserted(view)


# -- the envelope ---------------------------------------------------------------------------


def response_version(view: View) -> None:
    """SAML 2.0, and an ID (SAML Core 3.2.2)."""
    _version(view.opened.response, "response")


def response_instant(view: View) -> None:
    """Issued after the request and not in the future (SPID, Response: IssueInstant)."""
    _issued(view, view.opened.response, "response")


def request_waits(view: View) -> None:
    """The request has not waited for longer than a sign-in takes (RFC 9700, 4.7.1)."""
    if view.expected.now - view.requested_at >= view.expected.patience:
        raise Rejected("request.patience", "expired", retry=True)


def response_destination(view: View) -> None:
    """Meant for the address where it came (SAML Bindings 3.5.5.2)."""
    if view.opened.response.get("Destination") != view.expected.names.callback_url:
        raise Rejected("response.destination")


def response_issuer(view: View) -> None:
    """Issued by an entity, the one that its name was looked up for (SPID, Response: Issuer)."""
    issuer = only(view.opened.response, "saml:Issuer")
    if issuer.get("Format", ENTITY) != ENTITY:
        raise Rejected("response.issuer_format")


# -- the assertion --------------------------------------------------------------------------


def assertion_version(view: View) -> None:
    """SAML 2.0, and an ID (SAML Core 2.3.3)."""
    _version(view.opened.assertion, "assertion")


def assertion_instant(view: View) -> None:
    """Issued after the request and not in the future (SPID, Assertion: IssueInstant)."""
    _issued(view, view.opened.assertion, "assertion")


def assertion_issuer(view: View) -> None:
    """Issued by the provider that issued the envelope (SAML Profiles 4.1.4.2)."""
    issuer = only(view.opened.assertion, "saml:Issuer")
    if text(issuer) != view.opened.provider.entity_id:
        raise Rejected("assertion.issuer")
    wanted = None if view.expected.profile.issuer_format else ENTITY
    if issuer.get("Format", wanted) != ENTITY:
        raise Rejected("assertion.issuer_format")


def subject_name(view: View) -> None:
    """A name that is used once, in a domain that is told (SPID, Assertion: NameID)."""
    named = only(only(view.opened.assertion, "saml:Subject"), "saml:NameID")
    if not text(named):
        raise Rejected("subject.name")
    if not view.expected.profile.qualified_name:
        return
    if named.get("Format") != TRANSIENT or not named.get("NameQualifier"):
        raise Rejected("subject.name")


def subject_confirmation(view: View) -> None:
    """One bearer, for this address, this request and this time (SAML Profiles 4.1.4.2, 4.1.4.3)."""
    confirmation = only(only(view.opened.assertion, "saml:Subject"), "saml:SubjectConfirmation")
    if confirmation.get("Method") != _BEARER:
        raise Rejected("subject.method")
    data = only(confirmation, "saml:SubjectConfirmationData")
    if data.get("Recipient") != view.expected.names.callback_url:
        raise Rejected("subject.recipient")
    if data.get("InResponseTo") != view.opened.response.get("InResponseTo"):
        raise Rejected("subject.in_response_to")
    if data.get("NotBefore") is not None:
        raise Rejected("subject.not_before")
    _not_over(view, data.get("NotOnOrAfter"), "subject.not_on_or_after")


def condition_times(view: View) -> None:
    """Between the two instants of the conditions (SAML Core 2.5.1.2; SPID asks for both)."""
    conditions = only(view.opened.assertion, "saml:Conditions")
    begins = instants.read(conditions.get("NotBefore"), "conditions.not_before")
    if begins > view.expected.now + view.expected.skew:
        raise Rejected("conditions.not_before")
    _not_over(view, conditions.get("NotOnOrAfter"), "conditions.not_on_or_after")


def condition_audience(view: View) -> None:
    """For this service and no other, under no condition that is not known (SAML Core 2.5.1)."""
    conditions = only(view.opened.assertion, "saml:Conditions")
    if {inner.tag for inner in conditions} - _CONDITIONS:
        raise Rejected("conditions.unknown")
    audience = only(only(conditions, "saml:AudienceRestriction"), "saml:Audience")
    if text(audience) != view.expected.names.entity_id:
        raise Rejected("conditions.audience")


def authentication(view: View) -> None:
    """One sign-in, not in the future, in a session that goes on (SAML Core 2.7.2).

    Where a new one was asked for, it is no older than the request (SAML Core 3.4.1, ForceAuthn).
    """
    statement = only(view.opened.assertion, "saml:AuthnStatement")
    at = instants.read(statement.get("AuthnInstant"), "authentication.instant")
    skew, names = view.expected.skew, view.expected.names
    if at > view.expected.now + skew:
        raise Rejected("authentication.instant")
    if names.level > SESSIONS_UP_TO and at < view.requested_at - skew:
        raise Rejected("authentication.old")
    if statement.get("SessionNotOnOrAfter") is not None:
        _not_over(view, statement.get("SessionNotOnOrAfter"), "authentication.session")


def level(view: View) -> None:
    """At the level that was asked for, or a higher one (SPID, RequestedAuthnContext: minimum)."""
    reached = _level(view.opened.assertion)
    if reached < view.expected.names.level:
        raise Rejected("authentication.level", "level_too_low")


def attribute_statement(view: View) -> None:
    """Attributes with one name and one text each, none twice (SPID, AttributeStatement)."""
    statement = child(view.opened.assertion, "saml:AttributeStatement")
    if statement is None:
        return
    listed = children(statement, "saml:Attribute")
    if not listed or len(listed) != len(statement) or len(listed) > _MOST_ATTRIBUTES:
        raise Rejected("attributes.contents")
    names = [attribute.get("Name") for attribute in listed]
    if not all(names) or len(names) != len(set(names)):
        raise Rejected("attributes.names")
    for attribute in listed:
        if len(text(only(attribute, "saml:AttributeValue"))) > _MOST_TEXT:
            raise Rejected("attributes.length")


Check = Callable[[View], None]

CHECKS: Final[tuple[Check, ...]] = (
    response_version,
    response_instant,
    request_waits,
    response_destination,
    response_issuer,
    assertion_version,
    assertion_instant,
    assertion_issuer,
    subject_name,
    subject_confirmation,
    condition_times,
    condition_audience,
    authentication,
    level,
    attribute_statement,
)
"""Every check, in order."""

_CONDITIONS = frozenset(name(f"saml:{part}") for part in ("AudienceRestriction", "OneTimeUse"))


# -- what several checks share --------------------------------------------------------------


def _version(element: Element, what: str) -> None:
    if element.get("Version") != "2.0":
        raise Rejected(f"{what}.version")
    if not _NC_NAME.fullmatch(element.get("ID") or ""):
        raise Rejected(f"{what}.id")


def _issued(view: View, element: Element, what: str) -> None:
    at = instants.read(element.get("IssueInstant"), f"{what}.issue_instant")
    skew = view.expected.skew
    if not view.requested_at - skew <= at <= view.expected.now + skew:
        raise Rejected(f"{what}.issue_instant")


def _not_over(view: View, value: str | None, rule: str) -> datetime:
    ends = instants.read(value, rule)
    # Not the end put off: the last second of the calendar is an end as well.
    if view.expected.now - view.expected.skew >= ends:
        raise Rejected(rule, "expired", retry=True)
    return ends


def _level(assertion: Element) -> int:
    context = only(only(assertion, "saml:AuthnStatement"), "saml:AuthnContext")
    reached = LEVELS.get(text(only(context, "saml:AuthnContextClassRef")))
    if reached is None:
        raise Rejected("authentication.context")
    return reached


def _asserted(view: View) -> Asserted:
    """Return what was asserted, now that all of it is known to be there."""
    response, assertion = view.opened.response, view.opened.assertion
    named = only(only(assertion, "saml:Subject"), "saml:NameID")
    statement = child(assertion, "saml:AttributeStatement")
    found = children(statement, "saml:Attribute") if statement is not None else []
    return Asserted(
        provider=view.opened.provider.entity_id,
        request_id=response.get("InResponseTo") or "",
        response_id=response.get("ID") or "",
        assertion_id=assertion.get("ID") or "",
        name_id=text(named),
        named={str(key): str(value) for key, value in named.attrib.items()},
        session_index=only(assertion, "saml:AuthnStatement").get("SessionIndex") or "",
        level=_level(assertion),
        attributes={
            attribute.get("Name") or "": text(only(attribute, "saml:AttributeValue"))
            for attribute in found
        },
    )
