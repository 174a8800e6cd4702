"""A SAML identity provider for tests and demonstrations: it signs whatever it is told to.

People come from :mod:`registrazione.testing.people`. Its keys are made for the process and its
word is worth nothing: never trust its metadata where strangers can reach the service.
"""

from __future__ import annotations

import base64
import functools
import secrets
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding

from registrazione.adapters.saml import instants
from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.profiles import LEVELS, POST, REDIRECT
from registrazione.adapters.saml.signing import sign
from registrazione.adapters.saml.xml import build, only, parse, serialised, text
from registrazione.ports import Clock, Outgoing
from registrazione.testing.people import Person
from registrazione.testing.saml_draft import Draft

_TEN_YEARS = timedelta(days=3650)
_FIVE_MINUTES = timedelta(minutes=5)
_URI_OF = {number: uri for uri, number in LEVELS.items()}
_BITS = 2048


@functools.cache
def key_for(owner: str) -> SigningKey:
    """Return the key of that owner, made once in a process; its certificate signs itself.

    Args:
        owner: Common name of the certificate.
    """
    private = generate_private_key(65537, _BITS)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, owner)])
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + 5 * _TEN_YEARS)
        .sign(private, hashes.SHA256())
    )
    return SigningKey(private=private, certificate=certificate)


@attrs.frozen(kw_only=True)
class Asked:
    """What a service asked for.

    Args:
        request_id: ID of the request.
        issuer: The service.
        state: What has to go back with the answer.
        level: From 1 to 3.
        issued_at: As the request spells it.
        callback_url: Where the answer goes, which a provider looks up in the metadata.
    """

    request_id: str
    issuer: str
    state: str = attrs.field(repr=False)
    level: int
    issued_at: str
    callback_url: str


def attributes_of(person: Person) -> Mapping[str, str]:
    """Return what SPID says of somebody, attribute by attribute.

    Args:
        person: Who.
    """
    digits = "".join(character for character in person.codice_fiscale if character.isalnum())
    return MappingProxyType(
        {
            "spidCode": f"TEST{digits[-10:]}",
            "name": person.name,
            "familyName": person.surname,
            "placeOfBirth": person.birth_place,
            "dateOfBirth": person.born.isoformat(),
            "gender": person.sex,
            "fiscalNumber": f"TINIT-{person.codice_fiscale}",
            "email": person.email,
            "mobilePhone": person.phone,
            "idCard": "cartaIdentita CA12345AA Comune di Roma 2025-01-01 2035-01-01",
        }
    )


class SamlIdp:
    """Answer requests, truthfully or not.

    Args:
        entity_id: Its name.
        clock: Tells when it answers.
        key: What it signs with; ``None``: one of its own.
        title: How people know it; empty: its metadata do not say.
    """

    def __init__(
        self, entity_id: str, clock: Clock, key: SigningKey | None = None, title: str = ""
    ) -> None:
        """Take a name and a key."""
        self.entity_id = entity_id
        self.title = title
        self.key: SigningKey = key or key_for(entity_id)
        self._clock = clock

    def metadata(self, *more: SigningKey) -> bytes:
        """Return the metadata that a service has to trust.

        Args:
            more: Keys that may sign too, as while one is changed for another.
        """
        certificates = [
            build(
                "md:KeyDescriptor",
                build("ds:KeyInfo", build("ds:X509Data", build("ds:X509Certificate", content=der))),
                attributes={"use": "signing"},
            )
            for der in map(_encoded, (self.key, *more))
        ]
        addresses = [
            build(
                f"md:{kind}", attributes={"Binding": binding, "Location": f"{self.entity_id}{path}"}
            )
            for kind, path in (("SingleLogoutService", "/slo"), ("SingleSignOnService", "/sso"))
            for binding in (POST, REDIRECT)
        ]
        role = build(
            "md:IDPSSODescriptor",
            *certificates,
            *addresses,
            attributes={"protocolSupportEnumeration": "urn:oasis:names:tc:SAML:2.0:protocol"},
        )
        attributes = {"entityID": self.entity_id, "ID": f"_{secrets.token_hex(16)}"}
        organization = (
            build(
                "md:Organization",
                *(
                    build(f"md:Organization{part}", content=told, attributes={"xml:lang": "it"})
                    for part, told in (
                        ("Name", self.title),
                        ("DisplayName", self.title),
                        ("URL", self.entity_id),
                    )
                ),
            )
            if self.title
            else None
        )
        entity = build("md:EntityDescriptor", role, organization, attributes=attributes)
        return serialised(sign(entity, self.key, after=None))

    def read(self, outgoing: Outgoing, callback_url: str) -> Asked:
        """Return what a service asks for.

        Args:
            outgoing: Where the browser was sent, with either binding.
            callback_url: Where the service's metadata say that answers go.
        """
        fields = dict(outgoing.fields)
        if fields:
            message = base64.b64decode(fields["SAMLRequest"])
        else:
            query = parse_qs(urlsplit(outgoing.url).query)
            fields = {key: values[0] for key, values in query.items()}
            message = zlib.decompress(base64.b64decode(fields["SAMLRequest"]), -zlib.MAX_WBITS)
        request = parse(message)
        context = only(only(request, "samlp:RequestedAuthnContext"), "saml:AuthnContextClassRef")
        return Asked(
            request_id=request.get("ID", ""),
            issuer=text(only(request, "saml:Issuer")),
            state=fields["RelayState"],
            level=LEVELS[text(context)],
            issued_at=request.get("IssueInstant", ""),
            callback_url=callback_url,
        )

    def draft(self, asked: Asked, person: Person, level: int = 0, **attributes: str) -> Draft:
        """Return a truthful answer, not signed yet.

        Args:
            asked: What was asked for.
            person: Who signed in.
            level: At which level; 0: the one that was asked for.
            attributes: Others than those of the person, or instead of them.
        """
        now = self._clock.now()
        return Draft(
            response_id=f"_{secrets.token_hex(16)}",
            assertion_id=f"_{secrets.token_hex(16)}",
            in_response_to=asked.request_id,
            issued_at=instants.written(now),
            destination=asked.callback_url,
            issuer=self.entity_id,
            name_id=f"_{secrets.token_hex(16)}",
            audience=asked.issuer,
            ends_at=instants.written(now + _FIVE_MINUTES),
            context=_URI_OF[level or asked.level],
            attributes=tuple({**attributes_of(person), **attributes}.items()),
            state=asked.state,
        )

    def answer(self, draft: Draft) -> dict[str, str]:
        """Return what a browser brings back: the draft, signed as it says.

        Args:
            draft: True or not.
        """
        return draft.posted(self.signed(draft))

    def signed(self, draft: Draft) -> bytes:
        """Return the message of a draft, signed.

        Args:
            draft: True or not.
        """
        return draft.signed(self.key)

    def refusal(self, asked: Asked, number: int, *, signed: bool = False) -> dict[str, str]:
        """Return the answer that lets nobody in, with a number of SPID's table of anomalies.

        Args:
            asked: What was asked for.
            number: Such as 25 for a person who gave up.
            signed: Whether it is signed; providers differ.
        """
        whole = self._refused(asked, number)
        root = parse(whole)
        return {
            "SAMLResponse": base64.b64encode(
                serialised(sign(root, self.key)) if signed else whole
            ).decode(),
            "RelayState": asked.state,
        }

    def _refused(self, asked: Asked, number: int) -> bytes:
        status = "urn:oasis:names:tc:SAML:2.0:status:"
        inner = build("samlp:StatusCode", attributes={"Value": f"{status}AuthnFailed"})
        root = build(
            "samlp:Response",
            build("saml:Issuer", content=self.entity_id),
            build(
                "samlp:Status",
                build("samlp:StatusCode", inner, attributes={"Value": f"{status}Responder"}),
                build("samlp:StatusMessage", content=f"ErrorCode nr{number:02}"),
            ),
            attributes={
                "ID": f"_{secrets.token_hex(16)}",
                "Version": "2.0",
                "IssueInstant": instants.written(self._clock.now()),
                "InResponseTo": asked.request_id,
                "Destination": asked.callback_url,
            },
        )
        return serialised(root)


def _encoded(key: SigningKey) -> str:
    return base64.b64encode(key.certificate.public_bytes(Encoding.DER)).decode()
