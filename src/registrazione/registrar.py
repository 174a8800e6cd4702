"""The library from outside: open a registrar, call one method a command."""

from __future__ import annotations

from collections.abc import Collection, Coroutine
from inspect import isawaitable
from types import TracebackType
from typing import Any, Self, TypeVar

from registrazione.core.account import Account
from registrazione.core.answer import Answer
from registrazione.core.commands import Command, Operator
from registrazione.core.questions import Flow, Load, ReadToken, Search, ask
from registrazione.core.records import LetterState, OutboxMessage, Page
from registrazione.core.states import AccountState
from registrazione.core.tokens import Purpose, TokenClaims
from registrazione.federated import AsyncFederated, Federated
from registrazione.methods import CommandMethods
from registrazione.opened import Opened
from registrazione.ports import Ending
from registrazione.service import adhesion, delivery, desk, federation, rounds
from registrazione.service.delivery import DeliveryReport, OutboxList
from registrazione.service.delivery_metrics import OutboxMetrics, outbox_metrics
from registrazione.service.driver import run, run_async
from registrazione.service.federation import ProviderQuestion, SessionsEnded
from registrazione.service.perform import look, perform
from registrazione.service.rounds import RoundReport

T = TypeVar("T")


def _quiet(_seen: int) -> None:
    """Report progress to nobody."""


def _quiet_letter(_message: OutboxMessage) -> None:
    """Report progress to nobody."""


def _receipt(token: str, service: str, digest: str) -> Flow[TokenClaims | None]:
    """Return what a receipt says, if it is one for this service and digest."""
    claims = yield from ask(ReadToken(Purpose.RECEIPT, token))
    return claims if claims is not None and claims.extra == f"{service}.{digest}" else None


class Registrar(Opened, CommandMethods[Answer], Federated):
    """Run registrations, with blocking calls. Safe to share among threads."""

    def handle(self, command: Command) -> Answer:
        """Carry out a command: the one door that all methods use.

        Raises:
            Refusal: With every fault found, and nothing done.
        """
        return self._run(perform(command, self.profile, self.parts.clock.now()))

    def _run(self, flow: Flow[T]) -> T:
        return run(flow, self.parts)

    def look(self, *, session: str = "", ticket: str = "") -> Answer:
        """Return how things stand, to draw a page with: a query, which leaves no trail.

        It writes nothing and counts nothing, so it may be called at every request.

        Args:
            session: Of whoever is signed in. The answer says what is next, which services there
                are, where the person first wanted to go, and whether the password is about to
                expire (MIM-29, MIM-39, POL-17).
            ticket: Where nobody is signed in: what the browser was given when the form was
                confirmed. The answer says what the registration waits for, and until when.

        Raises:
            Refusal: ``session.ended``; for a ticket ``token.invalid``, ``token.used`` or
                ``token.expired``; ``service.unavailable``.
        """
        return self._run(look(self.profile, self.parts.clock.now(), session=session, ticket=ticket))

    def _put(self, question: ProviderQuestion[T]) -> T:
        return self._run(federation.asked(self.profile, question))

    def _end(self, question: SessionsEnded) -> Ending:
        return self._run(federation.ended(self.profile, self.parts.clock.now(), question))

    def verify_receipt(self, receipt: str, *, service: str, digest: str) -> TokenClaims | None:
        """Return who signed the application and when, or ``None`` if nobody did (POL-03)."""
        return self._run(_receipt(receipt, service, digest))

    def load(self, account_id: str) -> Account | None:
        """Return an account, for an operator's page."""
        return self._run(ask(Load(account_id)))

    def adhesion_form(
        self,
        *,
        session: str = "",
        ticket: str = "",
        operator: Operator | None = None,
        account_id: str = "",
        language: str = "",
    ) -> bytes:
        """Return the modulo di adesione as a PDF, to be signed in person (IST-10, POL-07).

        Args:
            session: Of whoever is signed in.
            ticket: Where nobody is: what the browser was given when the form was confirmed.
            operator: Who asks for somebody else's form.
            account_id: Whose form the operator asks for.
            language: ``it`` or ``en``; by default the one that the person registered in.

        Raises:
            Refusal: ``presence.no_form`` unless the registration waits for the person to come;
                who asks has no right to the form; or ``service.unavailable``.
            MissingExtra: The packages of the extra ``pdf`` are not installed.
        """
        asked = self._asked_form(
            session=session, ticket=ticket, operator=operator, account_id=account_id
        )
        return self._printed(self._run(asked), language)

    def find_by_form_code(self, operator: Operator, code: str) -> Account | None:
        """Return the registration that a printed form belongs to, for an operator's desk (IST-10).

        Args:
            operator: Who asks; the procedure must let the role identify people.
            code: As it was typed, or scanned from the form.

        Returns:
            ``None`` where nobody is waited for by that code, or no longer.

        Raises:
            Refusal: ``operator.unknown``, ``operator.not_allowed`` or ``service.unavailable``.
        """
        return self._run(adhesion.find(self.profile, self.parts.clock.now(), operator, code))

    def find(self, operator: Operator, kind: str, value: str) -> tuple[Account, ...]:
        """Return the accounts that a username, an address or a code belongs to, for an operator.

        Args:
            operator: Who asks; the procedure must let the role read histories.
            kind: ``username``, ``email`` or ``codice_fiscale``.
            value: As it was typed; it has to be the whole of it.

        Raises:
            Refusal: ``operator.unknown``, ``operator.not_allowed`` or ``service.unavailable``.
        """
        return self._run(desk.find(self.profile, self.parts.clock.now(), operator, kind, value))

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


class AsyncRegistrar(Opened, CommandMethods[Coroutine[Any, Any, Answer]], AsyncFederated):
    """Run registrations without blocking the event loop: the same methods, awaitable.

    Where a port blocks, a command goes on in its thread; so does whatever is told of progress.
    """

    _awaited = True

    async def handle(self, command: Command) -> Answer:
        """Carry out a command: the one door that all methods use.

        Raises:
            Refusal: With every fault found, and nothing done.
        """
        return await self._run(perform(command, self.profile, self.parts.clock.now()))

    async def _run(self, flow: Flow[T]) -> T:
        return await run_async(flow, self.parts)

    async def look(self, *, session: str = "", ticket: str = "") -> Answer:
        """See :meth:`Registrar.look`."""
        return await self._run(
            look(self.profile, self.parts.clock.now(), session=session, ticket=ticket)
        )

    async def _put(self, question: ProviderQuestion[T]) -> T:
        return await self._run(federation.asked(self.profile, question))

    async def _end(self, question: SessionsEnded) -> Ending:
        return await self._run(federation.ended(self.profile, self.parts.clock.now(), question))

    async def verify_receipt(
        self, receipt: str, *, service: str, digest: str
    ) -> TokenClaims | None:
        """See :meth:`Registrar.verify_receipt`."""
        return await self._run(_receipt(receipt, service, digest))

    async def load(self, account_id: str) -> Account | None:
        """See :meth:`Registrar.load`."""
        return await self._run(ask(Load(account_id)))

    async def adhesion_form(
        self,
        *,
        session: str = "",
        ticket: str = "",
        operator: Operator | None = None,
        account_id: str = "",
        language: str = "",
    ) -> bytes:
        """See :meth:`Registrar.adhesion_form`; it is drawn in a thread."""
        asked = self._asked_form(
            session=session, ticket=ticket, operator=operator, account_id=account_id
        )
        # Who awaits has asyncio loaded already; who does not shall not pay for it.
        from asyncio import to_thread

        return await to_thread(self._printed, await self._run(asked), language)

    async def find_by_form_code(self, operator: Operator, code: str) -> Account | None:
        """See :meth:`Registrar.find_by_form_code`."""
        return await self._run(adhesion.find(self.profile, self.parts.clock.now(), operator, code))

    async def find(self, operator: Operator, kind: str, value: str) -> tuple[Account, ...]:
        """See :meth:`Registrar.find`."""
        return await self._run(
            desk.find(self.profile, self.parts.clock.now(), operator, kind, value)
        )

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
