"""What several chapters need: context, letters, derived secrets, sessions."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import datetime
from typing import Any

import attrs

from registrazione.core.account import Account, DerivedCredential, SessionRef
from registrazione.core.answer import Next, Offer
from registrazione.core.commands import Command
from registrazione.core.decision import Decision, Letter
from registrazione.core.enabling import has_enabling, was_seen
from registrazione.core.events import Event
from registrazione.core.generation import drawn_name
from registrazione.core.profile import Profile, Service
from registrazione.core.questions import (
    Derive,
    Draw,
    Find,
    Fingerprint,
    Flow,
    NewestKey,
    SignToken,
    WithinLimit,
    ask,
)
from registrazione.core.records import Key
from registrazione.core.refusals import Fault, fault, refusal
from registrazione.core.secret import Secret
from registrazione.core.states import IN_USE, AccountState, CodeState, PasswordState
from registrazione.core.tokens import Purpose

MOST_SESSIONS = 10


@attrs.frozen
class Context:
    """What every flow is given.

    Args:
        profile: The procedure.
        now: The present time.
        counted: Which attempt this command has counted on which account. Whoever is overtaken
            and decides again does not count it again.
        judged: Accounts on which a wrong secret was found to be one.
    """

    profile: Profile
    now: datetime
    counted: dict[str, type[Event]] = attrs.field(factory=dict[str, type[Event]], eq=False)
    judged: set[str] = attrs.field(factory=set[str], eq=False)

    def key(self, kind: str, value: str) -> Key:
        """Return a key of this procedure's realm."""
        return Key(self.profile.realm, kind, value)


FlowFunction = Callable[[Context, Any, Any], Generator[Any, Any, Decision]]


def in_use(ctx: Context, kind: str, value: str, *, but: str) -> Flow[tuple[Account, ...]]:
    """Return the accounts in use, other than one's own, that are found by this.

    Args:
        ctx: The context.
        kind: ``codice_fiscale`` or ``email``. Of what the procedure lets several people share,
            nobody's is in anybody's way.
        value: Canonical; nothing is nobody's.
        but: Id of one's own.
    """
    if kind not in ctx.profile.unique or not value:
        return ()
    found = yield from ask(Find(ctx.key(kind, value)))
    return tuple(other for other in found if other.id != but and other.state in IN_USE)


def new_id() -> Flow[str]:
    """Draw an unguessable identifier of 128 bits."""
    drawn = yield from ask(Draw(16))
    return drawn_name(drawn)


def letter(kind: str, account: Account, **params: str) -> Letter:
    """Return a letter to the account's reference address."""
    return Letter(kind=kind, to=account.email or "", about=account, params=params)


def no_letter() -> Letter:
    """Return the letter that is written to nobody: the same work where there is no one."""
    return Letter(kind="none", to="")


def limit(ctx: Context, command: Command, *subjects: tuple[str, str]) -> Flow[None]:
    """Count this request for its origin and for what it is about.

    Args:
        ctx: The context.
        command: Whose ``origin`` is counted.
        subjects: Kind and value of what it is about, such as an address.

    Raises:
        Refusal: ``limit.reached``; the same whether or not anybody is known by that value.
    """
    limits = ctx.profile.limits
    counted = [("origin", command.origin, limits.origin)] if command.origin else []
    counted += [(kind, value, limits.public) for kind, value in subjects if value]
    for kind, value, most in counted:
        name = yield from ask(Fingerprint(kind, Secret(value)))
        scope = f"{command.name}.{kind}"
        if not (yield from ask(WithinLimit(scope, name, most, limits.window, ctx.now))):
            raise refusal("limit.reached", minutes=int(limits.window.total_seconds() // 60))


# -- secrets that the system makes ----------------------------------------------------------


def derived(kind: str, account: Account) -> Flow[DerivedCredential]:
    """Return the next secret of this kind: what to keep of it, not the secret itself."""
    key_id = yield from ask(NewestKey())
    return DerivedCredential(kind=kind, generation=account.generation + 1, key_id=key_id)


def reveal(profile: Profile, account_id: str, credential: DerivedCredential) -> Flow[Secret | None]:
    """Derive a generated secret again; ``None`` when its key has retired."""
    entropy = yield from ask(
        Derive(credential.kind, account_id, credential.generation, credential.key_id)
    )
    if entropy is None:
        return None
    policy = profile.personal_code if credential.kind == "code" else profile.password
    return None if policy is None else Secret(policy.generate(entropy))


# -- sessions -------------------------------------------------------------------------------


def new_session(
    ctx: Context, account: Account, method: str, destination: str, there: str = ""
) -> Flow[tuple[tuple[SessionRef, ...], str]]:
    """Return the account's sessions with a new one, and the new one's token."""
    session_id = yield from new_id()
    ref = SessionRef(
        id=session_id,
        started_at=ctx.now,
        until=ctx.now + ctx.profile.lifetimes.session,
        method=method,
        destination=destination,
        there=there,
    )
    living = tuple(s for s in account.sessions if s.until > ctx.now)
    token = yield from ask(SignToken(Purpose.SESSION, account.id, 0, session_id, ctx.now))
    return (*living, ref)[-MOST_SESSIONS:], token


def what_next(ctx: Context, account: Account) -> Next:
    """Return what somebody who is signed in does next."""
    if account.password in {PasswordState.TEMPORARY, PasswordState.EXPIRED}:
        return Next.CHANGE_PASSWORD
    if account.code is CodeState.TEMPORARY and ctx.profile.personal_code is not None:
        return Next.CHANGE_PERSONAL_CODE
    return Next.USE_SERVICES


WAITING_NEXT = {
    AccountState.AWAITING_LINK: Next.OPEN_LINK,
    AccountState.AWAITING_SECRETARIAT: Next.WAIT_FOR_SECRETARIAT,
    AccountState.AWAITING_PRESENCE: Next.GO_IN_PERSON,
}


def link_until(ctx: Context, account: Account) -> datetime | None:
    """Return until when the mailed link is good, while the account waits for it."""
    if account.state is not AccountState.AWAITING_LINK:
        return None
    return account.waiting_since + ctx.profile.lifetimes.link


# -- services -------------------------------------------------------------------------------


def service_fault(ctx: Context, account: Account, service: Service | None) -> Fault | None:
    """Return why this account may not use the service now, if it may not (UNI-09, POL-21)."""
    if service is None:
        return fault("service.unknown", "service")
    if ctx.profile.external and not service.external:
        return fault("service.not_for_external", "service")
    if service.categories and account.values.get("category") not in service.categories:
        return fault("service.not_for_category", "service")
    if (when := service.window.fault_at(ctx.now)) is not None:
        return fault(f"service.{when}", "service")
    return enabling_fault(ctx, account) if service.personal_code else None


def enabling_fault(ctx: Context, account: Account) -> Fault | None:
    """Return what is missing of the person's own code, and of being seen (POL-02, POL-10)."""
    seen = was_seen(account) or not has_enabling(ctx.profile)
    if seen and account.code is CodeState.SET:
        return None
    return fault("service.enabling_required", "service")


def offers(ctx: Context, account: Account) -> tuple[Offer, ...]:
    """Return the services, each with whether this account may use it (MIM-39)."""
    found: list[Offer] = []
    for service in ctx.profile.services:
        problem = service_fault(ctx, account, service)
        found.append(
            Offer(
                name=service.name,
                open=problem is None,
                why_not=problem.code if problem else "",
                favourite=service.name in account.favourites,
            )
        )
    return tuple(found)
