"""Held-back answers that the provider did sign, for another place, time, service or person."""

from __future__ import annotations

from tests.adapters.saml.held_back_saml import BOTH, VICTIM, VISITOR, Battery
from tests.adapters.saml.stage import CALLBACK, ENTITY_ID

from registrazione.adapters.saml.profiles import TRANSIENT
from registrazione.testing.saml_idp import attributes_of

WORDS = Battery()
_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
_SUCCESS = f'<samlp:StatusCode Value="{_STATUS}Success"/>'
_DATA = "<saml:SubjectConfirmationData "
_CLASS = "saml:AuthnContextClassRef"
_END = "</saml:AttributeStatement>"
_CONDITIONS = "</saml:Conditions>"
_L2 = "https://www.spid.gov.it/SpidL2"
_CODE = attributes_of(VISITOR)["fiscalNumber"]
_HIS_CODE = attributes_of(VICTIM)["fiscalNumber"]
_AUDIENCE = "<saml:Audience>"
_HOMOGRAPH = "fiscalNumb\u0435r"
_FOR_EVIL = (
    f"<saml:AudienceRestriction>{_AUDIENCE}https://evil.example</saml:Audience>"
    "</saml:AudienceRestriction>"
)
_FRIENDLY = ' FriendlyName="fiscalNumber"'


def _attribute(name, *values, more=""):
    inner = "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
    return f'<saml:Attribute Name="{name}"{more}>{inner}</saml:Attribute>'


_HIS_NUMBER = _attribute("fiscalNumber", _HIS_CODE)


_NOW = dict.fromkeys(
    ("assertion_issued_at", "begins_at", "authenticated_at"), "2026-11-05T09:00:00Z"
)


def _changed(**changes):
    return lambda scene: scene.sheet(**changes).form()


def _edited(*edits):
    return lambda scene: scene.sheet(edits=edits).form()


def _table(label, cases, make=_changed, *, may_be_read=False, profiles=BOTH):
    """Take in a whole table of attacks that prove the same rule."""
    for name, case in cases.items():
        made = make(**case) if isinstance(case, dict) else make(*case)
        WORDS.add(name, label, made, *profiles, may_be_read=may_be_read)


_table(
    "SAML Profiles 4.1.4.3: the answer went to another address.",
    {
        "destination_longer": {"destination": f"{CALLBACK}/x"},
        "destination_shorter": {"destination": CALLBACK[:-1]},
        "destination_upper_case": {"destination": CALLBACK.upper()},
        "destination_port": {"destination": CALLBACK.replace("example/", "example:443/")},
        "destination_spaces": {"destination": f" {CALLBACK} "},
        "destination_query": {"destination": f"{CALLBACK}?x=1"},
        "destination_missing": {"destination": None, "recipient": CALLBACK},
        "destination_empty": {"destination": "", "recipient": CALLBACK},
        "destination_homograph": {"destination": CALLBACK.replace("service", "s\u0435rvice")},
        "recipient_other": {"recipient": "https://evil.example/acs"},
        "recipient_missing": {"recipient": None},
        "recipient_userinfo": {"recipient": CALLBACK.replace("https://", "https://evil@")},
    },
)
_table(
    "SAML Core 2.5.1.4: the assertion is for another audience.",
    {
        "audience_slash": {"audience": f"{ENTITY_ID}/"},
        "audience_prefix": {"audience": ENTITY_ID[:-1]},
        "audience_upper_case": {"audience": ENTITY_ID.upper()},
        "audience_empty": {"audience": ""},
        "audience_two_in_one": {"audience": f"https://evil.example {ENTITY_ID}"},
    },
)
_table(
    "SAML Core 2.5.1: every condition has to hold, and an unknown one never does.",
    {
        "no_conditions": (("<saml:Conditions", "<saml:Advice"), (_CONDITIONS, "</saml:Advice>")),
        "no_audience": (
            (
                f"<saml:AudienceRestriction>{_AUDIENCE}{ENTITY_ID}</saml:Audience>",
                "<saml:OneTimeUse>",
            ),
            ("</saml:AudienceRestriction>", "</saml:OneTimeUse>"),
        ),
        "two_restrictions": (
            (
                _CONDITIONS,
                f"{_FOR_EVIL}{_CONDITIONS}",
            ),
        ),
        "an_unknown_condition": (
            (_CONDITIONS, f'<saml:Condition xsi:type="xs:string"/>{_CONDITIONS}'),
        ),
        "a_foreign_condition": (
            (_CONDITIONS, f'<c:Only xmlns:c="urn:c">Mondays</c:Only>{_CONDITIONS}'),
        ),
        "two_conditions": (("<saml:AuthnStatement", "<saml:Conditions/><saml:AuthnStatement"),),
    },
    _edited,
)
_table(
    "SAML Core 2.4.1.2: it is not yet, or no more, the time.",
    {
        "ended_six_seconds_ago": {"ends_at": "2026-11-05T08:59:54Z"},
        "confirmed_until_a_minute_ago": {"confirmed_until": "2026-11-05T08:59:00Z"},
        "begins_in_a_minute": {"begins_at": "2026-11-05T09:01:00Z"},
        "issued_in_a_minute": {"assertion_issued_at": "2026-11-05T09:01:00Z"},
        "response_of_tomorrow": {
            "issued_at": "2026-11-06T09:00:00Z",
            "ends_at": "2026-11-07T09:00:00Z",
        },
        "response_in_a_minute": {**_NOW, "issued_at": "2026-11-05T09:01:00Z"},
        "response_before_the_request": {**_NOW, "issued_at": "2026-11-05T08:59:54Z"},
        "assertion_before_the_request": {"assertion_issued_at": "2026-11-05T08:59:54Z"},
        "authenticated_in_a_minute": {"authenticated_at": "2026-11-05T09:01:00Z"},
        "no_end": {"ends_at": None},
        "no_confirmed_end": {"confirmed_until": None},
        "an_offset": {"confirmed_until": "2026-11-05T09:05:00+02:00"},
        "no_zone": {"confirmed_until": "2026-11-05T09:05:00"},
        "a_day_that_is_none": {"confirmed_until": "2026-11-31T09:05:00Z"},
        "hour_24": {"confirmed_until": "2026-11-05T24:00:00Z"},
        "arabic_digits": {"confirmed_until": "٢٠٢٦-11-05T09:05:00Z"},
        "a_year_too_long": {"confirmed_until": "12026-11-05T09:05:00Z"},
        "a_date_alone": {"confirmed_until": "2026-11-05"},
        "spaces_around_it": {"confirmed_until": "2026-11-05T09:05:00Z\n2027"},
        "a_fraction_without_end": {"confirmed_until": f"2026-11-05T09:05:00.{'9' * 400}Z"},
        "the_first_year": {"begins_at": "0001-01-01T00:00:00Z", "ends_at": "0001-01-01T00:00:01Z"},
    },
)
_table(
    "An instant at the edge of the calendar: nothing may overflow.",
    {
        "the_first_second": {"begins_at": "0001-01-01T00:00:00Z"},
        "year_zero": {"begins_at": "0000-01-01T00:00:00Z"},
        "issued_in_the_first_second": {"issued_at": "0001-01-01T00:00:00Z"},
        "issued_in_the_last_second": {"issued_at": "9999-12-31T23:59:59Z"},
    },
    may_be_read=True,
)
_table(
    "SAML Profiles 4.1.4.2: the subject is confirmed by the bearer, once, for this request.",
    {
        "not_before_in_the_confirmation": ((_DATA, f'{_DATA}NotBefore="2026-11-05T09:02:00Z" '),),
        "holder_of_key": ((":cm:bearer", ":cm:holder-of-key"),),
        "sender_vouches": ((":cm:bearer", ":cm:sender-vouches"),),
        "no_confirmation_data": ((_DATA, "<saml:Data "),),
        "a_session_that_ended": (
            (
                "<saml:AuthnStatement ",
                '<saml:AuthnStatement SessionNotOnOrAfter="2026-11-05T08:00:00Z" ',
            ),
        ),
        "an_encrypted_name": (("saml:NameID", "saml:EncryptedID"),),
    },
    _edited,
)
_table(
    "A subject has a name (SAML Core 2.4.1).",
    {"name_empty": {"name_id": ""}, "name_of_spaces": {"name_id": " \n "}},
)
_table(
    "SPID, NameID: a name is used once, in a domain that is told.",
    {
        "name_persistent": {"name_format": TRANSIENT.replace("transient", "persistent")},
        "name_without_format": {"name_format": None},
        "name_without_qualifier": {"name_qualifier": None},
        "name_with_an_empty_qualifier": {"name_qualifier": ""},
    },
    profiles=("spid-public",),
)
_table(
    "SAML Core 3.2.2.1: only the whole and only success is success.",
    {
        "responder": ((f'{_STATUS}Success"', f'{_STATUS}Responder"'),),
        "success_of_a_responder": (
            (
                _SUCCESS,
                f'<samlp:StatusCode Value="{_STATUS}Responder">{_SUCCESS}</samlp:StatusCode>',
            ),
        ),
        "two_codes": ((_SUCCESS, f'<samlp:StatusCode Value="{_STATUS}Requester"/>{_SUCCESS}'),),
        "success_first": ((_SUCCESS, f'{_SUCCESS}<samlp:StatusCode Value="{_STATUS}Requester"/>'),),
        "no_code": ((_SUCCESS, ""),),
        "success_with_a_space": ((f'{_STATUS}Success"', f'{_STATUS}Success "'),),
        "success_of_nobody": ((f'{_STATUS}Success"', 'Success"'),),
        "two_states": (
            ("<samlp:Status>", f"<samlp:Status>{_SUCCESS}</samlp:Status><samlp:Status>"),
        ),
        "no_status": (("samlp:Status>", "samlp:Extensions>"),),
    },
    _edited,
)
_table(
    "SPID technical rules: a level is one URI, and no lower one than was asked for.",
    {
        "level_1": {"context": "https://www.spid.gov.it/SpidL1"},
        "level_9": {"context": "https://www.spid.gov.it/SpidL9"},
        "level_22": {"context": f"{_L2}2"},
        "level_in_a_fragment": {"context": f"https://www.spid.gov.it/SpidL1#{_L2}"},
        "level_without_tls": {"context": "http://www.spid.gov.it/SpidL2"},
        "level_in_lower_case": {"context": "https://www.spid.gov.it/spidl2"},
        "level_of_passwords": {
            "context": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
        },
        "level_of_nothing": {"context": ""},
    },
)
_table(
    "Two levels in one answer: nobody may choose the higher.",
    {
        "two_classes": (
            (f"<{_CLASS}>", f"<{_CLASS}>https://www.spid.gov.it/SpidL1</{_CLASS}><{_CLASS}>"),
        ),
        "a_declared_class": ((_CLASS, "saml:AuthnContextDeclRef"),),
        "no_statement": (("saml:AuthnStatement", "saml:Advice"),),
    },
    _edited,
)
_table(
    "The request that is answered is this browser's own.",
    {
        "request_missing": {"in_response_to": None},
        "request_empty": {"in_response_to": "", "confirmed_request": None},
        "request_other": {"in_response_to": "_0123456789"},
        "confirmed_request_other": {"confirmed_request": "_0123456789"},
        "confirmed_request_missing": {"confirmed_request": None},
    },
)
_table(
    "SAML Core 2.2.5: the issuer is the one that was asked, spelt so.",
    {
        "issuer_slash": {"issuer": "https://idp.example/"},
        "issuer_upper_case": {"issuer": "https://IDP.example"},
        "issuer_empty": {"issuer": ""},
        "issuer_of_the_service": {"issuer": ENTITY_ID},
        "issuer_other": {"issuer": "https://other.example"},
        "issuer_of_the_assertion_other": {"assertion_issuer": "https://other.example"},
        "issuer_of_another_kind": {
            "issuer_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
        },
        "version_1": {"version": "1.1"},
        "version_of_the_assertion": {"assertion_version": "2.00"},
        "no_id": {"response_id": ""},
        "no_id_of_the_assertion": {"assertion_id": ""},
    },
)
_table(
    "One attribute, one value: two are none (parameter pollution).",
    {
        "two_fiscal_numbers": ((_END, f"{_attribute('fiscalNumber', _HIS_CODE)}{_END}"),),
        "two_values": (
            (
                f"{_CODE}</saml:AttributeValue>",
                f"{_CODE}</saml:AttributeValue><saml:AttributeValue>{_HIS_CODE}</saml:AttributeValue>",
            ),
        ),
        "a_child_in_a_value": ((_CODE, f"{_CODE[:14]}<x>{_CODE[14:]}</x>"),),
        "a_child_before_the_value": ((_CODE, f"<x>{_HIS_CODE}</x>{_CODE}"),),
        "an_attribute_in_an_attribute": (
            (f">{_CODE}<", f">{_CODE}{_attribute('fiscalNumber', _HIS_CODE)}<"),
        ),
        "two_statements": (
            (_END, f"{_END}<saml:AttributeStatement>{_attribute('fiscalNumber', _HIS_CODE)}{_END}"),
        ),
    },
    _edited,
)
_table(
    "A name that only looks like one: it is nothing that was asked for.",
    {
        "friendly_name": ((_END, f"{_attribute('x', _HIS_CODE, more=_FRIENDLY)}{_END}"),),
        "name_in_capitals": ((_END, f"{_attribute('FISCALNUMBER', _HIS_CODE)}{_END}"),),
        "name_with_a_space": ((_END, f"{_attribute('fiscalNumber ', _HIS_CODE)}{_END}"),),
        "name_with_a_homograph": ((_END, f"{_attribute(_HOMOGRAPH, _HIS_CODE)}{_END}"),),
        "nil_with_a_value": ((f'xsi:type="xs:string">{_CODE}', f'xsi:nil="true">{_CODE}'),),
        "encrypted_attribute": (
            (
                _END,
                f"<saml:EncryptedAttribute>{_HIS_NUMBER}</saml:EncryptedAttribute>{_END}",
            ),
        ),
    },
    _edited,
    may_be_read=True,
)
