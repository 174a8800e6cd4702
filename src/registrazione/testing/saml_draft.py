"""An answer of an identity provider before it is signed, with every part open to change."""

from __future__ import annotations

import base64
from xml.sax.saxutils import escape, quoteattr

import attrs

from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.profiles import ENTITY, TRANSIENT
from registrazione.adapters.saml.signing import sign
from registrazione.adapters.saml.xml import only, parse, serialised

_STATUS = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'  # noqa: E501 - one element
_SPACES = (
    'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
    'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


@attrs.frozen(kw_only=True)
class Draft:
    """A response and its assertion. An attribute that is ``None`` is left out.

    What the assertion says twice has a second field that takes the first one's value when it is
    empty, so that a test may part them.

    Args:
        edits: Texts that are replaced in the XML before it is signed; each has to be there.
        sign_assertion: Whether the assertion is signed.
        sign_response: Whether the response is signed.
    """

    response_id: str | None
    assertion_id: str | None
    in_response_to: str | None
    issued_at: str | None
    destination: str | None
    issuer: str
    name_id: str
    audience: str
    ends_at: str | None
    context: str
    attributes: tuple[tuple[str, str], ...] = attrs.field(repr=False)
    state: str = attrs.field(repr=False)

    version: str | None = "2.0"
    status: str = _STATUS
    issuer_format: str | None = ENTITY
    assertion_version: str | None = "2.0"
    assertion_issued_at: str | None = ""
    assertion_issuer: str = ""
    assertion_issuer_format: str | None = ENTITY
    name_format: str | None = TRANSIENT
    name_qualifier: str | None = "https://idp.example"
    method: str | None = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    recipient: str | None = ""
    confirmed_request: str | None = ""
    confirmed_until: str | None = ""
    begins_at: str | None = ""
    authenticated_at: str | None = ""
    session_index: str | None = None

    edits: tuple[tuple[str, str], ...] = ()
    sign_assertion: bool = True
    sign_response: bool = True

    def xml(self) -> bytes:
        """Return the message as it stands, without signatures."""
        whole = (
            f"<samlp:Response {_SPACES}"
            f"{_attribute('ID', self.response_id)}{_attribute('Version', self.version)}"
            f"{_attribute('IssueInstant', self.issued_at)}"
            f"{_attribute('InResponseTo', self.in_response_to)}"
            f"{_attribute('Destination', self.destination)}>"
            f"<saml:Issuer{_attribute('Format', self.issuer_format)}>{escape(self.issuer)}"
            f"</saml:Issuer>{self.status}{self._assertion()}</samlp:Response>"
        )
        for old, new in self.edits:
            if old not in whole:
                raise ValueError(f"nothing to replace: {old}")
            whole = whole.replace(old, new)
        return whole.encode()

    def signed(self, key: SigningKey) -> bytes:
        """Return the message, signed as it says: the assertion first, then the whole.

        Args:
            key: Whose signatures.
        """
        root = parse(self.xml())
        if self.sign_assertion:
            assertion = only(root, "saml:Assertion")
            root.replace(assertion, sign(assertion, key))
        return serialised(sign(root, key) if self.sign_response else root)

    def posted(self, message: bytes) -> dict[str, str]:
        """Return the fields that a browser posts.

        Args:
            message: The response, as it is or as somebody altered it.
        """
        return {"SAMLResponse": base64.b64encode(message).decode(), "RelayState": self.state}

    def _assertion(self) -> str:
        issued = _or(self.assertion_issued_at, self.issued_at)
        listed = "".join(
            f'<saml:Attribute Name={quoteattr(key)}><saml:AttributeValue xsi:type="xs:string">'
            f"{escape(value)}</saml:AttributeValue></saml:Attribute>"
            for key, value in self.attributes
        )
        return (
            f"<saml:Assertion{_attribute('ID', self.assertion_id)}"
            f"{_attribute('Version', self.assertion_version)}{_attribute('IssueInstant', issued)}>"
            f"<saml:Issuer{_attribute('Format', self.assertion_issuer_format)}>"
            f"{escape(self.assertion_issuer or self.issuer)}</saml:Issuer>"
            f"{self._subject()}{self._conditions()}{self._authentication()}"
            f"<saml:AttributeStatement>{listed}</saml:AttributeStatement></saml:Assertion>"
        )

    def _subject(self) -> str:
        request = _or(self.confirmed_request, self.in_response_to)
        return (
            f"<saml:Subject><saml:NameID{_attribute('Format', self.name_format)}"
            f"{_attribute('NameQualifier', self.name_qualifier)}>{escape(self.name_id)}"
            f"</saml:NameID><saml:SubjectConfirmation{_attribute('Method', self.method)}>"
            f"<saml:SubjectConfirmationData"
            f"{_attribute('Recipient', _or(self.recipient, self.destination))}"
            f"{_attribute('InResponseTo', request)}"
            f"{_attribute('NotOnOrAfter', _or(self.confirmed_until, self.ends_at))}/>"
            "</saml:SubjectConfirmation></saml:Subject>"
        )

    def _conditions(self) -> str:
        return (
            f"<saml:Conditions{_attribute('NotBefore', _or(self.begins_at, self.issued_at))}"
            f"{_attribute('NotOnOrAfter', self.ends_at)}><saml:AudienceRestriction>"
            f"<saml:Audience>{escape(self.audience)}</saml:Audience></saml:AudienceRestriction>"
            "</saml:Conditions>"
        )

    def _authentication(self) -> str:
        at = _or(self.authenticated_at, self.issued_at)
        return (
            f"<saml:AuthnStatement{_attribute('AuthnInstant', at)}"
            f"{_attribute('SessionIndex', self.session_index)}><saml:AuthnContext>"
            f"<saml:AuthnContextClassRef>{escape(self.context)}</saml:AuthnContextClassRef>"
            "</saml:AuthnContext></saml:AuthnStatement>"
        )


def _attribute(name: str, value: str | None) -> str:
    return "" if value is None else f" {name}={quoteattr(value)}"


def _or(value: str | None, otherwise: str | None) -> str | None:
    return otherwise if value == "" else value
