"""Everything that can happen to one account, tried out on a real registrar.

From every place that the account gets to, every command is tried in every way that could move
it. What the procedure really does is written down as moves, to be held against
``registrazione.core.reach``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import reduce
from itertools import count
from typing import Any

import attrs
from tests.world import (
    COLLEAGUE,
    DIGEST,
    MARIO,
    NOON,
    OFFICE,
    SECRETARIAT,
    World,
    domain_of,
)

from registrazione import Operator, Refusal
from registrazione.core.account import Account, DerivedCredential, SessionRef, SlowCredential
from registrazione.core.commands import Command
from registrazione.core.evolve import claims_of, due_at, keys_of
from registrazione.core.flows.common import reveal
from registrazione.core.machine import RULES, TRIGGERS
from registrazione.core.profile import Profile
from registrazione.core.reach import Move, Place, arrivals, happened
from registrazione.core.records import Change, Criteria, Write
from registrazione.core.secret import Secret
from registrazione.core.ways import States
from registrazione.profiles import load
from registrazione.service.driver import run

COMMANDS: dict[str, type[Command]] = {command.name: command for command in RULES}
EVENTS = {event: event for events in TRIGGERS.values() for event in events}
PASSWORD, CODE = "PasswordPresente1", "codicepresente1"

VALUES = ("name", "surname", "birth_date", "birth_place", "sex")
"""What an account from elsewhere has, of all that a form may ask for."""

OTHER_IDENTITY = attrs.evolve(MARIO.vouched().identity, issuer="https://altro")
"""The same person as another provider of the same system knows them."""


class Unlimited:
    """Count nothing."""

    def hit(self, *_: object) -> bool:
        """Let everybody pass."""
        return True


def quick(name: str) -> Profile:
    """Return a procedure, open at any time, whose passwords are judged without word lists."""
    profile = load(name)
    policy = attrs.evolve(profile.password, min_strength=None, breach_check=False)
    return attrs.evolve(profile, password=policy, window=type(profile.window)())


def name_of(event: type) -> str:
    """Return the name that the audit trail has for an event."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in event.__name__).lstrip("_")


NAMES = {name_of(event): event for event in EVENTS}


def place_of(account: Account) -> Place:
    """Return where an account stands."""
    states = States(
        state=account.state, password=account.password, code=account.code, link=account.link
    )
    return Place(states, frozenset(account.gates_passed))  # type: ignore[arg-type]


class Explorer:
    """Walks through a procedure.

    Args:
        profile: The procedure.
    """

    def __init__(self, profile: Profile) -> None:
        """Open the registrar."""
        self.profile = profile
        self.world = World(profile, at=NOON, limiter=Unlimited())
        self.registrar = self.world.registrar
        self.found: set[Move] = set()
        self.account: Account | None = None
        self.ticket = ""
        self._numbers = count()

    def explore(self) -> set[Move]:
        """Return every move that was seen, from every place that was reached."""
        waiting: list[Account] = []
        seen: set[Place] = set()
        for begin in (self._confirm, self._spid_new, self._spid_unknown, self._spid_complete):
            self._clear()
            waiting += self._watched(begin)
        waiting += [self._arrived(place) for place in arrivals(self.profile)]
        while waiting:
            account = waiting.pop(0)
            if place_of(account) in seen:
                continue
            seen.add(place_of(account))
            for action in self._actions():
                waiting += self._tried(account, action)
        return self.found

    def _arrived(self, place: Place) -> Account:
        """Return an account in use that comes from another portal of the realm."""
        states = attrs.asdict(place.states)
        known = place.states.link == "linked"
        return Account(
            id="arrived",
            profile=self.profile.name,
            realm=self.profile.realm,
            **states,
            gates_passed=tuple(place.passed),
            codice_fiscale=MARIO.cf,
            values={k: str(v) for k, v in MARIO.values(self.profile).items() if k in VALUES},
            username="mario.rossi",
            email=MARIO.email(domain_of(self.profile)),
            credential=None if known else SlowCredential(encoded=""),
            identities=(MARIO.vouched().identity,) if known else (),
            created_at=NOON,
            waiting_since=NOON,
            activated_at=NOON,
            last_used_at=NOON,
            password_set_at=None if known else NOON,
        )

    # -- one step ----------------------------------------------------------------------------

    def _tried(self, account: Account, action: Callable[[], object]) -> list[Account]:
        """Do something to the account as it was, and return what became of it."""
        self._clear()
        self.account = self._restored(account)
        self.ticket = self._token("ticket")
        return self._watched(action)

    def _watched(self, action: Callable[[], object]) -> list[Account]:
        """Do something, and write down what it did to the account."""
        self._before = self.account
        self._told = len(self.world.told)
        with suppress(Refusal):
            action()
        if self.account is None:
            return []
        told = [r for r in self.world.told[self._told :] if r.account_id == self.account.id]
        events = tuple(NAMES[r.event] for r in told if r.event in NAMES)
        if not events:
            return []
        name = next((r.event for r in told if r.event in COMMANDS), None)
        source = None if self._before is None else place_of(self._before)
        after = self.world.store.load(self.account.id)
        target = place_of(after) if after else self._without(events)
        self.found.add(Move(COMMANDS[name] if name else None, source, events, target))
        return [after] if after else []

    def _without(self, events: tuple[type, ...]) -> Place:
        """Return where an account would stand that gave way and was erased at once."""
        here = place_of(self._here)
        return attrs.evolve(here, states=reduce(happened, events, here.states))

    def _clear(self) -> None:
        """Erase everybody, and go back to the beginning of time."""
        self.account, self.ticket = None, ""
        self.world.clock.set(NOON)
        realm = Criteria(realm=self.profile.realm)
        for other in self.world.store.search(realm, None, 1000).items:
            erased = Write(account_id=other.id, expected=other.version, account=None)
            self.world.store.commit(Change(writes=(erased,)))

    def _restored(self, account: Account) -> Account:
        """Put an account back as it was, with secrets that are known and somebody signed in."""
        session = SessionRef(
            id="session", started_at=NOON, until=NOON + dt.timedelta(hours=1), method="password"
        )
        known: dict[str, Any] = {"version": 1, "history": (), "failures": 0, "code_failures": 0}
        if isinstance(account.credential, SlowCredential):
            known["credential"] = SlowCredential(
                encoded=self.world.hasher.hash(Secret(self._canonical(PASSWORD)))
            )
        if isinstance(account.code_credential, SlowCredential):
            known["code_credential"] = SlowCredential(encoded=self.world.hasher.hash(Secret(CODE)))
        if account.state == "active":
            known["sessions"] = (session,)
        if account.temporary_until is not None:
            known["temporary_until"] = NOON + self.profile.lifetimes.temporary
        for name in ("created_at", "waiting_since", "activated_at", "password_set_at"):
            known[name] = NOON if getattr(account, name) else None
        account = attrs.evolve(account, **known)
        account = attrs.evolve(account, due_at=due_at(account, self.profile))
        write = Write(
            account_id=account.id,
            expected=0,
            account=account,
            keys=keys_of(account),
            claims=claims_of(account, self.profile),
        )
        self.world.store.commit(Change(writes=(write,)))
        return account

    # -- what is needed ----------------------------------------------------------------------

    @property
    def _here(self) -> Account:
        assert self.account is not None
        return self.account

    def _canonical(self, text: str) -> str:
        return self.profile.password.canonical(text)

    def _token(self, purpose: str, extra: str = "") -> str:
        epoch = 0 if purpose in {"ticket", "session"} else self._here.epoch
        now = self.world.clock.now()
        token: str = self.world.vault.sign_token(purpose, self._here.id, epoch, extra, now)
        return token

    def _session(self) -> str:
        return self._token("session", "session")

    def _fresh(self) -> str:
        """Return a password that nobody had before."""
        return f"PasswordNuova{next(self._numbers):04}"

    def _secret(self, credential: object, otherwise: str) -> str:
        """Return a secret of the account, generated or chosen."""
        if isinstance(credential, DerivedCredential):
            flow = reveal(self.profile, self._here.id, credential)
            return str(run(flow, self.registrar.parts).text())
        return otherwise

    def _password(self) -> str:
        return self._secret(self._here.credential, PASSWORD)

    def _code(self) -> str:
        return self._secret(self._here.code_credential, CODE)

    def _login(self) -> str:
        return self._here.username or self._here.email or "nobody@example.it"

    # -- what can be tried -------------------------------------------------------------------

    def _actions(self) -> list[Callable[[], object]]:
        """Return all of it."""
        r, me = self.registrar, lambda: self._here.id
        return [
            self._activate,
            lambda: r.resend_activation(ticket=self.ticket),
            lambda: r.correct_email(self.ticket, "altra@" + domain_of(self.profile)),
            lambda: r.approve(SECRETARIAT, me()),
            lambda: r.reject(SECRETARIAT, me(), "prova"),
            lambda: self._looked_at(OFFICE),
            self._second_look,
            self._sign_in,
            lambda: self._sign_in(years=2),
            self._sign_in_with_offered,
            lambda: r.change_password(self._session(), self._password(), *[self._fresh()] * 2),
            self._reset,
            lambda: r.start_enabling(self._session()),
            lambda: r.change_personal_code(self._session(), self._code(), *["codicenuovo2"] * 2),
            self._block_by_changing,
            self._block_by_submitting,
            lambda: r.recover_personal_code(self._session()),
            lambda: self.world.spid(ticket=self.ticket),
            self.world.spid,
            lambda: self.world.spid(session=self._session()),
            lambda: self._spid_as(identity=OTHER_IDENTITY),
            lambda: self._spid_as(self._session(), identity=OTHER_IDENTITY),
            self._complete,
            lambda: r.align(self._token("identity"), accept=True),
            lambda: r.align(self._token("identity"), accept=False),
            lambda: r.suspend(SECRETARIAT, me(), "prova"),
            lambda: r.reinstate(SECRETARIAT, me(), "prova"),
            lambda: r.cancel(session=self._session()),
            lambda: r.cancel(operator=attrs.evolve(SECRETARIAT), account_id=me()),
            self._expire,
            self._cancel_unused,
            self._another,
        ]

    def _confirm(self) -> None:
        code = {"cf": MARIO.cf} if self.profile.field("cf") else {}
        self.account = self.world.confirmed(MARIO, **code).account

    def _spid_new(self) -> None:
        self.account = self.world.spid().account

    def _spid_unknown(self) -> None:
        """Come with an identity that tells next to nothing."""
        self._spid_as(values={"email": MARIO.email(domain_of(self.profile))})

    def _spid_complete(self) -> None:
        """Come with an identity that tells everything that the form asks for."""
        values = {k: str(v) for k, v in MARIO.values(self.profile).items()}
        self._spid_as(values=values)

    def _spid_as(self, session: str = "", **told: Any) -> None:
        """Come with an identity that tells something else than usual."""
        people = self.registrar.parts.identities._providers["spid"]._people
        usual = people[MARIO.username]
        people[MARIO.username] = attrs.evolve(usual, **told)
        try:
            answer = self.world.spid(session=session)
        finally:
            people[MARIO.username] = usual
        self.account = self.account or answer.account

    def _activate(self) -> None:
        at_link = self.profile.first_password == "at_link"
        new = [self._fresh()] * 2 if at_link else [None, None]
        self.registrar.activate(
            self._token("activation"), password=new[0], password_again=new[1], ticket=self.ticket
        )

    def _looked_at(self, operator: Operator) -> None:
        code = self._here.codice_fiscale or ""
        self.world.looked_at(self._here, operator=operator, codice_fiscale=code)

    def _second_look(self) -> None:
        """Let two operators see the person, one after the other."""
        self._looked_at(OFFICE)
        self._told = len(self.world.told)
        self._looked_at(COLLEAGUE)

    def _sign_in(self, years: int = 0) -> None:
        self.world.wait(days=365 * years)
        self.registrar.sign_in(self._login(), self._password())

    def _sign_in_with_offered(self) -> None:
        """Ask for a temporary password, and use it."""
        self.registrar.request_password_reset(email=self._here.email or "nobody@example.it")
        offered = self.world.store.load(self._here.id).offered
        self._told = len(self.world.told)
        if offered is not None:
            self.registrar.sign_in(self._login(), self._secret(offered, ""))

    def _reset(self) -> None:
        """Use a link for a new password, where such links are sent."""
        if self.profile.reset == "link":
            self.registrar.reset_password(self._token("reset"), *[self._fresh()] * 2)

    def _nearly_blocked(self) -> None:
        self.world.put(self._here, code_failures=self.profile.limits.code_attempts - 1)

    def _block_by_changing(self) -> None:
        self._nearly_blocked()
        self.registrar.change_personal_code(self._session(), "sbagliato1", "nuovo1234", "nuovo1234")

    def _block_by_submitting(self) -> None:
        self._nearly_blocked()
        service = next((s.name for s in self.profile.services if s.personal_code), "")
        self.registrar.authorise_submission(
            self._session(), "sbagliato1", service=service, digest=DIGEST
        )

    def _complete(self) -> None:
        values = MARIO.values(self.profile)
        for name in ("username", "password", "password_again"):
            values.pop(name, None)
        wanted = {f.name for f in self.profile.form}
        told = {**self._here.values, "email": self._here.email}
        typed = {k: v for k, v in values.items() if k in wanted and not told.get(k)}
        typed = {k: v for k, v in typed.items() if not told.get(k.removesuffix("_again"))}
        required = {f.name for f in self.profile.form if f.required}
        typed = {k: v for k, v in typed.items() if k in required}
        consents = [text.name for text in self.profile.consents]
        self.registrar.complete_data(self._token("identity"), typed, consents=consents)

    def _expire(self) -> None:
        if self._here.due_at is not None:
            self.world.clock.set(self._here.due_at)
        self.registrar.expire_due()
        # What is only warned of at first is due a second time.
        if len(self.world.told) == self._told + 1 and self._here.state == "active":
            self.world.wait(days=365)
            self.registrar.expire_due()

    def _cancel_unused(self) -> None:
        self.world.wait(days=365 * 4)
        self.registrar.cancel_unused()

    def _another(self) -> None:
        """Let the same person register once more, and come in first."""
        changes: dict[str, object] = {}
        if self.profile.field("username") is not None:
            changes["username"] = "un.altro"
        if "email" in self.profile.unique:
            changes["email"] = self._here.email
        answer = self.world.confirmed(MARIO, **changes)
        other, now = answer.account, self.world.clock.now()
        new = dict.fromkeys(("password", "password_again"), self._fresh())
        for gate in self.profile.gates:
            if gate == "link":
                epoch = self.world.store.load(other.id).epoch
                token = self.world.vault.sign_token("activation", other.id, epoch, "", now)
                self.registrar.activate(token, ticket=answer.ticket, **new)
            elif gate == "secretariat":
                self.registrar.approve(SECRETARIAT, other.id)
            else:
                self.world.seen(other)
