"""Answers that the trusted provider has signed, with an element too many, too few or elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from registrazione.testing.saml_attacks.base import Attack, Changes, drafted

_PURPOSE = '<saml:Condition xsi:type="xs:string"/>'
_CONFIRMED = "<saml:SubjectConfirmation Method"
_BEARER = '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/>'
_STATEMENT = "</saml:AttributeStatement>"

_ELEMENTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "second_confirmation": (
            "one confirmation counts, so there is one",
            _CONFIRMED,
            f"{_BEARER}{_CONFIRMED}",
        ),
        "second_name": (
            "a subject has one name",
            "<saml:NameID ",
            '<saml:NameID NameQualifier="x">other</saml:NameID><saml:NameID ',
        ),
        "second_subject": (
            "an assertion has one subject",
            "<saml:Conditions",
            "<saml:Subject><saml:NameID>x</saml:NameID></saml:Subject><saml:Conditions",
        ),
        "second_authentication": (
            "one sign-in counts, so there is one",
            "<saml:AttributeStatement",
            "<saml:AuthnStatement/><saml:AttributeStatement",
        ),
        "second_context": (
            "one level counts, so there is one",
            "</saml:AuthnContext>",
            (
                "<saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL3"
                "</saml:AuthnContextClassRef></saml:AuthnContext>"
            ),
        ),
        "second_audience": (
            "an assertion for several services is none",
            "</saml:AudienceRestriction>",
            "<saml:Audience>https://elsewhere.example</saml:Audience></saml:AudienceRestriction>",
        ),
        "second_restriction": (
            "every restriction counts",
            "</saml:Conditions>",
            (
                "<saml:AudienceRestriction><saml:Audience>https://elsewhere.example</saml:Audience>"
                "</saml:AudienceRestriction></saml:Conditions>"
            ),
        ),
        "second_conditions": (
            "an assertion has its conditions once",
            "<saml:AuthnStatement",
            "<saml:Conditions/><saml:AuthnStatement",
        ),
        "second_statement": (
            "attributes stand in one place",
            _STATEMENT,
            (
                f'{_STATEMENT}<saml:AttributeStatement><saml:Attribute Name="x">'
                f"<saml:AttributeValue>y</saml:AttributeValue></saml:Attribute>{_STATEMENT}"
            ),
        ),
        "second_value": (
            "an attribute has one value",
            "</saml:AttributeValue>",
            "</saml:AttributeValue><saml:AttributeValue>other</saml:AttributeValue>",
        ),
        "element_in_value": (
            "a text is not read up to an element",
            "</saml:AttributeValue>",
            "<xs:b/>more</saml:AttributeValue>",
        ),
        "second_issuer": (
            "an answer has one issuer",
            "<samlp:Status>",
            "<saml:Issuer>https://other.example</saml:Issuer><samlp:Status>",
        ),
        "second_status": (
            "an answer has one status",
            "<samlp:Status>",
            "<samlp:Status/><samlp:Status>",
        ),
        "unknown_condition": (
            "a condition that is not known is not met",
            "</saml:Conditions>",
            f"{_PURPOSE}</saml:Conditions>",
        ),
        "proxy_restriction": (
            "a condition that is not supported is not met",
            "</saml:Conditions>",
            '<saml:ProxyRestriction Count="0"/></saml:Conditions>',
        ),
        "bearer_not_yet": (
            "a bearer's confirmation has no beginning",
            "<saml:SubjectConfirmationData",
            '<saml:SubjectConfirmationData NotBefore="2020-01-01T00:00:00Z"',
        ),
        "encrypted_beside": (
            "what cannot be read is not left aside",
            "</samlp:Response>",
            "<saml:EncryptedAssertion/></samlp:Response>",
        ),
        "statement_unknown": (
            "a statement that is not known is not left aside",
            "<saml:AttributeStatement",
            "<saml:AuthzDecisionStatement/><saml:AttributeStatement",
        ),
        "without_subject_data": (
            "the confirmation has its data",
            "<saml:SubjectConfirmationData",
            "<saml:Other",
        ),
        "envelope_unknown": (
            "what is not known is not left aside",
            "<samlp:Status>",
            "<samlp:Other/><samlp:Status>",
        ),
        "encrypted_attribute": (
            "what cannot be read is not left aside",
            "</saml:AttributeStatement>",
            "<saml:EncryptedAttribute/></saml:AttributeStatement>",
        ),
        "without_attributes": (
            "somebody has to be named",
            "saml:AttributeStatement>",
            "saml:Advice>",
        ),
        "without_name": ("the subject is named", "saml:NameID", "saml:BaseID"),
        "without_audience": (
            "the audience has to be there",
            "saml:Audience>",
            "saml:Others>",
        ),
        "without_restriction": (
            "the restriction has to be there",
            "saml:AudienceRestriction>",
            "saml:OneTimeUse>",
        ),
        "without_context": (
            "the level has to be there",
            "saml:AuthnContextClassRef>",
            "saml:AuthnContextDecl>",
        ),
        "without_value": ("an attribute has a value", "saml:AttributeValue", "saml:Value"),
    }
)


def _edit(old: str, new: str) -> Changes:
    return lambda _stage, _draft: {"edits": ((old, new),)}


ELEMENT_ATTACKS: tuple[Attack, ...] = tuple(
    Attack(
        name=name,
        proves=proves,
        make=partial(drafted, changes=_edit(old, new)),
    )
    for name, (proves, old, new) in _ELEMENTS.items()
)
"""Each a genuine answer with one element wrong."""
