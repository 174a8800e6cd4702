"""Lists of breached passwords, asked without giving the password away (ASVS 5.0 6.2.4, 6.2.12).

The public list is one line for each password: its SHA-1 in upper-case hexadecimal, a colon and
how often it was seen, the lines sorted by hash. Its service is asked for the first five digits of
a hash only and answers with the remaining 35 of every hash that begins so: k-anonymity.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from registrazione.core.secret import Secret
from registrazione.ports.limits import BreachList

PREFIX_LENGTH = 5
SHORTEST_ENTRY = 16
"""A file may cut its hashes down to this many digits, to be smaller; shorter ones are noise."""


class BreachListUnavailable(Exception):  # noqa: N818 - named for what the caller decides upon
    """The list could not be asked; whether that refuses a password is the caller's decision."""


def digest_of(password: Secret) -> str:
    """Return the SHA-1 of a password in upper-case hexadecimal, the key of the public list."""
    encoded = password.text().encode("utf-8", "surrogatepass")
    return hashlib.sha1(encoded, usedforsecurity=False).hexdigest().upper()


def is_in_range(answer: str, digest: str) -> bool:
    """Tell whether the service's answer to a prefix names a hash.

    Args:
        answer: Lines of 35 digits, a colon and a count. Lines that count zero are padding.
        digest: The whole hash.
    """
    wanted = digest[PREFIX_LENGTH:]
    for line in answer.splitlines():
        suffix, _, count = line.partition(":")
        if suffix.strip().upper() == wanted:
            return count.strip() != "0"
    return False


class NoBreachList:
    """The list of an installation that asks none."""

    def contains(self, password: Secret) -> bool:  # noqa: ARG002 - there is nothing to look up
        """Return ``False``."""
        return False


class FailOpen:
    """A list that says ``False`` where the one it stands for cannot be asked.

    Args:
        asked: The list that is asked.
        on_failure: Told each time, so that an operator learns of it.
    """

    def __init__(
        self,
        asked: BreachList,
        on_failure: Callable[[BreachListUnavailable], object] = lambda _: None,
    ) -> None:
        """Keep both; nothing is asked yet."""
        self._asked = asked
        self._on_failure = on_failure

    def contains(self, password: Secret) -> bool:
        """Tell whether the list has the password; ``False`` as well when it cannot tell."""
        try:
            return self._asked.contains(password)
        except BreachListUnavailable as failure:
            self._on_failure(failure)
            return False


class CommonPasswords:
    """The passwords tried first, Italian ones among them; they come with the library.

    Where a policy asks for a minimal strength, zxcvbn's list of 30,000 is looked at as well.
    """

    def contains(self, password: Secret) -> bool:
        """Tell whether the password, in whatever case, is one of the commonest."""
        return password.text().casefold() in _common_passwords()


@cache
def _common_passwords() -> frozenset[str]:
    text = files("registrazione.checks").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


class RemoteBreachList:
    """The public service, or one that answers like it.

    Args:
        fetch: Returns the answer to a prefix of five hexadecimal digits: the only thing about
            the password that leaves this process. It sets its own time limit; whatever it raises
            means that the service is unavailable.
    """

    def __init__(self, fetch: Callable[[str], str]) -> None:
        """Keep ``fetch``; nothing is asked yet."""
        self._fetch = fetch

    def contains(self, password: Secret) -> bool:
        """Tell whether the service knows the password.

        Raises:
            BreachListUnavailable: ``fetch`` failed, or answered with something else than text.
        """
        digest = digest_of(password)
        try:
            return is_in_range(self._fetch(digest[:PREFIX_LENGTH]), digest)
        except Exception as error:
            message = "the service of breached passwords did not answer"
            raise BreachListUnavailable(message) from error


class OfflineBreachList:
    """A copy of the public list, searched by bisection without being loaded.

    Args:
        source: The path of a file in the public list's format, sorted by hash, some 35 reads for
            each look-up; or its lines, in any order, for a small list held in memory. Counts may
            be left out, and hashes may be cut to 16 digits or more.
    """

    def __init__(self, source: str | Path | Iterable[str]) -> None:
        """Keep the path, or sort the lines; no file is opened before the first look-up."""
        self._path = Path(source) if isinstance(source, str | Path) else None
        lines = () if isinstance(source, str | Path) else source
        self._entries = sorted(_entry(line) for line in lines)

    def contains(self, password: Secret) -> bool:
        """Tell whether the list has the password.

        Raises:
            BreachListUnavailable: The file cannot be read.
        """
        digest = digest_of(password)
        if self._path is None:
            return _matches(digest, _last_not_above(digest, self._entries))
        try:
            # Opened for each look-up: no handle is shared by threads or outlives its file.
            with self._path.open("rb") as file:
                return _matches(digest, _search(file, digest))
        except OSError as error:
            message = "the file of breached passwords cannot be read"
            raise BreachListUnavailable(message) from error


def _entry(line: str) -> str:
    return line.partition(":")[0].strip().upper()


def _matches(digest: str, entry: str) -> bool:
    # The greatest entry that is not above a hash is the hash, or its beginning, if it is there.
    return len(entry) >= SHORTEST_ENTRY and digest.startswith(entry)


def _last_not_above(digest: str, entries: list[str]) -> str:
    place = bisect_right(entries, digest)
    return entries[place - 1] if place else ""


def _search(file: BinaryIO, digest: str) -> str:
    """Return the greatest entry of a sorted file that is not above ``digest``, or nothing."""
    found = ""
    low, high = 0, file.seek(0, 2)
    while low < high:
        middle = (low + high) // 2
        entry = _first_entry_from(file, middle)
        if not entry or entry > digest:
            high = middle
        else:
            found = entry
            low = middle + 1
    return found


def _first_entry_from(file: BinaryIO, offset: int) -> str:
    """Return the entry of the first line that begins at ``offset`` or later."""
    file.seek(max(offset - 1, 0))
    if offset:
        file.readline()
    return _entry(file.readline().decode("ascii", "replace"))
