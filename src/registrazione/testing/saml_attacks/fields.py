"""Answers that the trusted provider has signed, and that still are not for this service, now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from registrazione.adapters.saml.profiles import LEVELS
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_attacks.base import Attack, Changes, drafted

_ELSEWHERE = "https://elsewhere.example/identity/spid/callback"
_LOWER = next(uri for uri, number in LEVELS.items() if number == 1)
_UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
_OLD = "2018-01-01T00:00:00Z"
_FUTURE = "2099-01-01T00:00:00Z"
_IMPOSSIBLE = "2026-02-30T10:00:00Z"


def _to(**values: object) -> Changes:
    return lambda _stage, _draft: values


def _later(field: str, seconds: float) -> Changes:
    return lambda stage, _draft: {field: stage.instant(seconds)}


def _beyond_skew(field: str, sign: int, more: int) -> Changes:
    """Return a change to an instant that lies ``more`` seconds beyond what the skew forgives."""
    return lambda stage, _draft: {field: stage.instant(sign * (stage.skew.total_seconds() + more))}


_FIELDS: Mapping[str, tuple[str, Changes]] = MappingProxyType(
    {
        "version_1": ("the version is looked at", _to(version="1.1")),
        "version_missing": ("the version has to be there", _to(version=None)),
        "assertion_version_1": (
            "the assertion's version is looked at",
            _to(assertion_version="1.1"),
        ),
        "issued_long_ago": ("an answer does not come before its request", _to(issued_at=_OLD)),
        "issued_in_the_future": ("an answer is not from the future", _to(issued_at=_FUTURE)),
        "issued_never": ("the instant has to be there", _to(issued_at=None, begins_at=_OLD)),
        "issued_empty": ("an empty instant is none", _to(issued_at="")),
        "issued_without_zone": (
            "an instant without zone is none",
            _to(issued_at="2026-01-01T00:00:00"),
        ),
        "issued_on_no_day": ("a day has to exist", _to(issued_at=_IMPOSSIBLE)),
        "only_envelope_from_the_future": (
            "the envelope's instant is looked at",
            lambda _s, d: {
                "issued_at": _FUTURE,
                "assertion_issued_at": d.issued_at,
                "begins_at": d.issued_at,
                "authenticated_at": d.issued_at,
            },
        ),
        "assertion_issued_long_ago": (
            "an assertion does not come before its request",
            _to(assertion_issued_at=_OLD),
        ),
        "assertion_issued_in_the_future": (
            "an assertion is not from the future",
            _to(assertion_issued_at=_FUTURE),
        ),
        "assertion_issued_never": (
            "the assertion's instant has to be there",
            _to(assertion_issued_at=None),
        ),
        "destination_elsewhere": (
            "an answer to another address is another service's",
            _to(destination=_ELSEWHERE, recipient=_ELSEWHERE),
        ),
        "only_destination_elsewhere": (
            "the envelope's address is looked at",
            lambda _s, d: {"destination": _ELSEWHERE, "recipient": d.destination},
        ),
        "destination_missing": (
            "the address has to be there",
            lambda _s, d: {"destination": None, "recipient": d.destination},
        ),
        "destination_empty": (
            "an empty address is none",
            lambda _s, d: {"destination": "", "recipient": d.destination},
        ),
        "destination_with_slash": (
            "addresses are compared byte for byte",
            lambda _s, d: {"destination": f"{d.destination}/", "recipient": d.destination},
        ),
        "recipient_elsewhere": ("the assertion's address is looked at", _to(recipient=_ELSEWHERE)),
        "recipient_missing": ("the assertion's address has to be there", _to(recipient=None)),
        "unsolicited": (
            "an answer that nobody asked for is none",
            lambda _s, _d: {"in_response_to": None, "confirmed_request": None},
        ),
        "answers_nothing": (
            "the ID of a request is looked at",
            _to(in_response_to="_" + "0" * 74, confirmed_request="_" + "0" * 74),
        ),
        "answers_an_odd_name": ("only our own IDs count", _to(in_response_to="anything")),
        "only_envelope_answers": (
            "the assertion names the request too",
            _to(confirmed_request="_" + "0" * 74),
        ),
        "confirmation_answers_nothing": (
            "the assertion has to name the request",
            _to(confirmed_request=None),
        ),
        "confirmation_over": (
            "the confirmation ends",
            _later("confirmed_until", -3600),
        ),
        "confirmation_endless": ("the confirmation has to end", _to(confirmed_until=None)),
        "confirmation_over_by_a_second": (
            "the confirmation ends at its second",
            _beyond_skew("confirmed_until", -1, 0),
        ),
        "conditions_over": ("the conditions end", _later("ends_at", -3600)),
        "conditions_over_by_a_second": (
            "the conditions end at their second",
            lambda s, _d: {
                "ends_at": s.instant(-s.skew.total_seconds()),
                "confirmed_until": s.instant(60),
            },
        ),
        "conditions_endless": (
            "the conditions have to end",
            lambda s, _d: {"ends_at": None, "confirmed_until": s.instant(60)},
        ),
        "conditions_not_yet": ("the conditions begin", _later("begins_at", 3600)),
        "conditions_not_yet_by_a_second": (
            "the conditions begin at their second",
            _beyond_skew("begins_at", 1, 1),
        ),
        "conditions_without_beginning": ("the conditions have to begin", _to(begins_at=None)),
        "signed_in_in_the_future": (
            "nobody has signed in in the future",
            _later("authenticated_at", 3600),
        ),
        "signed_in_never": ("the sign-in has an instant", _to(authenticated_at=None)),
        "session_over": (
            "the provider's session goes on",
            lambda _s, _d: {
                "edits": (
                    ("<saml:AuthnStatement", f'<saml:AuthnStatement SessionNotOnOrAfter="{_OLD}"'),
                )
            },
        ),
        "audience_elsewhere": (
            "an assertion for another service is none",
            _to(audience="https://elsewhere.example"),
        ),
        "audience_with_suffix": (
            "names of services are compared byte for byte",
            lambda _s, d: {"audience": f"{d.audience}/"},
        ),
        "audience_empty": ("an empty audience is nobody", _to(audience="")),
        "issuer_format_other": ("an issuer is an entity", _to(issuer_format=_UNSPECIFIED)),
        "assertion_issuer_other": (
            "envelope and assertion have one issuer",
            lambda s, _d: {"assertion_issuer": s.other.entity_id},
        ),
        "assertion_issuer_format_missing": (
            "SPID's issuer says that it is an entity",
            _to(assertion_issuer_format=None),
        ),
        "issuer_other": (
            "whoever signs is the issuer",
            lambda s, _d: {"issuer": s.other.entity_id},
        ),
        "issuer_nobody": ("the issuer is trusted", _to(issuer="https://nobody.example")),
        "name_empty": ("the subject has a name", _to(name_id="")),
        "name_persistent": (
            "the name of the subject is transient",
            _to(name_format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"),
        ),
        "name_without_format": ("the name has a format", _to(name_format=None)),
        "name_unqualified": ("the name has a domain", _to(name_qualifier=None)),
        "holder_of_key": (
            "the bearer is confirmed and nobody else",
            _to(method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
        ),
        "sender_vouches": (
            "nobody vouches for the bearer",
            _to(method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"),
        ),
        "confirmation_without_method": ("the confirmation has a method", _to(method=None)),
        "level_lower": ("a lower level is none", _to(context=_LOWER)),
        "level_unknown": (
            "a level that is not known is none",
            _to(context="urn:oasis:names:tc:SAML:2.0:ac:classes:SpidL3"),
        ),
        "level_longer": (
            "levels are compared whole",
            _to(context="https://www.spid.gov.it/SpidL22"),
        ),
        "level_password": (
            "a password is no level",
            _to(context="urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"),
        ),
        "id_not_a_name": ("an ID is a name", _to(response_id="_with space")),
        "attributes_none": ("an empty statement is none", _to(attributes=())),
        "attribute_without_name": (
            "an attribute has a name",
            lambda _s, d: {"attributes": (("", "x"), *d.attributes)},
        ),
        "attribute_twice": (
            "an attribute stands there once",
            lambda _s, d: {
                "attributes": (
                    *d.attributes,
                    ("fiscalNumber", f"TINIT-{PEOPLE.bruno.codice_fiscale}"),
                )
            },
        ),
        "attribute_huge": (
            "an attribute has a length",
            lambda _s, d: {"attributes": (("address", "x" * 1001), *d.attributes)},
        ),
        "attributes_too_many": (
            "attributes can be counted",
            lambda _s, d: {
                "attributes": (*((f"a{number}", "x") for number in range(61)), *d.attributes)
            },
        ),
        "fiscal_number_malformed": (
            "a codice fiscale has a shape",
            lambda _s, d: {
                "attributes": (
                    *_without(d.attributes, "fiscalNumber"),
                    ("fiscalNumber", "TINIT-1234"),
                )
            },
        ),
        "nobody_named": (
            "somebody has to be named",
            lambda _s, _d: {"attributes": (("name", "Adele"), ("familyName", "Trovamala"))},
        ),
        "status_twofold": (
            "a success with an anomaly is none",
            lambda _s, _d: {
                "edits": (
                    (
                        "</samlp:Status>",
                        "<samlp:StatusMessage>ErrorCode nr22</samlp:StatusMessage></samlp:Status>",
                    ),
                )
            },
        ),
        "status_missing": ("the status has to be there", _to(status="")),
        "status_empty": ("an empty status is none", _to(status="<samlp:Status/>")),
        "status_without_value": (
            "a status says something",
            _to(status="<samlp:Status><samlp:StatusCode/></samlp:Status>"),
        ),
        "status_unknown": (
            "a status is one of SAML's",
            _to(status='<samlp:Status><samlp:StatusCode Value="Success"/></samlp:Status>'),
        ),
        "status_failed": (
            "a failed sign-in with an assertion is none",
            _to(
                status='<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:'
                'status:Responder"/></samlp:Status>'
            ),
        ),
    }
)


_ONLY_SCHEMES = frozenset(
    {
        "assertion_issuer_format_missing",
        "name_persistent",
        "name_without_format",
        "name_unqualified",
    }
)


def _without(attributes: tuple[tuple[str, str], ...], name: str) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in attributes if pair[0] != name)


FIELD_ATTACKS: tuple[Attack, ...] = tuple(
    Attack(
        name=name,
        proves=proves,
        make=partial(drafted, changes=changes),
        only_schemes=name in _ONLY_SCHEMES,
    )
    for name, (proves, changes) in _FIELDS.items()
)
"""Each a genuine answer with one thing wrong."""
