"""The ID of a request, made of what comes back with its answer: nothing has to be kept.

It says when the request went out, and a keyed digest of that moment, of the ``state`` that the
browser carries, of the identity provider that was asked, of what it was asked for and of the
service's own addresses. So an answer fits the one request that was sent, from the one browser, to
the one provider: an unsolicited answer, another provider's and one to somebody else's request have
another ID, and nothing that answers a sign-in answers a logout.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import attrs

from registrazione.adapters.saml.keys import SigningKey

_SHAPE = re.compile(r"_([0-9a-f]{10})[0-9a-f]{64}", re.ASCII)


@attrs.frozen(kw_only=True)
class RequestNames:
    """Name requests, and know the names again.

    Args:
        kind: What the requests ask for, such as ``sign-in``.
        keys: The newest first. An answer may come back after a change of keys.
        entity_id: The service.
        callback_url: Where the answer comes.
        level: The level that is asked for, 0 where there is none.
    """

    kind: str
    keys: Sequence[SigningKey]
    entity_id: str
    callback_url: str
    level: int = 0

    def name(self, state: str, identity_provider: str, at: datetime) -> str:
        """Return the ID of a request.

        Args:
            state: What the browser carries.
            identity_provider: Entity ID of who is asked.
            at: When it goes out.
        """
        return self._name(self.keys[0], state, identity_provider, int(at.timestamp()))

    def issued_at(self, identifier: str, state: str, identity_provider: str) -> datetime | None:
        """Return when the request of that ID went out, or ``None`` if none did.

        Args:
            identifier: What an answer says that it is in response to.
            state: What came back with it.
            identity_provider: Who answers.
        """
        shaped = _SHAPE.fullmatch(identifier)
        if shaped is None:
            return None
        moment = int(shaped.group(1), 16)
        for key in self.keys:
            name = self._name(key, state, identity_provider, moment)
            if hmac.compare_digest(name, identifier):
                return datetime.fromtimestamp(moment, UTC)
        return None

    def _name(self, key: SigningKey, state: str, identity_provider: str, moment: int) -> str:
        wanted = (self.kind, str(self.level), state, identity_provider)
        own = (self.entity_id, self.callback_url)
        return f"_{moment:010x}{key.mark(str(moment), *wanted, *own)}"
