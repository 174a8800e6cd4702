"""The identity providers that are trusted: what their metadata say, and where those come from.

No list travels with the library: SPID's registry, CIE's and a node's metadata are the operator's
to fetch. Metadata are the only root of trust: whoever may write them may sign anybody in.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Protocol, runtime_checkable

import attrs
from cryptography import x509

from registrazione.adapters.saml import instants
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.signing import signed_view
from registrazione.adapters.saml.xml import (
    Element,
    child,
    children,
    has_no_ids_twice,
    name,
    only,
    parse,
    text,
)
from registrazione.ports import Clock

_ONE_DAY = timedelta(days=1)
_AGAIN = timedelta(minutes=5)
_MOST_PROVIDERS = 200
_MOST_TITLE = 100
_LANGUAGES = {"it": 0, "en": 1}
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


@runtime_checkable
class MetadataSource(Protocol):
    """Where the metadata of the identity providers come from.

    Laws: what ``providers`` returns was read from a trusted place, and it does not block for long.
    """

    def providers(self) -> Mapping[str, TrustedProvider]:
        """Return the identity providers by entity ID.

        Raises:
            Rejected: They cannot be read.
        """
        ...


def read_metadata(
    data: bytes, now: datetime, signed_by: Sequence[x509.Certificate] = ()
) -> tuple[TrustedProvider, ...]:
    """Return the identity providers of an EntityDescriptor or EntitiesDescriptor.

    Args:
        data: The document.
        now: What is no longer valid then is left out.
        signed_by: Whose signature the document has to have; none: its source is trusted.

    Raises:
        Rejected: It is no such document, or nobody of those has signed it.
    """
    root = parse(data)
    if signed_by:
        if not has_no_ids_twice(root):
            raise Rejected("metadata.id")
        root = signed_view(root, signed_by, now)
    if root.tag not in {name("md:EntityDescriptor"), name("md:EntitiesDescriptor")}:
        raise Rejected("metadata.root")
    entities = list(root.iter(name("md:EntityDescriptor")))[: _MOST_PROVIDERS + 1]
    if len(entities) > _MOST_PROVIDERS or _has_lapsed(root, now):
        raise Rejected("metadata.validity")
    return tuple(_providers(entities, now))


def _providers(entities: Iterable[Element], now: datetime) -> Iterator[TrustedProvider]:
    for entity in entities:
        role = child(entity, "md:IDPSSODescriptor")
        if role is None or _has_lapsed(entity, now) or _has_lapsed(role, now):
            continue
        certificates = tuple(_certificates(role))
        sign_on = _addresses(role, "md:SingleSignOnService")
        entity_id = entity.get("entityID") or ""
        if not entity_id or not certificates or not sign_on:
            raise Rejected("metadata.provider")
        yield TrustedProvider(
            entity_id=entity_id,
            title=_title(entity, role) or entity_id,
            logo=_logo(role),
            sign_on=sign_on,
            logout=_addresses(role, "md:SingleLogoutService"),
            logout_answers=_addresses(role, "md:SingleLogoutService", "ResponseLocation"),
            certificates=certificates,
        )


def _has_lapsed(element: Element, now: datetime) -> bool:
    until = element.get("validUntil")
    return until is not None and instants.read(until, "metadata.validity") <= now


def _addresses(role: Element, qualified: str, attribute: str = "Location") -> dict[str, str]:
    return {
        str(one.get("Binding")): str(one.get(attribute))
        for one in children(role, qualified)
        if one.get("Binding") and one.get(attribute)
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


def _by_id(found: Iterable[TrustedProvider]) -> dict[str, TrustedProvider]:
    """Return them by entity ID.

    Raises:
        Rejected: One is there twice: which certificates count would depend on the order.
    """
    known: dict[str, TrustedProvider] = {}
    for provider in found:
        if provider.entity_id in known:
            raise Rejected("metadata.twice")
        known[provider.entity_id] = provider
    return known


@attrs.define(kw_only=True)
class MetadataText:
    """Metadata that are at hand; a :class:`MetadataSource`.

    Args:
        documents: The documents.
        clock: Tells which are still valid.
        signed_by: Whose signature each has to have.
    """

    documents: tuple[bytes, ...]
    clock: Clock
    signed_by: tuple[x509.Certificate, ...] = ()

    def providers(self) -> Mapping[str, TrustedProvider]:
        """Return the identity providers by entity ID."""
        now = self.clock.now()
        return _by_id(
            provider
            for document in self.documents
            for provider in read_metadata(document, now, self.signed_by)
        )


@attrs.define(kw_only=True)
class MetadataFiles:
    """Metadata in files, or in all ``*.xml`` of a folder; a :class:`MetadataSource`.

    They are read again when a file changes, so that a new key needs no restart.

    Args:
        path: The file or the folder, or several.
        clock: Tells which are still valid.
        signed_by: Whose signature each has to have.
    """

    path: Path | Sequence[Path]
    clock: Clock
    signed_by: tuple[x509.Certificate, ...] = ()
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)
    _seen: tuple[tuple[str, int, int], ...] = attrs.field(default=(), init=False, repr=False)
    _documents: tuple[bytes, ...] = attrs.field(default=(), init=False, repr=False)

    def providers(self) -> Mapping[str, TrustedProvider]:
        """Return the identity providers by entity ID.

        Raises:
            Rejected: A file is missing or cannot be read.
        """
        with self._lock:
            try:
                self._refresh()
            except OSError:
                raise Rejected("metadata.file", "unavailable", retry=True) from None
            documents = self._documents
        text_source = MetadataText(documents=documents, clock=self.clock, signed_by=self.signed_by)
        return text_source.providers()

    def _refresh(self) -> None:
        given = [self.path] if isinstance(self.path, Path) else self.path
        paths = [
            path for one in given for path in (sorted(one.glob("*.xml")) if one.is_dir() else [one])
        ]
        stats = [(path, path.stat()) for path in paths]
        seen = tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)
        if seen != self._seen:
            self._documents = tuple(path.read_bytes() for path in paths)
            self._seen = seen


@attrs.define(kw_only=True)
class MetadataDownload:
    """Metadata that a function fetches, once a day; a :class:`MetadataSource`.

    The library makes no connection: which HTTP client, proxy and time limit are the host's. What
    was fetched last counts until something newer can be read; after a failure it is tried again
    five minutes later.

    Args:
        fetch: Returns the documents, such as ``lambda: [httpx.get(url).content]``.
        clock: Tells when they are due, and which are still valid.
        every: How long they count.
        signed_by: Whose signature each has to have.
    """

    fetch: Callable[[], Iterable[bytes]] = attrs.field(repr=False)
    clock: Clock
    every: timedelta = _ONE_DAY
    signed_by: tuple[x509.Certificate, ...] = ()
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)
    _due: datetime | None = attrs.field(default=None, init=False, repr=False)
    _documents: tuple[bytes, ...] = attrs.field(default=(), init=False, repr=False)

    def providers(self) -> Mapping[str, TrustedProvider]:
        """Return the identity providers by entity ID.

        Raises:
            Rejected: They were never fetched, and cannot be now.
        """
        with self._lock:
            now = self.clock.now()
            if self._due is None or now >= self._due:
                self._refresh(now)
            documents = self._documents
        return self._read(documents)

    def _refresh(self, now: datetime) -> None:
        try:
            documents = tuple(self.fetch())
            self._read(documents)
        except Exception:  # noqa: BLE001 - whatever the host's function raises
            # The old ones count while they are there.
            if not self._documents:
                raise Rejected("metadata.fetch", "unavailable", retry=True) from None
            self._due = now + _AGAIN
            return
        self._documents, self._due = documents, now + self.every

    def _read(self, documents: tuple[bytes, ...]) -> Mapping[str, TrustedProvider]:
        source = MetadataText(documents=documents, clock=self.clock, signed_by=self.signed_by)
        return source.providers()
