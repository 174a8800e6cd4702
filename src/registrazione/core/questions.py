"""What a flow may ask of the world, and how it asks.

A flow is a generator: it yields questions and is sent their answers, so that the same flow runs
under the synchronous driver and under the asynchronous one. Each question names the port and
the method that answer it; its fields are the method's arguments, in order.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

import attrs

from registrazione.core.account import Account, VerifiedIdentity
from registrazione.core.emails import EmailAddress
from registrazione.core.places import PlaceFacts
from registrazione.core.records import AuditRecord, Change, Criteria, Key, Page
from registrazione.core.refusals import Fault
from registrazione.core.secret import Secret
from registrazione.core.tokens import TokenClaims
from registrazione.core.values import ByValue

T = TypeVar("T")
Flow = Generator["Question[Any]", Any, T]


@attrs.frozen(eq=False)
class Question(ByValue, Generic[T]):
    """Something only the world knows; ``T`` is the type of the answer."""

    port: ClassVar[str]
    method: ClassVar[str]

    def arguments(self) -> tuple[object, ...]:
        """Return the arguments of the port's method, in order."""
        return self._fields()


def ask(question: Question[T]) -> Flow[T]:
    """Put one question to the world from inside a flow.

    As in ``account = yield from ask(Load(account_id))``; the type of the answer is kept.
    """
    answer: T = yield question
    return answer


@attrs.frozen(eq=False)
class Load(Question[Account | None]):
    """Which account has this id?"""

    port = "store"
    method = "load"
    account_id: str


@attrs.frozen(eq=False)
class Find(Question[tuple[Account, ...]]):
    """Which accounts carry this key, the holder of the claim first?"""

    port = "store"
    method = "find"
    key: Key


@attrs.frozen(eq=False)
class Search(Question[Page[Account]]):
    """Which accounts meet these criteria?"""

    port = "store"
    method = "search"
    criteria: Criteria
    cursor: str | None
    limit: int


@attrs.frozen(eq=False)
class ReadHistory(Question[tuple[AuditRecord, ...]]):
    """What happened to this account?"""

    port = "store"
    method = "history"
    account_id: str


@attrs.frozen(eq=False)
class Commit(Question[None]):
    """Write this down before going on: an attempt is counted before it is judged."""

    port = "store"
    method = "commit"
    change: Change


@attrs.frozen(eq=False)
class Hash(Question[str]):
    """What is the slow hash of this secret?"""

    port = "hasher"
    method = "hash"
    secret: Secret


@attrs.frozen(eq=False)
class Verify(Question[bool]):
    """Is this the secret? ``None`` does the same work for nobody."""

    port = "hasher"
    method = "verify"
    secret: Secret
    encoded: str | None = attrs.field(repr=False)


@attrs.frozen(eq=False)
class NeedsRehash(Question[bool]):
    """Were the hash's parameters or its pepper changed since?"""

    port = "hasher"
    method = "needs_rehash"
    encoded: str = attrs.field(repr=False)


@attrs.frozen(eq=False)
class Tag(Question[bytes]):
    """What is the slow hash of this secret under this history salt?"""

    port = "hasher"
    method = "tag"
    secret: Secret
    salt: bytes = attrs.field(repr=False)


@attrs.frozen(eq=False)
class SignToken(Question[str]):
    """Which token says this?"""

    port = "vault"
    method = "sign_token"
    purpose: str
    account_id: str
    epoch: int
    extra: str = attrs.field(repr=False)
    issued_at: datetime


@attrs.frozen(eq=False)
class ReadToken(Question[TokenClaims | None]):
    """What does this token say, if it is genuine?"""

    port = "vault"
    method = "read_token"
    purpose: str
    token: str = attrs.field(repr=False)


@attrs.frozen(eq=False)
class NewestKey(Question[str]):
    """Which key signs and derives now?"""

    port = "vault"
    method = "newest_key"


@attrs.frozen(eq=False)
class Derive(Question[bytes | None]):
    """Which bytes belong to this account and generation?"""

    port = "vault"
    method = "derive"
    kind: str
    account_id: str
    generation: int
    key_id: str


@attrs.frozen(eq=False)
class Fingerprint(Question[str]):
    """What can this value be counted by, without keeping it?"""

    port = "vault"
    method = "fingerprint"
    kind: str
    value: Secret


@attrs.frozen(eq=False)
class Draw(Question[bytes]):
    """What do the dice say?"""

    port = "randomness"
    method = "draw"
    size: int


@attrs.frozen(eq=False)
class WithinLimit(Question[bool]):
    """Is this attempt still within the limit?"""

    port = "limiter"
    method = "hit"
    scope: str
    key: str
    limit: int
    window: timedelta
    now: datetime


@attrs.frozen(eq=False)
class HumanPassed(Question[bool]):
    """Did a person answer?"""

    port = "human_check"
    method = "passed"
    response: str


@attrs.frozen(eq=False)
class NormaliseEmail(Question[EmailAddress | tuple[Fault, ...]]):
    """What is the one form of this address?"""

    port = "checks"
    method = "normalise_email"
    address: object = attrs.field(repr=False)
    field: str


@attrs.frozen(eq=False)
class NormalisePhone(Question[str | Fault]):
    """What is the one form of this phone number?"""

    port = "checks"
    method = "normalise_phone"
    number: object = attrs.field(repr=False)
    field: str


@attrs.frozen(eq=False)
class AcceptsMail(Question[bool]):
    """Does anybody take letters for this domain?"""

    port = "mail_domains"
    method = "accepts"
    domain: str


@attrs.frozen(eq=False)
class Strength(Question[int]):
    """How strong is this password, 0 to 4, for somebody who knows these words?"""

    port = "checks"
    method = "strength"
    password: Secret
    inputs: tuple[str, ...] = attrs.field(repr=False)


@attrs.frozen(eq=False)
class Breached(Question[bool]):
    """Was this password stolen elsewhere?"""

    port = "breach_list"
    method = "contains"
    password: Secret


@attrs.frozen(eq=False)
class KnownPlaces(Question[PlaceFacts]):
    """Who knows the places of birth?"""

    port = "checks"
    method = "places"


@attrs.frozen(eq=False)
class ExtraRules(Question[tuple[Fault, ...]]):
    """What do the host's own password rules say?"""

    port = "checks"
    method = "extra_rules"
    password: Secret


@attrs.frozen(eq=False)
class VerifyIdentity(Question[VerifiedIdentity]):
    """Whom does the provider vouch for?"""

    port = "identities"
    method = "verify"
    provider: str
    response: Mapping[str, object] = attrs.field(repr=False)
