"""The library from outside: open a registrar, call one method a command."""

from __future__ import annotations

from collections.abc import Collection, Coroutine, Iterator, Sequence
from inspect import isawaitable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

from registrazione.core.account import Account
from registrazione.core.answer import Answer
from registrazione.core.commands import Command
from registrazione.core.places import Places
from registrazione.core.profile import Profile
from registrazione.core.questions import Flow, Load, ReadToken, Search, ask
from registrazione.core.records import Criteria, LetterState, OutboxMessage, Page
from registrazione.core.states import AccountState
from registrazione.core.tokens import Purpose, TokenClaims
from registrazione.methods import CommandMethods
from registrazione.service import delivery, rounds
from registrazione.service.delivery import DeliveryReport, OutboxList
from registrazione.service.delivery_metrics import OutboxMetrics, outbox_metrics
from registrazione.service.driver import run, run_async
from registrazione.service.perform import perform
from registrazione.service.rounds import RoundReport
from registrazione.settings import Settings, SettingsArguments

if TYPE_CHECKING:
    from registrazione.assembly import Parts

T = TypeVar("T")


def _quiet(_seen: int) -> None:
    """Report progress to nobody."""


def _quiet_letter(_message: OutboxMessage) -> None:
    """Report progress to nobody."""


def _receipt(token: str, service: str, digest: str) -> Flow[TokenClaims | None]:
    """Return what a receipt says, if it is one for this service and digest."""
    claims = yield from ask(ReadToken(Purpose.RECEIPT, token))
    return claims if claims is not None and claims.extra == f"{service}.{digest}" else None


class _Opened:
    """What both registrars are made of."""

    def __init__(self, parts: Parts) -> None:
        """Take the parts; :meth:`open` makes them from settings."""
        self.parts = parts

    def __repr__(self) -> str:
        """Name the procedure; everything else may hold a secret."""
        return f"<{type(self).__name__} of {self.profile.name!r}>"

    @classmethod
    def open(cls, **settings: Unpack[SettingsArguments]) -> Self:
        """Assemble a registrar.

        Args:
            settings: The arguments of :class:`~registrazione.settings.Settings`: ``profile``,
                ``storage``, ``mailer``, ``secret_keys`` and ``base_url`` at least.

        Raises:
            SettingsError: A setting cannot be used.
            PluginError: A back-end is not there; the error says what to install.
        """
        from registrazione.assembly import assemble

        return cls(assemble(Settings(**settings)))

    @property
    def profile(self) -> Profile:
        """Return the procedure."""
        return self.parts.profile

    @property
    def places(self) -> Places | None:
        """Return the lists of nations, regions, provinces and comuni, for a form (MIM-15).

        ``None`` where the settings name somebody who knows codes only. The installed data are
        read at the first question.
        """
        places = self.parts.checks.places()
        return places if isinstance(places, Places) else None

    def _criteria(self, states: Sequence[AccountState]) -> Criteria:
        """Return the criteria of an operator's list."""
        return Criteria(realm=self.profile.realm, states=tuple(states))

    def _release(self) -> Iterator[Any]:
        """Give back connections and threads, where a part holds any; yield what each says."""
        for part in (self.parts.store, self.parts.hasher, self.parts.mailer):
            close = getattr(part, "close", None)
            if close is not None:
                yield close()


class Registrar(_Opened, CommandMethods[Answer]):
    """Run registrations, with blocking calls. Safe to share among threads."""

    def handle(self, command: Command) -> Answer:
        """Carry out a command: the one door that all methods use.

        Raises:
            Refusal: With every fault found, and nothing done.
        """
        return self._run(perform(command, self.profile, self.parts.clock.now()))

    def _run(self, flow: Flow[T]) -> T:
        return run(flow, self.parts)

    def verify_receipt(self, receipt: str, *, service: str, digest: str) -> TokenClaims | None:
        """Return who signed the application and when, or ``None`` if nobody did (POL-03)."""
        return self._run(_receipt(receipt, service, digest))

    def load(self, account_id: str) -> Account | None:
        """Return an account, for an operator's page."""
        return self._run(ask(Load(account_id)))

    def accounts(
        self, *states: AccountState, cursor: str | None = None, limit: int = 100
    ) -> Page[Account]:
        """Return accounts in these states, oldest first, in parts: the operators' queue."""
        return self._run(ask(Search(self._criteria(states), cursor, limit)))

    def letters(
        self, *states: LetterState, cursor: str | None = None, limit: int = 100
    ) -> Page[OutboxMessage]:
        """Return letters in these states, oldest first: dead ones, for an operator."""
        return self._run(ask(OutboxList(states, cursor, limit)))

    def expire_due(self, progress: rounds.Progress = _quiet) -> RoundReport:
        """End what was not activated or used in time (UNI-06); run it every few minutes."""
        return self._run(rounds.expire_due(self.profile, self.parts.clock.now(), progress))

    def warn_expiring_passwords(self, progress: rounds.Progress = _quiet) -> RoundReport:
        """Write to everybody whose password is about to expire (POL-17); run it daily."""
        now = self.parts.clock.now()
        return self._run(rounds.warn_expiring_passwords(self.profile, now, progress))

    def cancel_unused(
        self, *, dry_run: bool = False, progress: rounds.Progress = _quiet
    ) -> RoundReport:
        """Cancel what nobody used for the profile's time (UNI-19); run it yearly."""
        now = self.parts.clock.now()
        return self._run(rounds.cancel_unused(self.profile, now, progress, dry_run=dry_run))

    def deliver_outbox(
        self, *, most: int | None = None, progress: delivery.Progress = _quiet_letter
    ) -> DeliveryReport:
        """Send the letters that are due; run it after requests, or in a worker."""
        return self._run(delivery.deliver(self.profile.name, most=most, progress=progress))

    def outbox_metrics(self) -> OutboxMetrics:
        """Return how many letters wait, since when, and how many were given up."""
        return self._run(outbox_metrics(self.profile.name))

    def resend_dead(self, ids: Collection[str] | None = None) -> int:
        """Put letters that were given up back into the queue; return how many."""
        return self._run(delivery.resend_dead(ids))

    def close(self) -> None:
        """Give back connections and threads."""
        for _ in self._release():
            pass

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


class AsyncRegistrar(_Opened, CommandMethods[Coroutine[Any, Any, Answer]]):
    """Run registrations without blocking the event loop: the same methods, awaitable."""

    async def handle(self, command: Command) -> Answer:
        """Carry out a command: the one door that all methods use.

        Raises:
            Refusal: With every fault found, and nothing done.
        """
        return await self._run(perform(command, self.profile, self.parts.clock.now()))

    async def _run(self, flow: Flow[T]) -> T:
        return await run_async(flow, self.parts)

    async def verify_receipt(
        self, receipt: str, *, service: str, digest: str
    ) -> TokenClaims | None:
        """See :meth:`Registrar.verify_receipt`."""
        return await self._run(_receipt(receipt, service, digest))

    async def load(self, account_id: str) -> Account | None:
        """See :meth:`Registrar.load`."""
        return await self._run(ask(Load(account_id)))

    async def accounts(
        self, *states: AccountState, cursor: str | None = None, limit: int = 100
    ) -> Page[Account]:
        """See :meth:`Registrar.accounts`."""
        return await self._run(ask(Search(self._criteria(states), cursor, limit)))

    async def letters(
        self, *states: LetterState, cursor: str | None = None, limit: int = 100
    ) -> Page[OutboxMessage]:
        """See :meth:`Registrar.letters`."""
        return await self._run(ask(OutboxList(states, cursor, limit)))

    async def expire_due(self, progress: rounds.Progress = _quiet) -> RoundReport:
        """See :meth:`Registrar.expire_due`."""
        return await self._run(rounds.expire_due(self.profile, self.parts.clock.now(), progress))

    async def warn_expiring_passwords(self, progress: rounds.Progress = _quiet) -> RoundReport:
        """See :meth:`Registrar.warn_expiring_passwords`."""
        now = self.parts.clock.now()
        return await self._run(rounds.warn_expiring_passwords(self.profile, now, progress))

    async def cancel_unused(
        self, *, dry_run: bool = False, progress: rounds.Progress = _quiet
    ) -> RoundReport:
        """See :meth:`Registrar.cancel_unused`."""
        now = self.parts.clock.now()
        return await self._run(rounds.cancel_unused(self.profile, now, progress, dry_run=dry_run))

    async def deliver_outbox(
        self, *, most: int | None = None, progress: delivery.Progress = _quiet_letter
    ) -> DeliveryReport:
        """See :meth:`Registrar.deliver_outbox`."""
        return await self._run(delivery.deliver(self.profile.name, most=most, progress=progress))

    async def outbox_metrics(self) -> OutboxMetrics:
        """See :meth:`Registrar.outbox_metrics`."""
        return await self._run(outbox_metrics(self.profile.name))

    async def resend_dead(self, ids: Collection[str] | None = None) -> int:
        """See :meth:`Registrar.resend_dead`."""
        return await self._run(delivery.resend_dead(ids))

    async def close(self) -> None:
        """Give back connections and threads, of awaitable parts as well."""
        for closing in self._release():
            if isawaitable(closing):
                await closing

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        await self.close()
