"""The laws of identity providers, kept by the relying party: alone and in a federation."""

from __future__ import annotations

from itertools import count

import attrs
import pytest

from registrazione.core.account import Identity, VerifiedIdentity
from registrazione.testing import ProviderConformance, ProviderUnderTest
from registrazione.testing.laws.providers import ONCE
from registrazione.testing.oidc_bends import put
from registrazione.testing.oidc_federation import FakeFederation, entity_of, provider_in
from registrazione.testing.oidc_op import FakeOp, Twist
from registrazione.testing.oidc_stage import ADELE, Stage, client_of
from registrazione.testing.people import PEOPLE

TOLD = {
    **PEOPLE.adele.data(email=PEOPLE.adele.email, phone=PEOPLE.adele.phone),
    "document_type": "cartaIdentita",
    "document_number": "CA12345AA",
    "document_issuer": "Comune di Milano",
    "document_issued": "2025-01-01",
    "document_expires": "2035-01-01",
}


class Responses:
    """Fresh answers of a fake provider."""

    def __init__(self, provider, client, op):
        """Count the sign-ins, so that each has a name of its own."""
        self.provider, self.client, self.op = provider, client, op
        self.serial = count()

    def good(self, person=ADELE):
        """Return an answer that proves who somebody is."""
        state = f"{next(self.serial):0>32}"
        outgoing = self.provider.start(self.client.redirect_uri, state)
        return self.op.sign_in(outgoing.url, person)

    def forged(self):
        """Return the answer of another provider."""
        return {**self.good(), "iss": "https://other.example"}

    def expired(self):
        """Return an answer to which the next token is one of yesterday."""
        answer = self.good()

        def once(claims, op):
            op.twist = Twist()
            return put(exp=0)(claims, op)

        self.op.twist = Twist(claims=once)
        return answer

    def unavailable(self):
        """Return an answer of a provider that falls ill."""
        return self.good("provider-is-ill")

    def under_test(self):
        """Return all of it."""
        identity = Identity(provider=self.client.name, issuer=self.op.issuer, subject=f"op/{ADELE}")
        return ProviderUnderTest(
            provider=self.provider,
            good=self.good,
            identity=VerifiedIdentity(
                identity=identity,
                codice_fiscale=PEOPLE.adele.codice_fiscale,
                values=TOLD,
                level=2,
            ),
            bad={
                "invalid": self.forged,
                "expired": self.expired,
                "unavailable": self.unavailable,
                "cancelled": lambda: self.good("gives-up"),
                "level_too_low": lambda: self.good("adele-1"),
            },
        )


class TestPlain(ProviderConformance):
    """Plain OpenID Connect."""

    capabilities = frozenset({ONCE})

    @pytest.fixture
    def provider_under_test(self):
        """A relying party and a provider, in this process."""
        stage = Stage()
        return Responses(stage.provider, stage.client, stage.op).under_test()


class TestFederated(ProviderConformance):
    """CIE's profile, in a federation."""

    capabilities = frozenset({ONCE})

    @pytest.fixture
    def provider_under_test(self):
        """The same below a trust anchor."""
        stage = Stage()
        federation = FakeFederation(FakeOp(stage.clock))
        client = client_of("cie", name="cie")
        federation.join(entity_of(client, federation))
        provider = provider_in(federation, client)
        return Responses(provider, client, federation.op).under_test()


def test_the_answer_goes_to_another_process():
    """Nothing is kept but what can be made again: another instance takes the answer."""
    stage = Stage()
    answer = stage.answer()
    other = stage.build(attrs.evolve(stage.client), stage.op)

    assert other.verify(answer).identity.subject == f"op/{ADELE}"
