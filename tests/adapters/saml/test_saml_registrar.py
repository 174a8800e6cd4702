"""A procedure with SPID, from the button to an active account, and what is refused on the way."""

from __future__ import annotations

import pytest
from tests.adapters.saml.stage import CALLBACK, provider

from registrazione import Registrar
from registrazione.core.refusals import Refusal
from registrazione.core.states import AccountState
from registrazione.service.clock import SystemClock
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import SamlIdp

CLOCK = SystemClock()
IDP = SamlIdp("https://idp.example", CLOCK)


@pytest.fixture
def registrar():
    """One that lets people in with SPID."""
    return Registrar.open(
        profile="unimi-external",
        storage="memory://",
        mailer="memory://",
        secret_keys=["a key of the tests, long enough to be one"],
        base_url="https://service.example",
        identity_providers=[provider(CLOCK, (IDP,))],
    )


def asked(registrar, state):
    """Return what the service asks for, once the button is pressed."""
    sent = registrar.start_sign_in_with("spid", callback_url=CALLBACK, state=state)
    return IDP.read(sent, CALLBACK)


@pytest.mark.requirement("UNI-02", "UNI-10")
def test_an_account_is_active_at_once(registrar):
    """There and back, and the account is the person's; the second time it is the same one."""
    accounts = []
    for state in ("first", "second"):
        draft = IDP.draft(asked(registrar, state), PEOPLE.adele)
        accounts.append(registrar.sign_in_with("spid", IDP.answer(draft)).account)

    assert [account.state for account in accounts] == [AccountState.ACTIVE] * 2
    assert accounts[0].id == accounts[1].id
    assert accounts[0].codice_fiscale == PEOPLE.adele.codice_fiscale


@pytest.mark.parametrize(
    ("number", "code"),
    [(19, "identity.spid_19"), (25, "identity.spid_25"), (11, "identity.unavailable")],
)
def test_an_anomaly_is_a_refusal_with_words(registrar, number, code):
    """What the provider says is told to the person."""
    with pytest.raises(Refusal) as caught:
        registrar.sign_in_with("spid", IDP.refusal(asked(registrar, "state"), number))

    assert caught.value.code == code


@pytest.mark.requirement("UNI-04")
def test_a_lower_level_is_a_refusal(registrar):
    """The level that was asked for is the least."""
    draft = IDP.draft(asked(registrar, "state"), PEOPLE.adele, level=1)
    with pytest.raises(Refusal) as caught:
        registrar.sign_in_with("spid", IDP.answer(draft))

    assert caught.value.code == "identity.level_too_low"
