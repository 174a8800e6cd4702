"""Where the metadata of the identity providers come from: texts, files, or what is fetched.

No list travels with the library: SPID's registry, CIE's and a node's metadata are the operator's
to fetch. What was read, and verified, is kept until something in it lapses or another document
comes: a sign-in parses nothing but its own messages.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias, runtime_checkable

import attrs
from cryptography import x509

from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.metadata_reading import (
    ALWAYS,
    NEVER,
    Lapsed,
    Reading,
    TrustedProvider,
    read_metadata,
)
from registrazione.ports import Clock

_LOG = logging.getLogger("registrazione")
_ONE_DAY: Final = timedelta(days=1)
_AGAIN: Final = timedelta(minutes=5)
_ONE_SECOND: Final = timedelta(seconds=1)
_State: TypeAlias = tuple[str, int, int, int, int]


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


@attrs.frozen(kw_only=True)
class Known:
    """The identity providers of several documents, and how long they count.

    Args:
        providers: By entity ID.
        since: When they were read.
        until: When they have to be read again.
        lasts: For how long the documents may be kept before they are fetched anew.
    """

    providers: Mapping[str, TrustedProvider]
    since: datetime
    until: datetime
    lasts: timedelta

    def holds(self, now: datetime) -> bool:
        """Tell whether reading again would say the same.

        Args:
            now: Earlier than ``since``, as after a clock was set back, nothing is known.
        """
        return self.since <= now < self.until


@attrs.define(kw_only=True)
class MetadataText:
    """Metadata that are at hand; a :class:`MetadataSource`.

    Several threads may ask at once: what was read is put in place whole.

    Args:
        documents: The documents. One that has lapsed is left out, as long as there is another.
        clock: Tells which are still valid.
        signed_by: Whose signature each has to have.
    """

    documents: tuple[bytes, ...] = attrs.field(on_setattr=attrs.setters.frozen)
    clock: Clock
    signed_by: tuple[x509.Certificate, ...] = attrs.field(
        default=(), on_setattr=attrs.setters.frozen
    )
    _known: Known | None = attrs.field(default=None, init=False, repr=False, eq=False)

    def providers(self) -> Mapping[str, TrustedProvider]:
        """Return the identity providers by entity ID.

        Raises:
            Rejected: A document cannot be read, or all of them have lapsed.
        """
        return self.known().providers

    def known(self) -> Known:
        """Return the identity providers, with how long they count.

        Raises:
            Rejected: A document cannot be read, or all of them have lapsed.
        """
        now, known = self.clock.now(), self._known
        if known is None or not known.holds(now):
            known = self._known = self._read(now)
        return known

    def _read(self, now: datetime) -> Known:
        readings: list[Reading] = []
        for document in self.documents:
            try:
                readings.append(read_metadata(document, now, self.signed_by))
            except Lapsed:
                _LOG.warning("metadata of identity providers have lapsed")
        if self.documents and not readings:
            raise Lapsed("metadata.validity")
        # The certificate that has signed them may lapse before they do. In its last second nothing
        # is kept: whoever verifies counts by the second.
        ends = [one.not_valid_after_utc for one in self.signed_by]
        until = [one.until for one in readings]
        until += [end for end in ends if end > now - _ONE_SECOND]
        return Known(
            providers=_by_id(provider for one in readings for provider in one.providers),
            since=now,
            until=min(until, default=NEVER),
            lasts=min((one.lasts for one in readings), default=ALWAYS),
        )


def _by_id(found: Iterable[TrustedProvider]) -> Mapping[str, TrustedProvider]:
    """Return them by entity ID.

    Raises:
        Rejected: One is there twice: which certificates count would depend on the order.
    """
    known: dict[str, TrustedProvider] = {}
    for provider in found:
        if provider.entity_id in known:
            raise Rejected("metadata.twice")
        known[provider.entity_id] = provider
    return MappingProxyType(known)


@attrs.define(kw_only=True)
class MetadataFiles:
    """Metadata in files, or in all ``*.xml`` of a folder.

    They are read again when a file changes, so that a new key needs no restart. It is a
    :class:`~.metadata_sources.MetadataSource`.

    Args:
        path: The file or the folder, or several.
        clock: Tells which are still valid.
        signed_by: Whose signature each has to have.
    """

    path: Path | Sequence[Path]
    clock: Clock
    signed_by: tuple[x509.Certificate, ...] = ()
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)
    _seen: tuple[_State, ...] = attrs.field(default=(), init=False, repr=False)
    _text: MetadataText | None = attrs.field(default=None, init=False, repr=False)

    def providers(self) -> Mapping[str, TrustedProvider]:
        """Return the identity providers by entity ID.

        Raises:
            Rejected: A file is missing or cannot be read, or all of them have lapsed.
        """
        with self._lock:
            try:
                text = self._current()
            except OSError:
                raise Rejected("metadata.file", "unavailable", retry=True) from None
        return text.providers()

    def _current(self) -> MetadataText:
        """Return what the files say now."""
        given = [self.path] if isinstance(self.path, Path) else self.path
        paths = [
            path for one in given for path in (sorted(one.glob("*.xml")) if one.is_dir() else [one])
        ]
        seen = tuple(map(_state, paths))
        if self._text is None or seen != self._seen:
            documents = tuple(path.read_bytes() for path in paths)
            self._text = MetadataText(
                documents=documents, clock=self.clock, signed_by=self.signed_by
            )
            self._seen = seen
        return self._text


def _state(path: Path) -> _State:
    """Return what is another once a file is: who copies one may keep its time and its size."""
    found = path.stat()
    return str(path), found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@attrs.define(kw_only=True)
class MetadataDownload:
    """Metadata that a function fetches, once a day; a :class:`MetadataSource`.

    The library makes no connection: which HTTP client, proxy and time limit are the host's. What
    was fetched last counts until something newer can be read; after a failure it is tried again
    five minutes later. It is fetched sooner where the documents say so (SAML Metadata 2.3.1,
    ``cacheDuration``) or one of them lapses, but not more often than that.

    Args:
        fetch: Returns the documents, such as ``lambda: [httpx.get(url).content]``.
        clock: Tells when they are due, and which are still valid.
        every: How long they count at most.
        signed_by: Whose signature each has to have.
    """

    fetch: Callable[[], Iterable[bytes]] = attrs.field(repr=False)
    clock: Clock
    every: timedelta = _ONE_DAY
    signed_by: tuple[x509.Certificate, ...] = ()
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)
    _asked: datetime = attrs.field(default=NEVER, init=False, repr=False)
    _due: datetime = attrs.field(default=NEVER, init=False, repr=False)
    _text: MetadataText | None = attrs.field(default=None, init=False, repr=False)

    def providers(self) -> Mapping[str, TrustedProvider]:
        """Return the identity providers by entity ID.

        Raises:
            Rejected: They were never fetched, and cannot be now; or all of them have lapsed.
        """
        with self._lock:
            now = self.clock.now()
            # After a clock was set back, too: the next time would be too far away.
            if self._text is None or not self._asked <= now < self._due:
                self._text = self._fetched(now)
            text = self._text
        return text.providers()

    def _fetched(self, now: datetime) -> MetadataText:
        """Return what can be fetched now; in need, what was fetched last."""
        self._asked = now
        try:
            text = MetadataText(
                documents=tuple(self.fetch()), clock=self.clock, signed_by=self.signed_by
            )
            known = text.known()
        except Exception:  # noqa: BLE001 - whatever the host's function raises
            if self._text is None:
                raise Rejected("metadata.fetch", "unavailable", retry=True) from None
            self._due = now + _AGAIN
            return self._text
        told = min(known.lasts, known.until - now)
        self._due = now + min(self.every, max(told, _AGAIN))
        return text
