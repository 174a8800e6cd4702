"""One person and three portals of a realm, with whatever anybody could ask for at any time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import attrs
from tests.world import (
    DIGEST,
    HELP_DESK,
    MARIO,
    OFFICE,
    PEOPLE,
    SECRETARIAT,
    World,
    password_of,
)

from registrazione import Refusal
from registrazione.core.account import Account, DerivedCredential, Identity
from registrazione.core.commands import CancelUnused, Expire, WarnPassword
from registrazione.core.flows.common import reveal
from registrazione.core.profile import Limits, Profile, Reset, Window
from registrazione.profiles import load
from registrazione.service.driver import run

NAMES = ("iscrizioni-online", "istanze-online", "polis")
PORTALS = range(len(NAMES))
WAITS: tuple[dt.timedelta, ...] = (
    dt.timedelta(),
    dt.timedelta(minutes=16),
    dt.timedelta(hours=25),
    dt.timedelta(days=31),
    dt.timedelta(days=170),
    dt.timedelta(days=181),
    dt.timedelta(hours=-3),
)
"""How the clock may go on, or be put back."""


def portal(name: str) -> Profile:
    """Return a procedure as it is, open at any time, with few attempts."""
    profile = load(name)
    limits = Limits(attempts=2, code_attempts=2, public=10_000)
    federation = attrs.evolve(profile.federation, providers=("spid",))
    return attrs.evolve(profile, window=Window(), limits=limits, federation=federation)


class Realm:
    """The portals on one store, with one clock; the person has one account, wherever it is from."""

    def __init__(self) -> None:
        """Open the portals; nobody has registered."""
        first = World(portal(NAMES[0]))
        self.worlds = [first, *(first.sibling(portal(name)) for name in NAMES[1:])]
        self.world = first
        self.account_id, self.session, self.ticket = "", "", ""
        self.password = password_of(first.profile, MARIO)
        self.code = MARIO.code
        self._count = 0

    @property
    def registrar(self) -> Any:
        """The portal that is asked now."""
        return self.world.registrar

    def account(self) -> Account:
        """The account as it is now; without one, there is nothing to be asked."""
        found = self.registrar.load(self.account_id)
        if found is None:
            raise NotHere
        account: Account = found
        return account

    def step(self, number: int, action: str, wait: dt.timedelta) -> None:
        """Let time pass, and ask one portal for one thing; a refusal is as good an answer."""
        self.world = self.worlds[number]
        self.world.clock.advance(wait)
        asked: Callable[[], object] = getattr(self, f"do_{action}")
        with suppress(Refusal, NotHere):
            asked()

    # -- proofs ------------------------------------------------------------------------------

    def _token(self, purpose: str) -> str:
        account, now = self.account(), self.world.clock.now()
        signed: str = self.world.vault.sign_token(purpose, account.id, account.epoch, "", now)
        return signed

    def _revealed(self, credential: object) -> str:
        if not isinstance(credential, DerivedCredential):
            raise NotHere
        secret = run(reveal(self.world.profile, self.account_id, credential), self.registrar.parts)
        return str(secret.reveal()) if secret is not None else "wrong"

    def _typed(self) -> str:
        credential = self.account().credential
        derived = isinstance(credential, DerivedCredential)
        return self._revealed(credential) if derived else self.password

    def _login(self) -> str:
        return self.account().username or "nobody"

    def _kept(self, answer: Any) -> None:
        self.session = answer.session or self.session
        self.ticket = answer.ticket or self.ticket
        self.account_id = answer.account.id if answer.account else self.account_id

    def _new(self) -> str:
        self._count += 1
        return f"Password{self._count}x"

    # -- the person --------------------------------------------------------------------------

    def do_confirm(self) -> None:
        """Register, beside whatever there is."""
        self._kept(self.world.confirmed())
        self.password = password_of(self.world.profile, MARIO)

    def do_activate(self) -> None:
        """Use the link of the registration."""
        self.registrar.activate(self._token("activation"), ticket=self.ticket)

    def do_resend(self) -> None:
        """Have it sent again."""
        self.registrar.resend_activation(email=MARIO.email("istruzione.it"))

    def do_sign_in(self) -> None:
        """Come in."""
        self._kept(self.registrar.sign_in(self._login(), self._typed()))

    def do_sign_in_wrongly(self) -> None:
        """Mistype."""
        self.registrar.sign_in(self._login(), "wrong")

    def do_request_reset(self) -> None:
        """Ask for a new password, and leave the letter where it is."""
        self.registrar.request_password_reset(username=self._login())

    def do_sign_in_with_mailed(self) -> None:
        """Use the temporary password of that letter, whenever it was mailed."""
        self._kept(self.registrar.sign_in(self._login(), self._revealed(self.account().offered)))

    def do_reset(self) -> None:
        """Use the link of that letter, where it has one."""
        if self.world.profile.reset is not Reset.LINK:
            raise NotHere
        new = self._new()
        self.registrar.reset_password(self._token("reset"), new, new)
        self.password = new

    def do_change_password(self) -> None:
        """Change it."""
        old, new = self._typed(), self._new()
        self.registrar.change_password(self.session, old, new, new)
        self.password = new

    def do_change_email(self) -> None:
        """Ask for another address."""
        self._count += 1
        email = f"m{self._count}@istruzione.it"
        self.registrar.change_email(self.session, email, email, password=self._typed())

    def do_prove_email(self) -> None:
        """Use the link to it."""
        self.registrar.activate(self._token("email"))

    def do_start_enabling(self) -> None:
        """Have a code and a form mailed."""
        self.registrar.start_enabling(self.session)

    def do_change_code(self) -> None:
        """Change the personal code."""
        credential = self.account().code_credential
        derived = isinstance(credential, DerivedCredential)
        old = self._revealed(credential) if derived else self.code
        self.registrar.change_personal_code(self.session, old, self.code, self.code)

    def do_recover_code(self) -> None:
        """Have a new one mailed."""
        self.registrar.recover_personal_code(self.session)

    def do_sign(self) -> None:
        """Sign an application."""
        sign = self.registrar.authorise_submission
        sign(self.session, self.code, service="istanze", digest=DIGEST)

    def do_sign_wrongly(self) -> None:
        """Mistype the code."""
        sign = self.registrar.authorise_submission
        sign(self.session, "sbagliato1", service="istanze", digest=DIGEST)

    def do_cancel(self) -> None:
        """End the account."""
        self.registrar.cancel(session=self.session)

    def do_sign_out(self) -> None:
        """Leave."""
        self.registrar.sign_out(self.session)

    # -- the identity provider ---------------------------------------------------------------

    def do_spid(self) -> None:
        """Come back from the provider."""
        self._kept(self.world.spid())

    def do_spid_here(self) -> None:
        """Come back with the session or the ticket that there is."""
        self._kept(self.world.spid(session=self.session))

    def do_spid_with_ticket(self) -> None:
        """Go on with a registration that waits."""
        self._kept(self.world.spid(ticket=self.ticket))

    def do_another_spid(self) -> None:
        """Come back with a second identity."""
        other = Identity(provider="spid", issuer="https://other", subject="m")
        known = self.registrar.parts.identities._providers["spid"]._people
        known["another"] = PEOPLE[MARIO.username].vouched(identity=other)
        self._kept(self.registrar.sign_in_with("spid", {"person": "another"}))

    def do_align(self) -> None:
        """Accept."""
        self._kept(self.registrar.align(self._token("identity"), accept=True))

    def do_align_not(self) -> None:
        """Refuse."""
        self.registrar.align(self._token("identity"), accept=False)

    # -- operators and the clock -------------------------------------------------------------

    def do_identify(self) -> None:
        """See the person."""
        self.registrar.identify_in_person(
            OFFICE,
            self.account_id,
            codice_fiscale=MARIO.cf,
            document_type="carta d'identita",
            document_number="CA12345AA",
            form_signed=True,
        )

    def do_suspend(self) -> None:
        """Suspend."""
        self.registrar.suspend(HELP_DESK, self.account_id, "x")

    def do_reinstate(self) -> None:
        """Reinstate."""
        self.registrar.reinstate(HELP_DESK, self.account_id, "x")

    def do_correct(self) -> None:
        """Give the account another address."""
        self._count += 1
        email = f"c{self._count}@istruzione.it"
        self.registrar.correct_data(HELP_DESK, self.account_id, {"email": email}, "x")

    def do_reject(self) -> None:
        """Turn the registration away."""
        self.registrar.reject(SECRETARIAT, self.account_id, "x")

    def do_timers(self) -> None:
        """Let every round of this portal run."""
        self.registrar.expire_due()
        self.registrar.warn_expiring_passwords()

    def do_timer_commands(self) -> None:
        """Ask for what a round asks for, whether it is due or not."""
        now = self.world.clock.now()
        for command in (
            Expire(account_id=self.account_id),
            WarnPassword(account_id=self.account_id),
            CancelUnused(account_id=self.account_id, unused_since=now - dt.timedelta(days=400)),
        ):
            with suppress(Refusal):
                self.registrar.handle(command)

    def do_post(self) -> None:
        """Send the letters."""
        self.registrar.deliver_outbox()


ACTIONS: tuple[str, ...] = tuple(
    sorted(name.removeprefix("do_") for name in vars(Realm) if name.startswith("do_"))
)


class NotHere(Exception):  # noqa: N818 - an answer, not a malfunction
    """This cannot be asked for now."""
