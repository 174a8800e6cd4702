"""What a story is played on: a registrar, a clock moved by hand, a mailbox, an audience."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.commands import Operator
from registrazione.core.draft import Draft
from registrazione.core.profile import Profile, Role
from registrazione.core.refusals import Refusal, Severity
from registrazione.ports import IdentityError, Mailer, PasswordHasher
from registrazione.refusals import help_for, text_of
from registrazione.registrar import Registrar
from registrazione.stories.audience import Audience, NoAudience, Step
from registrazione.stories.mailbox import Letter, Mailbox, StoryFailed
from registrazione.stories.people import PEOPLE
from registrazione.stories.settings import BASE_URL, KEYS

TICKED = "on"
"""What a browser sends of a box that was ticked."""
PROVIDERS = ("spid", "cie", "eidas", "oidc")

SECRETARIAT = Operator(id="segreteria-7", role=Role.SECRETARIAT, office="PAIS00700X")
SCHOOL = Operator(id="ufficio-3", role=Role.IDENTIFYING_OFFICE, office="TVIC81200Q")
HELP_DESK = Operator(id="assistenza-1", role=Role.HELP_DESK)


class StoryClock:
    """A clock that stands still until the story goes on; the port ``Clock``.

    Args:
        begins: The first time it tells.
    """

    __slots__ = ("_now",)

    def __init__(self, begins: datetime) -> None:
        """Set the clock."""
        self._now = begins

    def now(self) -> datetime:
        """Return the time of the story."""
        return self._now

    def go_to(self, now: datetime) -> None:
        """Set the clock."""
        self._now = now


class Caught:
    """The refusal that a part of the story ran into."""

    __slots__ = ("refusal",)

    def __init__(self) -> None:
        """Start with none."""
        self.refusal: Refusal | None = None

    @property
    def ticket(self) -> str:
        """Return the token for the way on that came with the refusal (UNI-08, POL-10)."""
        return self.refusal.ticket if self.refusal else ""


class Stage:
    """One procedure, opened for a story.

    Args:
        profile: The procedure.
        begins: The day on which the story begins.
        storage: Where accounts are kept.
        mailbox: Where letters arrive.
        mailer: How they get there; by default they are put there by hand.
        hasher: By default the real one.
        audience: Who looks on.
        opener: Opens a registrar from its settings.
    """

    def __init__(
        self,
        profile: str | Profile,
        begins: datetime,
        *,
        storage: str = "memory://",
        mailbox: Mailbox | None = None,
        mailer: str | Mailer | None = None,
        hasher: PasswordHasher | None = None,
        audience: Audience | None = None,
        opener: Callable[..., Registrar] = Registrar.open,
    ) -> None:
        """Open the registrar."""
        self.clock: StoryClock = StoryClock(begins)
        self.mailbox: Mailbox = Mailbox() if mailbox is None else mailbox
        self.steps: list[Step] = []
        self._audience = NoAudience() if audience is None else audience
        self._opener = opener
        self._common = {
            "secret_keys": KEYS,
            "base_url": BASE_URL,
            "clock": self.clock,
            "human_check": "tick-box",
            "identity_providers": [_provider(name) for name in PROVIDERS],
        }
        self.registrar: Registrar = self._opener(
            profile=profile,
            storage=storage,
            mailer=self.mailbox if mailer is None else mailer,
            hasher=hasher,
            **self._common,
        )

    # -- what happens ------------------------------------------------------------------------

    def scene(self, title: str) -> None:
        """Begin the next part of the story."""
        self._audience.scene(title, self.clock.now())

    def step(self, words: str, *requirements: str) -> None:
        """Say what is done next.

        Args:
            words: In the document's own words.
            requirements: What it fulfils, such as ``MIM-11``.
        """
        number = len(self.steps) + 1
        step = Step(number=number, words=words, requirements=requirements, at=self.clock.now())
        self.steps.append(step)
        self._audience.step(step)

    def wait(self, **time: float) -> None:
        """Let time pass: ``wait(hours=25)``."""
        self.clock.go_to(self.clock.now() + timedelta(**time))

    @contextmanager
    def refused(self, *codes: str) -> Generator[Caught]:
        """Expect what stands in the block to be refused, and show with which words.

        Args:
            codes: All that must be among the reasons.

        Raises:
            StoryFailed: It is not refused, or for other reasons.
        """
        caught = Caught()
        try:
            yield caught
        except Refusal as refusal:
            caught.refusal = refusal
        if caught.refusal is None:
            message = f"this should have been refused: {', '.join(codes)}"
            raise StoryFailed(message)
        if not set(codes) <= set(caught.refusal.codes):
            message = f"refused with {caught.refusal}, not with {', '.join(codes)}"
            raise StoryFailed(message) from None
        self._show(caught.refusal)

    def _show(self, refusal: Refusal) -> None:
        """Show the errors of a refusal, and the help for the first that has one (POL-16)."""
        errors = [fault for fault in refusal.faults if fault.severity is Severity.ERROR]
        routes = [route for f in errors if (route := help_for(f, self.registrar.profile))]
        help_text = f"{routes[0].text.it} {routes[0].phone}{routes[0].url}" if routes else ""
        words = [text_of(fault) + (f" [{fault.field}]" if fault.field else "") for fault in errors]
        self._audience.refused(words, help_text.strip())

    # -- what is expected --------------------------------------------------------------------

    def expect(self, fact: object, otherwise: str) -> None:
        """Make sure that the story goes the way of its document.

        Raises:
            StoryFailed: It does not.
        """
        if not fact:
            raise StoryFailed(otherwise)

    def reached(self, answer: Answer, what: Next) -> Answer:
        """Return an answer that leads where it should.

        Raises:
            StoryFailed: It leads elsewhere.
        """
        self.expect(answer.next is what, f"this leads to {answer.next}, not to {what}")
        return answer

    def page(self, answer: Answer, what: Next) -> Draft:
        """Return the form on its way, on the page where it should be.

        Raises:
            StoryFailed: It is on another.
        """
        self.reached(answer, what)
        if answer.draft is None:
            message = f"there is no form on the page {what}"
            raise StoryFailed(message)
        return answer.draft

    def account(self, answer: Answer) -> Account:
        """Return the account that an answer is about.

        Raises:
            StoryFailed: It is about none.
        """
        if answer.account is None:
            message = "the answer is about no account"
            raise StoryFailed(message)
        return answer.account

    def account_id(self, answer: Answer) -> str:
        """Return the id of the account that an answer is about."""
        return self.account(answer).id

    # -- letters -----------------------------------------------------------------------------

    def post(self) -> tuple[Letter, ...]:
        """Send the letters that are due, and return those that arrived."""
        self.registrar.deliver_outbox()
        fresh = self.mailbox.fresh()
        for letter in fresh:
            self._audience.letter(letter)
        return fresh

    def letter(self, recipient: str) -> Letter:
        """Send the letters that are due, and return the one that this mailbox got last.

        Raises:
            StoryFailed: It got none.
        """
        mine = [letter for letter in self.post() if letter.recipient == recipient]
        if not mine:
            message = f"no letter came to {recipient}"
            raise StoryFailed(message)
        return mine[-1]

    # -- other portals -----------------------------------------------------------------------

    @contextmanager
    def portal(self, profile: str | Profile) -> Generator[Registrar]:
        """Go to another portal that shares the accounts of this one (IOL-11, POL-15)."""
        here, parts = self.registrar, self.registrar.parts
        self.post()
        there = self._opener(
            profile=profile,
            storage=parts.store,
            mailer=parts.mailer,
            hasher=parts.hasher,
            **self._common,
        )
        self.registrar = there
        try:
            yield there
            self.post()
        finally:
            self.registrar = here

    # -- the end -----------------------------------------------------------------------------

    def close(self) -> None:
        """Give back what the registrar holds."""
        self.registrar.close()

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


def _provider(name: str) -> ScriptedProvider:
    """Return an identity provider that knows everybody, and somebody who gives up."""
    known = {person.key: person.vouched_for(name) for person in PEOPLE}
    return ScriptedProvider(name, {**known, "annulla": IdentityError("cancelled")})
