"""The second click on the button of a mailed link: it shows what the first one did.

A link works once, so that a browser without scripts, whose double click sends the form twice and
shows what the second brings, would tell somebody who has just been confirmed that the link is no
longer good. A page therefore remembers, in its own cookie, that the link was good when it was
opened, and what it would change. Whoever presses again reads what has become of that; who opens a
used link anew does not, and nothing is ever done twice (UNI-06).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from registrazione.contrib.web.cookies import short
from registrazione.contrib.web.visit import Work
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.flows.common import WAITING_NEXT
from registrazione.core.profile import Gate
from registrazione.core.states import AccountState, PasswordState
from registrazione.core.tokens import Purpose, TokenClaims

_Asking = Generator[Work, Any, Any]

_PURPOSES: Mapping[str, Purpose] = {
    "activate": Purpose.ACTIVATION,
    "email": Purpose.EMAIL,
    "reset": Purpose.RESET,
}
"""What the links of each page are good for."""


def _gate(account: Account) -> str:
    return "passed" if Gate.LINK in account.gates_passed else ""


def _address(account: Account) -> str:
    return short(account.pending_email or account.personal_email or "")


def _password(account: Account) -> str:
    return account.password_set_at.isoformat() if account.password_set_at is not None else ""


def _confirmed(account: Account, before: str) -> bool:
    return _gate(account) != before


def _moved(account: Account, before: str) -> bool:
    return account.pending_email is None and _address(account) == before


def _replaced(account: Account, before: str) -> bool:
    # A new password ends every session: who only changed it is signed in still.
    is_set = account.password is PasswordState.SET and not account.sessions
    return is_set and _password(account) != before


_CHANGED: Mapping[str, tuple[Callable[[Account], str], Callable[[Account, str], bool]]] = {
    "activate": (_gate, _confirmed),
    "email": (_address, _moved),
    "reset": (_password, _replaced),
}
"""What a link would change, and whether it has since."""


def mark_of(page: str, token: str) -> _Asking:
    """Return what a page remembers of a link that is good, as JSON carries it; else nothing.

    Args:
        page: Name of the link's page.
        token: What stands in the link.
    """
    found = yield from _account(page, token)
    if found is None or found[0].epoch != found[1].epoch:
        return {}
    before, _ = _CHANGED[page]
    return {"before": before(found[0])}


def done_before(page: str, token: str, mark: Mapping[str, str]) -> _Asking:
    """Return the answer that the first click brought, or ``None`` if there was none.

    Args:
        page: Name of the link's page.
        token: What stands in the link, which is used or overtaken by now.
        mark: What the page remembers.
    """
    found = yield from _account(page, token)
    if found is None or "before" not in mark:
        return None
    account, _ = found
    _, has_changed = _CHANGED[page]
    if not has_changed(account, mark["before"]):
        return None
    if account.state is AccountState.ACTIVE:
        mailed = account.password is PasswordState.TEMPORARY
        return Answer(next=Next.READ_MAIL if mailed else Next.SIGN_IN, account=account)
    waits_for = WAITING_NEXT.get(account.state)
    return None if waits_for is None else Answer(next=waits_for, account=account)


def _account(page: str, token: str) -> Generator[Work, Any, tuple[Account, TokenClaims] | None]:
    """Return whose link it is, and what it says, if it is genuine."""
    claims = yield lambda r: r.parts.vault.read_token(_PURPOSES[page], token)
    if claims is None:
        return None
    account: Account | None = yield lambda r: r.load(claims.account_id)
    return None if account is None else (account, claims)
