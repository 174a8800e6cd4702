"""The timers' rounds: every account that is due, in batches that can be broken off and resumed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import attrs

from registrazione.core.account import Account
from registrazione.core.commands import CancelUnused, Command, Expire, WarnPassword
from registrazione.core.profile import Profile
from registrazione.core.questions import Flow, Search, ask
from registrazione.core.records import Criteria
from registrazione.core.refusals import Refusal, refusal
from registrazione.core.states import AccountState
from registrazione.ports import StoreUnavailable
from registrazione.service.delivery import forget_dead
from registrazione.service.perform import perform

BATCH = 500

Progress = Callable[[int], None]
"""Told after each batch how many accounts were looked at so far."""

_ROME_IN_WINTER = timezone(timedelta(hours=1))
"""Years end in winter, so that this is when they end in Rome."""


def _silent(_seen: int) -> None:
    """Report progress to nobody."""


@attrs.frozen(kw_only=True)
class RoundReport:
    """What a round did.

    Args:
        seen: Accounts looked at.
        done: Those for which something happened; in a dry run, would happen.
        accounts: Their ids.
    """

    seen: int = 0
    done: int = 0
    accounts: tuple[str, ...] = ()


def expire_due(profile: Profile, now: datetime, progress: Progress = _silent) -> Flow[RoundReport]:
    """End what was not activated or used in time, and erase what ended long ago (UNI-06).

    With that go the addresses of letters that were given up as long ago.
    """
    criteria = Criteria(realm=profile.realm, due_before=now)
    report = yield from _round(profile, now, criteria, _expire, progress, dry_run=False)
    try:
        yield from forget_dead(profile.name, now - profile.lifetimes.retention)
    except StoreUnavailable as error:
        raise refusal("service.unavailable") from error
    return report


def warn_expiring_passwords(
    profile: Profile, now: datetime, progress: Progress = _silent
) -> Flow[RoundReport]:
    """Write to everybody whose password is about to expire (POL-17)."""
    criteria = Criteria(realm=profile.realm, states=(AccountState.ACTIVE,), due_before=now)
    return (yield from _round(profile, now, criteria, _warn, progress, dry_run=False))


def cancel_unused(
    profile: Profile, now: datetime, progress: Progress = _silent, *, dry_run: bool = False
) -> Flow[RoundReport]:
    """Cancel what nobody uses, as the profile says (UNI-19); a broken-off run just goes on."""
    if profile.cancellation is None:
        return RoundReport()
    year = now.astimezone(_ROME_IN_WINTER).year - profile.cancellation.years
    start = datetime(year, 1, 1, tzinfo=_ROME_IN_WINTER)
    criteria = Criteria(
        realm=profile.realm,
        states=(AccountState.ACTIVE, AccountState.SUSPENDED),
        created_before=start - timedelta(microseconds=1),
        unused_since=start,
    )

    def command(account: Account) -> Command:
        return CancelUnused(account_id=account.id, unused_since=start)

    return (yield from _round(profile, now, criteria, command, progress, dry_run=dry_run))


def _expire(account: Account) -> Command:
    return Expire(account_id=account.id)


def _warn(account: Account) -> Command:
    return WarnPassword(account_id=account.id)


def _round(
    profile: Profile,
    now: datetime,
    criteria: Criteria,
    command: Callable[[Account], Command],
    progress: Progress,
    *,
    dry_run: bool,
) -> Flow[RoundReport]:
    """Send one command for each account that meets the criteria.

    Accounts leave the criteria as they are dealt with, so that a round that was broken off is
    resumed by starting it again. One that cannot be written now is left for the next round.

    Raises:
        Refusal: ``service.unavailable``, where nobody can say which accounts they are.
    """
    seen = 0
    done: list[str] = []
    cursor: str | None = None
    while True:
        try:
            page = yield from ask(Search(criteria, cursor, BATCH))
        except StoreUnavailable as error:
            raise refusal("service.unavailable") from error
        for account in page.items:
            touched = dry_run or (yield from _happened(account, command(account), profile, now))
            done += [account.id] * touched
        seen += len(page.items)
        progress(seen)
        cursor = page.cursor
        if cursor is None:
            return RoundReport(seen=seen, done=len(done), accounts=tuple(done))


def _happened(account: Account, command: Command, profile: Profile, now: datetime) -> Flow[bool]:
    """Tell whether the command made something happen; a refusal leaves its line in the trail."""
    try:
        answer = yield from perform(command, profile, now)
    except Refusal:
        return False
    return answer.account is None or answer.account != account
