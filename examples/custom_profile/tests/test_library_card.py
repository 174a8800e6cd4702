"""The library card, played from its first page to its last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import library_card
import pytest

from registrazione import Answer, Next, Operator, Refusal, Registrar, Role
from registrazione.core.states import AccountState
from registrazione.testing.fakes import FastHasher, ManualClock, RecordingMailer, SeededRandomness

PERSON = {
    "name": "Giulia",
    "surname": "Ferri",
    "birth_date": "1988-05-04",
    "email": "giulia.ferri@example.it",
    "category": "docente",
}
PASSWORD = "sette gatti verdi a Como"
DESK = Operator(id="desk-1", role=Role.SECRETARIAT, office="biblioteca")


class Library:
    """A library with its registrar, its letters and its clock."""

    def __init__(self) -> None:
        """Open on a Tuesday morning."""
        self.clock = ManualClock(datetime(2026, 3, 3, 9, tzinfo=UTC))
        self.mailer = RecordingMailer()
        self.registrar = Registrar.open(
            profile="library-card",
            plugins=[library_card],
            storage="memory://",
            mailer=self.mailer,
            secret_keys=["k" * 32],
            base_url="https://biblioteca.example.it/tessera",
            clock=self.clock,
            randomness=SeededRandomness(),
            hasher=FastHasher(),
        )

    def letter(self) -> str:
        """Deliver what is due and return the text of the last letter."""
        self.registrar.deliver_outbox()
        body = self.mailer.sent[-1].message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def link(self) -> str:
        """Return the token of the link in the last letter."""
        found = re.search(r"https://biblioteca\.example\.it/tessera/\w+/(\S+)", self.letter())
        assert found is not None
        return found[1]

    def register(self, **other: str) -> Answer:
        """Fill in the form and confirm the summary."""
        page = self.registrar.begin()
        assert page.draft is not None
        page = self.registrar.fill(page.draft, {**PERSON, **other}, consents=["rules"])
        assert page.draft is not None
        assert page.next is Next.SUMMARY
        return self.registrar.confirm(page.draft)

    def prove(self) -> Answer:
        """Open the link and set the password."""
        return self.registrar.activate(self.link(), password=PASSWORD, password_again=PASSWORD)


@pytest.fixture
def library() -> Iterator[Library]:
    """Open a library and close it in the evening."""
    opened = Library()
    with opened.registrar:
        yield opened


def test_from_the_first_page_to_the_last(library: Library) -> None:
    """Form, summary, link, password, desk, sign in, borrow."""
    assert library.register().next is Next.OPEN_LINK

    waiting = library.prove()

    assert waiting.next is Next.WAIT_FOR_SECRETARIAT
    assert waiting.account is not None

    queue = library.registrar.accounts(AccountState.AWAITING_SECRETARIAT).items
    assert [account.id for account in queue] == [waiting.account.id]
    library.registrar.approve(DESK, queue[0].id)

    assert "Tessera della biblioteca" in library.letter()
    signed_in = library.registrar.sign_in(PERSON["email"], PASSWORD)
    assert signed_in.next is Next.USE_SERVICES
    assert [offer.name for offer in signed_in.services if offer.open] == ["loans", "class-visits"]


def test_nothing_works_before_the_desk_has_looked(library: Library) -> None:
    """The right password alone is not enough while the registration waits."""
    library.register()
    library.prove()

    with pytest.raises(Refusal) as refused:
        library.registrar.sign_in(PERSON["email"], PASSWORD)

    assert refused.value.code == "account.awaiting_secretariat"


def test_the_desk_may_refuse(library: Library) -> None:
    """A refused person reads the reason, and may register again."""
    library.register()
    account = library.prove().account
    assert account is not None

    library.registrar.reject(DESK, account.id, "Il documento non corrisponde.")

    assert "Il documento non corrisponde." in library.letter()
    assert library.register().next is Next.OPEN_LINK


def test_the_help_desk_cannot_enable(library: Library) -> None:
    """Only the desk enables cards."""
    library.register()
    account = library.prove().account
    assert account is not None
    helper = Operator(id="help-1", role=Role.HELP_DESK)

    with pytest.raises(Refusal) as refused:
        library.registrar.approve(helper, account.id)

    assert refused.value.code == "operator.not_allowed"


def test_the_link_is_good_for_two_days(library: Library) -> None:
    """48 hours after the letter was written, its link is too old."""
    library.register()
    token = library.link()
    library.clock.advance(timedelta(hours=48, seconds=1))

    with pytest.raises(Refusal) as refused:
        library.registrar.activate(token, password=PASSWORD, password_again=PASSWORD)

    assert refused.value.code == "token.expired"


def test_visits_are_for_teachers(library: Library) -> None:
    """Whoever is no teacher sees the visits of classes, and cannot book them."""
    library.register(category="adulto")
    account = library.prove().account
    assert account is not None
    library.registrar.approve(DESK, account.id)

    offers = library.registrar.sign_in(PERSON["email"], PASSWORD).services

    assert [(o.name, o.why_not) for o in offers] == [
        ("loans", ""),
        ("class-visits", "service.not_for_category"),
    ]
