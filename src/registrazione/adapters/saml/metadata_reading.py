"""What the metadata of identity providers say, read: who is trusted, and until when.

Metadata are the only root of trust: whoever may write them may sign anybody in. Where they come
from is in :mod:`registrazione.adapters.saml.metadata_sources`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, cast

import attrs
from cryptography import x509

from registrazione.adapters.saml import instants
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.signing import signed_view
from registrazione.adapters.saml.xml import (
    NAMESPACES,
    Element,
    children,
    has_no_ids_twice,
    name,
    only,
    parse,
    text,
)

NEVER: Final = datetime.max.replace(tzinfo=UTC)
"""When metadata lapse that do not say when."""
ALWAYS: Final = timedelta.max
"""For how long metadata may be kept that do not say for how long."""
_GROUP = name("md:EntitiesDescriptor")
_ENTITY = name("md:EntityDescriptor")
_ROLE = name("md:IDPSSODescriptor")
_MOST_ENTITIES = 200
_MOST_TITLE = 100
_LANGUAGES = {"it": 0, "en": 1}
_ADDRESS = re.compile(r"https?://[A-Za-z0-9\[][A-Za-z0-9._~:/?#@!$&'*+,;=%()\[\]-]{0,500}")
_LOGO = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9._~:/?#@!$&*+,;=%()-]{0,500}")


@attrs.frozen(kw_only=True)
class TrustedProvider:
    """An identity provider, as its metadata describe it.

    Args:
        entity_id: Its name.
        title: How people know it.
        logo: Address of its sign, with https; empty: none.
        sign_on: Addresses for requests, by binding.
        logout: Addresses for the end of a session, by binding.
        logout_answers: Those for answers about it, where they are others.
        certificates: Any of them may sign: while a key changes there are two.
    """

    entity_id: str
    title: str = ""
    logo: str = ""
    sign_on: Mapping[str, str]
    logout: Mapping[str, str] = attrs.field(factory=dict[str, str])
    logout_answers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    certificates: tuple[x509.Certificate, ...] = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Reading:
    """What a document says, and how long that counts.

    Args:
        providers: The identity providers.
        until: When the first thing in it lapses (``validUntil``).
        lasts: For how long a copy may be kept before it is fetched anew (``cacheDuration``).
    """

    providers: tuple[TrustedProvider, ...]
    until: datetime
    lasts: timedelta


class Lapsed(Rejected):
    """A whole document counts no more."""


def read_metadata(
    data: bytes, now: datetime, signed_by: Sequence[x509.Certificate] = ()
) -> Reading:
    """Return what an EntityDescriptor or EntitiesDescriptor says (SAML Metadata 2.3).

    Args:
        data: The document.
        now: What has lapsed by then is left out, with all that is in it.
        signed_by: Whose signature the document has to have; none: its source is trusted.

    Raises:
        Lapsed: The whole of it has lapsed.
        Rejected: It is no such document, or nobody of those has signed it.
    """
    root = parse(data)
    if signed_by:
        if not has_no_ids_twice(root):
            raise Rejected("metadata.id")
        root = signed_view(root, signed_by, now)
    if root.tag not in {_ENTITY, _GROUP}:
        raise Rejected("metadata.root")
    if len(list(root.iter(_ENTITY))) > _MOST_ENTITIES:
        raise Rejected("metadata.crowded")
    counting = list(_counting(root, now))
    if not counting:
        raise Lapsed("metadata.validity")
    return Reading(
        providers=tuple(_provider(one) for one in counting if one.tag == _ROLE),
        until=min(map(_until, counting)),
        lasts=min(map(_lasts, counting)),
    )


def _counting(element: Element, now: datetime) -> Iterator[Element]:
    """Yield an element and what counts in it; nothing of what has lapsed does."""
    if _until(element) <= now:
        return
    yield element
    for inner in _within(element):
        yield from _counting(inner, now)


def _within(element: Element) -> list[Element]:
    """Return the groups, the identity providers and their roles that stand in an element."""
    if element.tag == _GROUP:
        return [one for one in element.iterchildren(_GROUP, _ENTITY) if _within(one)]
    if element.tag == _ENTITY:
        return [one for one in children(element, "md:IDPSSODescriptor") if _speaks_saml(one)]
    return []


def _speaks_saml(role: Element) -> bool:
    """Tell whether a role is of SAML 2.0; an older one has keys of its own (Metadata 2.4.1)."""
    protocol = NAMESPACES["samlp"]
    return protocol in role.get("protocolSupportEnumeration", protocol).split()


def _until(element: Element) -> datetime:
    told = element.get("validUntil")
    return NEVER if told is None else instants.read(told, "metadata.validity")


def _lasts(element: Element) -> timedelta:
    told = instants.lasting(element.get("cacheDuration") or "")
    # A wish, and no more: one that cannot be read is none.
    return ALWAYS if told is None else told


def _provider(role: Element) -> TrustedProvider:
    entity = cast("Element", role.getparent())
    entity_id = entity.get("entityID") or ""
    certificates = tuple(_certificates(role))
    sign_on = _addresses(role, "md:SingleSignOnService")
    if not entity_id or not certificates or not sign_on:
        raise Rejected("metadata.provider")
    return TrustedProvider(
        entity_id=entity_id,
        title=_title(entity, role) or entity_id,
        logo=_logo(role),
        sign_on=sign_on,
        logout=_addresses(role, "md:SingleLogoutService"),
        logout_answers=_addresses(role, "md:SingleLogoutService", "ResponseLocation"),
        certificates=certificates,
    )


def _addresses(role: Element, qualified: str, attribute: str = "Location") -> dict[str, str]:
    """Return where browsers may be sent, by binding: to the web and nowhere else (CWE-601)."""
    told = {one.get("Binding"): one.get(attribute) or "" for one in children(role, qualified)}
    return {
        binding: address
        for binding, address in told.items()
        if binding and _ADDRESS.fullmatch(address)
    }


def _certificates(role: Element) -> Iterator[x509.Certificate]:
    """Yield the certificates that may sign: those for encryption only may not."""
    for descriptor in children(role, "md:KeyDescriptor"):
        if descriptor.get("use", "signing") != "signing":
            continue
        info = only(descriptor, "ds:KeyInfo")
        for data in children(info, "ds:X509Data"):
            for one in children(data, "ds:X509Certificate"):
                try:
                    encoded = base64.b64decode("".join(text(one).split()), validate=True)
                    yield x509.load_der_x509_certificate(encoded)
                except (binascii.Error, ValueError):
                    raise Rejected("metadata.certificate") from None


def _title(entity: Element, role: Element) -> str:
    """Return how people know a provider, in Italian if it says so (SAML MDUI 2.1.2)."""
    shown = [title for info in _shown(role) for title in children(info, "mdui:DisplayName")]
    for organization in children(entity, "md:Organization"):
        shown += children(organization, "md:OrganizationDisplayName")
    told = [(one.get(name("xml:lang"), ""), " ".join(text(one).split())) for one in shown]
    titles = [(_LANGUAGES.get(language, 2), title) for language, title in told]
    sound = [(rank, title) for rank, title in titles if title and title.isprintable()]
    return min(sound, key=lambda one: one[0], default=(0, ""))[1][:_MOST_TITLE]


def _logo(role: Element) -> str:
    """Return the address of a provider's sign; only one with https is an address (CWE-79)."""
    signs = [text(one) for info in _shown(role) for one in children(info, "mdui:Logo")]
    return next((one for one in signs if _LOGO.fullmatch(one)), "")


def _shown(role: Element) -> Iterator[Element]:
    for extensions in children(role, "md:Extensions"):
        yield from children(extensions, "mdui:UIInfo")
