"""Three portals of a realm, asked for anything in any order: only refusals, and nothing is left."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.properties.realm import ACTIONS, PORTALS, WAITS, Realm
from tests.world import MARIO

from registrazione.core.account import Account
from registrazione.core.states import AccountState, LinkState, PasswordState

STEPS = st.lists(
    st.tuples(st.sampled_from(PORTALS), st.sampled_from(ACTIONS), st.sampled_from(WAITS)),
    min_size=5,
    max_size=45,
)
REGISTERED = [(0, name) for name in ("confirm", "activate", "sign_in", "change_password")]
"""What makes an account of the first portal one in use."""
ENDED = {AccountState.EXPIRED, AccountState.CANCELLED}
OPENED = {PasswordState.TEMPORARY, PasswordState.SET, PasswordState.EXPIRED}


def quickly(*steps):
    """Return steps between which no time passes."""
    return [(number, action, WAITS[0]) for number, action in steps]


def check(account: Account, now) -> None:
    """Look at everything that has to hold of any account at any time."""
    if account.state in ENDED:
        kept = (account.credential, account.code_credential, account.offered, account.pending_email)
        assert (kept, account.identities, account.history) == ((None,) * 4, (), ())
        assert account.ended_at is not None
    if account.state is not AccountState.ACTIVE:
        assert account.sessions == ()
    if account.offered is not None:
        assert account.password in OPENED
    if account.link is LinkState.ONLY:
        assert account.password in {PasswordState.OFF, PasswordState.NONE}
    assert (account.pending_identity is None) == (
        account.link not in {LinkState.DATA_MISSING, LinkState.TO_ALIGN}
    )
    assert account.failures <= 2
    assert len({ref.id for ref in account.sessions}) == len(account.sessions)


@settings(max_examples=120, deadline=None)
@given(STEPS)
@example(
    quickly(
        *REGISTERED, (0, "request_reset"), (0, "spid"), (0, "align"), (0, "sign_in_with_mailed")
    )
)
@example(
    [
        *quickly((2, "confirm"), (2, "activate"), (2, "identify"), (2, "sign_in"), (0, "suspend")),
        (2, "timers", WAITS[4]),
    ]
)
def test_nothing_but_refusals(steps):
    """Whatever is asked of whichever portal and whenever, even with the clock put back.

    No rule of the machine is broken, a person has one account in use, and the trail names nobody.
    """
    realm = Realm()
    for number, action, wait in [*quickly(*REGISTERED), *steps]:
        realm.step(number, action, wait)
        if (account := realm.registrar.load(realm.account_id)) is not None:
            check(account, realm.world.clock.now())
        of_mario = realm.world.found("codice_fiscale", MARIO.cf)
        in_use = [a for a in of_mario if a.state in {AccountState.ACTIVE, AccountState.SUSPENDED}]
        assert len(in_use) <= 1
    trail = repr(realm.world.told)
    for personal in (MARIO.cf, MARIO.surname, "istruzione.it", "Password", MARIO.code):
        assert personal not in trail
