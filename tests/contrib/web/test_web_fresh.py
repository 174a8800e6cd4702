"""Whoever signed in long ago signs in once more to close the account, and comes back to it."""

from __future__ import annotations

import attrs
import pytest
from tests.contrib.web.browserless import come_in, visitor_of
from tests.world import MARIO

from registrazione.core.states import AccountState, PasswordState
from registrazione.profiles import load

NEEDED = (
    "Per la tua sicurezza accedi di nuovo: questa operazione richiede un accesso degli ultimi "
    "15 minuti."
)


def account_of(visitor):
    """Return the account as it is now."""
    return visitor.world.found("username", MARIO.username)[0]


@pytest.mark.parametrize("awaitable", [False, True])
def test_an_account_is_closed_after_signing_in_once_more(awaitable) -> None:
    """The login page says why; behind it the page that was asked for waits (MIM-29)."""
    visitor = come_in(visitor_of(awaitable=awaitable))
    visitor.world.wait(hours=1)
    visitor.get("/profile/cancel").submit()

    assert (visitor.name, visitor.said) == ("sign_in", [NEEDED])
    assert account_of(visitor).state is AccountState.ACTIVE
    visitor.submit({"username": MARIO.username, "password": MARIO.password})
    assert visitor.name == "cancel"
    account = account_of(visitor)
    visitor.submit()
    assert visitor.world.reload(account).state is AccountState.CANCELLED


def test_whoever_does_not_sign_in_again_stays_signed_in() -> None:
    """The session is as good as before for everything else."""
    visitor = come_in(visitor_of())
    visitor.world.wait(hours=1)
    visitor.get("/profile/cancel").submit()

    assert visitor.get("/profile").name == "profile"


def test_without_a_password_another_address_takes_a_fresh_sign_in() -> None:
    """There is no password to ask for on that page (ASVS 5.0, 7.5.1)."""
    procedure = load("unimi-external")
    free = attrs.evolve(procedure.federation, locked=())
    visitor = come_in(visitor_of(attrs.evolve(procedure, federation=free)))
    visitor.world.put(account_of(visitor), password=PasswordState.OFF)
    visitor.world.wait(hours=1)
    visitor.get("/profile/email").submit({"email": "n@example.it"})

    assert (visitor.name, visitor.said) == ("sign_in", [NEEDED])
    assert account_of(visitor).pending_email is None
