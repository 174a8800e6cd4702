"""The record of a sign-in, for as long as SPID and CIE want it kept.

They name the messages: the trust chain, the question and its answer, and what was asked and
answered about token, person and revocation (regole tecniche OIDC, Log management).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import attrs

from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.adapters.oidc.metadata import ProviderMetadata
from registrazione.adapters.transactions import Entry, Evidence
from registrazione.ports import IdentityError

_ANSWERED = ("code", "state", "iss", "error", "error_description")
_LONGEST = 2048


def keep(evidence: Evidence | None, entry: Entry) -> None:
    """Keep a message, where that is configured: without a record nobody is signed in.

    Args:
        evidence: Who keeps it.
        entry: The message.

    Raises:
        IdentityError: ``unavailable``: it cannot be kept.
    """
    if evidence is None:
        return
    try:
        evidence.keep(entry)
    except Exception:  # noqa: BLE001 - the host's log may fail in ways of its own
        raise IdentityError("unavailable", retry=True) from None


@attrs.frozen(kw_only=True)
class Record:
    """What is kept of one sign-in.

    Args:
        evidence: Who keeps it; ``None``: nobody.
        exchange: What all its messages are found by.
        issuer: The provider.
    """

    evidence: Evidence | None = attrs.field(repr=False)
    exchange: str
    issuer: str

    def keep(self, kind: str, message: bytes | str, **ids: str) -> None:
        """Keep a message.

        Args:
            kind: What it is.
            message: The message.
            ids: What else it is found by.

        Raises:
            IdentityError: It cannot be kept.
        """
        body = message.encode("utf-8", "replace") if isinstance(message, str) else message
        told = {"issuer": self.issuer, **ids}
        keep(self.evidence, Entry(kind=kind, exchange=self.exchange, ids=told, message=body))

    def keep_response(self, answer: Mapping[str, object]) -> None:
        """Keep what a browser brought back: the parameters that mean something.

        Args:
            answer: The parameters.

        Raises:
            IdentityError: It cannot be kept.
        """
        told = {name: str(answer[name])[:_LONGEST] for name in _ANSWERED if name in answer}
        self.keep("authorization response", json.dumps(told))

    def keep_answer(self, kind: str, answer: HttpAnswer) -> None:
        """Keep what a machine of the provider answered.

        Args:
            kind: What it is.
            answer: The answer.

        Raises:
            IdentityError: It cannot be kept.
        """
        head = f"{answer.status} {answer.content_type}\n\n".encode("utf-8", "replace")
        self.keep(kind, head + answer.body)


def chain_of(metadata: ProviderMetadata) -> Entry | None:
    """Return the trust chain as a message of its own, ``None`` where there is none.

    Each sign-in names it by its digest: it is long, and the same for an hour.

    Args:
        metadata: What the federation says of the provider.
    """
    if not metadata.statements:
        return None
    message = json.dumps(metadata.statements).encode("ascii")
    digest = hashlib.sha256(message).hexdigest()
    ids = {"issuer": metadata.issuer}
    return Entry(kind="trust chain", exchange=digest, ids=ids, message=message)
