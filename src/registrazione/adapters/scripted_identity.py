"""An identity provider that plays from a script, for tests, stories and demonstrations."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from urllib.parse import urlencode

from registrazione.core.account import VerifiedIdentity
from registrazione.ports import IdentityError, Outgoing


class ScriptedProvider:
    """Vouch for people of a script; the port :class:`~registrazione.ports.IdentityProvider`.

    It believes whoever names a person: never put it where strangers can reach it.

    Args:
        name: Name of the provider it stands for, such as ``spid``.
        people: What becomes of a sign-in, by the name of the person.
        page: Where the page is on which somebody is chosen; it posts ``person``, ``nonce`` and
            the ``state`` that it was given to the ``callback`` that it was given.
    """

    __slots__ = ("_lock", "_page", "_people", "_used", "name")

    def __init__(
        self,
        name: str,
        people: Mapping[str, VerifiedIdentity | IdentityError],
        page: str = "/demo/identity/{name}",
    ) -> None:
        """Learn the script."""
        self.name: str = name
        self._people = dict(people)
        self._page = page.format(name=name)
        self._used: set[str] = set()
        self._lock = Lock()

    def verify(self, response: Mapping[str, object]) -> VerifiedIdentity:
        """Return the identity of ``{"person": …}``, once for each ``nonce`` that comes along.

        Raises:
            IdentityError: The script says so, the nonce was used before, or it is no response.
        """
        person, nonce = _fields(response)
        if nonce is not None:
            self._use(nonce)
        outcome = self._people.get(person)
        if outcome is None:
            raise IdentityError("invalid")
        if isinstance(outcome, IdentityError):
            raise IdentityError(outcome.code, retry=outcome.retry)
        return outcome

    def start(self, callback_url: str, state: str) -> Outgoing:
        """Return the address of the page; see :class:`~registrazione.ports.StartsSignIn`."""
        query = urlencode({"callback": callback_url, "state": state})
        return Outgoing(url=f"{self._page}?{query}")

    def _use(self, nonce: str) -> None:
        with self._lock:
            if nonce in self._used:
                raise IdentityError("replayed")
            self._used.add(nonce)


def _fields(response: Mapping[str, object]) -> tuple[str, str | None]:
    """Return person and nonce of a response of any type."""
    match response:
        case {"person": str(person), "nonce": str(nonce)}:
            return person, nonce
        case {"nonce": _}:
            raise IdentityError("invalid")
        case {"person": str(person)}:
            return person, None
        case _:
            raise IdentityError("invalid")
