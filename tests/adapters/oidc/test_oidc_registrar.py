"""A procedure with OpenID Connect, by nothing but settings: choice, account, document, sign-out."""

from __future__ import annotations

import pytest

from registrazione import Registrar
from registrazione.adapters.memory import MemoryStore
from registrazione.core.refusals import Refusal
from registrazione.core.states import AccountState
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_attacks_choices import FIRST, SECOND
from registrazione.testing.oidc_federation import FakeFederation
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_op import FakeOp
from registrazione.testing.oidc_stage import ADELE, NOW, STATE
from registrazione.testing.people import PEOPLE

BASE = "https://rp.example/enrol"
CALLBACK = f"{BASE}/identity/cie/callback"


class World:
    """Two providers below an anchor, and as many processes of a service as are opened."""

    def __init__(self):
        """Nobody knows the service yet."""
        self.clock = ManualClock(NOW)
        self.second = FakeOp(self.clock, issuer=SECOND, signer=key_of("second", "RS256"))
        self.first = FakeOp(self.clock, issuer=FIRST)
        self.federation = FakeFederation(self.first, others=(self.second,))
        self.store = MemoryStore()

    def registrar(self):
        """Open one more process of the service, which the federation then knows."""
        key = key_of("rp").key.as_dict(private=True)
        options = {
            "private_key": key,
            "signing_alg": "ES256",
            "encryption_key": key_of("rp", "RSA-OAEP-256").key.as_dict(private=True),
            "federation_key": key_of("rp-federation").key.as_dict(private=True),
            "federation_alg": "ES256",
            "providers": [FIRST, SECOND],
            "trust_anchors": self.federation.anchors,
            "entity": {"authority_hints": [self.federation.anchor], "organisation": "Ente"},
            "http": self.federation,
        }
        opened = Registrar.open(
            profile="iscrizioni-online",
            storage=self.store,
            encrypt=False,
            mailer="memory://",
            secret_keys=["a key of the tests, long enough to be one"],
            base_url=BASE,
            clock=self.clock,
            identity_providers=["oidc://?dialect=cie&name=cie"],
            options={"cie": options},
        )
        (provider,) = opened.parts.identities._providers.values()
        self.federation.join(provider.entity)
        return opened

    def answer(self, registrar, choice=SECOND):
        """Return what a browser comes back with that has chosen."""
        sent = registrar.start_sign_in_with(
            "cie", callback_url=CALLBACK, state=STATE, choice=choice
        )
        op = self.second if choice == SECOND else self.first
        return op.sign_in(sent.url, ADELE)


@pytest.fixture
def world():
    """A new one for each test."""
    return World()


@pytest.mark.requirement("IOL-11", "MIM-08")
def test_somebody_chooses_signs_in_and_leaves(world):
    """The account is the person's; the way out leads to the provider that was chosen."""
    registrar = world.registrar()
    assert {choice.name for choice in registrar.identity_choices("cie")} == {FIRST, SECOND}

    answer = registrar.sign_in_with("cie", world.answer(registrar))
    left = registrar.start_sign_out_with("cie", session=answer.provider_session, state=STATE)

    assert answer.account.codice_fiscale == PEOPLE.adele.codice_fiscale
    assert answer.account.state is not AccountState.CANCELLED
    assert left.url.startswith(f"{SECOND}/leave?")
    assert registrar.end_sessions_with("cie", {"state": STATE}).sessions == ()


def test_the_service_says_who_it_is(world):
    """The entity configuration is at the address that its own name leads to."""
    document = world.registrar().identity_document("cie", ".well-known/openid-federation")

    assert document.media_type == "application/entity-statement+jwt"


def test_without_a_choice_one_is_asked_for(world):
    """Among several nobody guesses."""
    with pytest.raises(Refusal) as caught:
        world.registrar().start_sign_in_with("cie", callback_url=CALLBACK, state=STATE)

    assert caught.value.code == "identity.choice_needed"


def test_an_answer_counts_once_in_all_processes(world):
    """The account remembers it, though the provider forgets its codes and we our memory."""
    one, two = world.registrar(), world.registrar()
    world.second.takes_codes_twice = True
    answer = world.answer(one)
    one.sign_in_with("cie", answer)
    with pytest.raises(Refusal) as caught:
        two.sign_in_with("cie", answer)

    assert caught.value.code == "identity.replayed"
