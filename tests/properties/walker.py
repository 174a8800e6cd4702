"""Walk through everything that can happen to one person's account, on a real registrar.

A place is the combined state of the four machines. From every place that is reached, everything
is tried that the person, an operator, the identity provider or the clock could do.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any

import attrs
from tests.world import COLLEAGUE, DIGEST, HELP_DESK, MARIO, OFFICE, SECRETARIAT, World

from registrazione import Answer, Refusal
from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Account, DerivedCredential, Identity
from registrazione.core.commands import Expire, WarnPassword
from registrazione.core.enabling import has_enabling
from registrazione.core.flows.common import Context, reveal
from registrazione.core.flows.missing_data import missing_fields
from registrazione.core.profile import Profile, Window
from registrazione.profiles import load
from registrazione.service.driver import run

Place = tuple[str, str, str, str]
NOBODY: Place = ("", "", "", "")
"""The place of somebody who has no account, or whose account was erased."""


VARIANTS: dict[str, Callable[[], Profile]] = {
    "four eyes": lambda: attrs.evolve(load("istanze-online"), four_eyes=True),
}
"""Procedures that no profile of the library is, by a name of their own."""


class Unlimited:
    """Count nothing."""

    def hit(self, *_: object) -> bool:
        """Let everybody pass."""
        return True


@attrs.frozen(kw_only=True)
class Moment:
    """A world that was left behind, to be gone back to."""

    store: tuple[Any, ...]
    now: dt.datetime
    account_id: str
    password: str
    code: str


def open_at_any_time(name: str) -> Profile:
    """Return a procedure without a closing date, whose passwords are judged without word lists."""
    profile = VARIANTS[name]() if name in VARIANTS else load(name)
    policy = attrs.evolve(profile.password, min_strength=None, breach_check=False)
    return attrs.evolve(profile, password=policy, window=Window())


class Walker:
    """One person, one procedure.

    Args:
        name: Name of the procedure.
    """

    def __init__(self, name: str) -> None:
        """Open the registrar; nobody has registered."""
        self.world = World(open_at_any_time(name), limiter=Unlimited())
        self.registrar, self.profile = self.world.registrar, self.world.profile
        self.elsewhere: World | None = None
        """Another portal of the realm, whose people may come here to be enabled (POL-10)."""
        if has_enabling(self.profile):
            self.elsewhere = self.world.sibling(open_at_any_time("iscrizioni-online"))
        self.account_id, self.password, self.code = "", "", ""
        self._passwords = 0
        self.moves: defaultdict[Place, dict[str, set[Place]]] = defaultdict(
            lambda: defaultdict(set)
        )
        """Where each action led from each place."""
        self.in_use: set[Place] = set()
        """The places in which the person comes in and may use the services."""

    # -- walking -----------------------------------------------------------------------------

    def walk(self) -> set[Place]:
        """Visit every place and return them all."""
        waiting = deque([self._save()])
        seen, tried = {NOBODY}, {self._exactly()}
        while waiting:
            moment = waiting.popleft()
            for name, action in self._actions():
                self._restore(moment)
                before = self.place()
                try:
                    action()
                except (Refusal, _NotHere):
                    continue
                here = self.place()
                self.moves[before][name].add(here)
                seen.add(here)
                if self._exactly() not in tried:
                    tried.add(self._exactly())
                    waiting.append(self._save())
        return seen

    def account(self) -> Account | None:
        """Return the account as it is now."""
        return self.registrar.load(self.account_id)

    def place(self) -> Place:
        """Return where the account stands."""
        account = self.account()
        if account is None:
            return NOBODY
        return (account.state, account.password, account.code, account.link)

    def _exactly(self) -> tuple[object, ...]:
        """Return what tells one moment from another: gates, identities and offers as well."""
        account = self.account()
        if account is None:
            return self.place()
        offered, count = account.offered is not None, len(account.identities)
        looked = account.first_look is not None
        return (*self.place(), account.gates_passed, count, offered, looked)

    def _save(self) -> Moment:
        store: MemoryStore = self.world.store
        return Moment(
            store=(
                dict(store._rows),
                {key: set(ids) for key, ids in store._carriers.items()},
                dict(store._holders),
                dict(store._letters),
            ),
            now=self.world.clock.now(),
            account_id=self.account_id,
            password=self.password,
            code=self.code,
        )

    def _restore(self, moment: Moment) -> None:
        store: MemoryStore = self.world.store
        rows, carriers, holders, letters = moment.store
        store._rows, store._holders, store._letters = dict(rows), dict(holders), dict(letters)
        store._carriers = defaultdict(set, {key: set(ids) for key, ids in carriers.items()})
        self.world.clock.set(moment.now)
        self.account_id = moment.account_id
        self.password, self.code = moment.password, moment.code

    def _actions(self) -> Iterator[tuple[str, Callable[[], object]]]:
        for name in dir(self):
            if name.startswith("do_"):
                yield name.removeprefix("do_"), getattr(self, name)

    # -- what is needed again and again ------------------------------------------------------

    def _here(self) -> Account:
        account = self.account()
        if account is None:
            raise _NotHere
        return account

    def _token(self, purpose: str) -> str:
        account = self._here()
        return self.world.vault.sign_token(
            purpose, account.id, account.epoch, "", self.world.clock.now()
        )

    def _new(self) -> str:
        self._passwords += 1
        least = self.profile.password.min_length
        return f"Password{self._passwords}".ljust(least, "x")

    def _derived(self, credential: object) -> str:
        if not isinstance(credential, DerivedCredential):
            raise _NotHere
        return run(reveal(self.profile, self.account_id, credential), self.registrar.parts).reveal()

    def _typed(self) -> str:
        account = self._here()
        derived = isinstance(account.credential, DerivedCredential)
        return self._derived(account.credential) if derived else self.password

    def _in(self) -> Answer:
        """Come in, by whatever way there is."""
        account = self._here()
        try:
            answer = self.registrar.sign_in(account.username or account.email or "", self._typed())
        except Refusal:
            answer = self.world.spid(provider=self._provider())
        if not answer.session or answer.account.id != account.id:
            raise _NotHere
        if answer.next == "use_services":
            self.in_use.add(self.place())
        return answer

    def _provider(self) -> str:
        return next(iter(self.profile.federation.providers), "spid")

    # -- what the person does ----------------------------------------------------------------

    def do_confirm(self) -> None:
        """Fill in the form and confirm it, unless an account is in use already."""
        if self.account_id and self.place()[0] not in {"", "expired", "cancelled"}:
            raise _NotHere
        self.password = self._new()
        changes = {"password": self.password} if self.profile.first_password == "chosen" else {}
        changes |= {"cf": MARIO.cf} if self.profile.field("cf") else {}
        self.account_id = self.world.confirmed(**changes).account.id

    def do_confirm_elsewhere(self) -> None:
        """Come with an account that is in use in another portal of the realm."""
        if self.elsewhere is None or (
            self.account_id and self.place()[0] not in {"", "expired", "cancelled"}
        ):
            raise _NotHere
        self.account_id = self.elsewhere.signed_in().account.id
        self.password = MARIO.password

    def do_start_enabling(self) -> None:
        """Have a code and the form mailed."""
        self.registrar.start_enabling(self._in().session)

    def do_activate(self) -> None:
        """Use the link in the browser that registered."""
        ticket = self._token("ticket")
        new = self._new() if self.profile.first_password == "at_link" else None
        self.registrar.activate(
            self._token("activation"), ticket=ticket, password=new, password_again=new
        )
        self.password = new or self.password

    def do_resend_activation(self) -> None:
        """Have the link sent again."""
        self.registrar.resend_activation(ticket=self._token("ticket"))

    def do_sign_in(self) -> None:
        """Come in, by password or identity."""
        self._in()

    def do_sign_in_with_offered(self) -> None:
        """Come in by the temporary password that was mailed on request."""
        account = self._here()
        self.registrar.request_password_reset(email=account.email)
        offered = self._derived(self._here().offered)
        self.registrar.sign_in(account.username or account.email, offered)

    def do_reset_password(self) -> None:
        """Set a new password by the mailed link."""
        new = self._new()
        self.registrar.reset_password(self._token("reset"), new, new)
        self.password = new

    def do_change_password(self) -> None:
        """Change the password."""
        old, new = self._typed(), self._new()
        self.registrar.change_password(self._in().session, old, new, new)
        self.password = new

    def do_change_personal_code(self) -> None:
        """Change the personal code."""
        credential = self._here().code_credential
        derived = isinstance(credential, DerivedCredential)
        old = self._derived(credential) if derived else self.code
        self.registrar.change_personal_code(self._in().session, old, "codice2026", "codice2026")
        self.code = "codice2026"

    def do_recover_personal_code(self) -> None:
        """Have a new code mailed."""
        self.registrar.recover_personal_code(self._in().session)

    def do_authorise_submission_wrongly(self) -> None:
        """Type a wrong code until it is blocked."""
        services = [s.name for s in self.profile.services if s.personal_code]
        if not services:
            raise _NotHere
        session = self._in().session
        for _ in range(self.profile.limits.code_attempts):
            try:
                self.registrar.authorise_submission(
                    session, "sbagliato1", service=services[0], digest=DIGEST
                )
            except Refusal as refused:
                if refused.code not in {"personal_code.wrong", "personal_code.blocked"}:
                    raise

    def do_change_email(self) -> None:
        """Ask for another address and use its link."""
        email = f"altra@{(self._here().email or '').partition('@')[2]}"
        self.registrar.change_email(self._in().session, email, email, password=self._typed())
        self.registrar.activate(self._token("email"))

    def do_cancel(self) -> None:
        """End the account from within."""
        self.registrar.cancel(session=self._in().session)

    def do_erase(self) -> None:
        """Have everything erased."""
        self.registrar.erase(session=self._in().session)

    # -- the identity provider ---------------------------------------------------------------

    def do_sign_in_with(self) -> None:
        """Come back from the provider."""
        answer = self.world.spid(provider=self._provider())
        self.account_id = answer.account.id

    def do_sign_in_with_another(self) -> None:
        """Come back with a second identity of the same person."""
        identity = Identity(provider=self._provider(), issuer="https://other", subject="m")
        parts = self.registrar.parts.identities._providers[self._provider()]
        known = dict(parts._people)
        parts._people["altro"] = MARIO.vouched(self._provider(), identity=identity)
        try:
            answer = self.registrar.sign_in_with(self._provider(), {"person": "altro"})
        finally:
            parts._people.clear()
            parts._people.update(known)
        self.account_id = answer.account.id

    def do_sign_in_with_ticket(self) -> None:
        """Go on with a registration that waits."""
        self.world.spid(provider=self._provider(), ticket=self._token("ticket"))

    def do_complete_data(self) -> None:
        """Fill in what the provider did not tell."""
        wanted = missing_fields(Context(self.profile, self.world.clock.now()), self._here())
        known = {**MARIO.values(self.profile), "cf": MARIO.cf}
        values = {field.name: known[field.name] for field in wanted}
        consents = [text.name for text in self.profile.consents]
        self.registrar.complete_data(self._token("identity"), values, consents=consents)

    def do_align(self) -> None:
        """Accept the alignment."""
        self.registrar.align(self._token("identity"), accept=True)

    def do_align_not(self) -> None:
        """Refuse the alignment."""
        self.registrar.align(self._token("identity"), accept=False)

    # -- operators ---------------------------------------------------------------------------

    def do_approve(self) -> None:
        """Enable."""
        self.registrar.approve(SECRETARIAT, self.account_id)

    def do_reject(self) -> None:
        """Turn away."""
        self.registrar.reject(OFFICE, self.account_id, "perché")

    def do_identify_in_person(self) -> None:
        """See the person."""
        self.world.looked_at(self._here())

    def do_identify_in_person_by_another(self) -> None:
        """See the person, where somebody else may have seen them before."""
        if self._here().first_look is None:
            raise _NotHere
        self.world.looked_at(self._here(), operator=COLLEAGUE)

    def do_suspend(self) -> None:
        """Suspend."""
        self.registrar.suspend(HELP_DESK, self.account_id, "perché")

    def do_reinstate(self) -> None:
        """Reinstate."""
        self.registrar.reinstate(HELP_DESK, self.account_id, "perché")

    def do_correct_data(self) -> None:
        """Give the account another address."""
        email = f"corretta@{(self._here().email or '@example.it').partition('@')[2]}"
        self.registrar.correct_data(HELP_DESK, self.account_id, {"email": email}, "perché")

    def do_cancel_by_operator(self) -> None:
        """End the account."""
        self.registrar.cancel(operator=HELP_DESK, account_id=self.account_id)

    # -- the clock ---------------------------------------------------------------------------

    def do_expire(self) -> None:
        """Let time pass up to the deadline."""
        account = self._here()
        if account.due_at is None:
            raise _NotHere
        self.world.clock.set(max(account.due_at, self.world.clock.now()))
        if self.place()[:2] == ("active", "set"):
            self.registrar.handle(WarnPassword(account_id=account.id))
        self.world.clock.set(max(self._here().due_at or account.due_at, self.world.clock.now()))
        self.registrar.handle(Expire(account_id=account.id))


class _NotHere(Exception):  # noqa: N818 - an answer, not a malfunction
    """This cannot be tried from here."""
