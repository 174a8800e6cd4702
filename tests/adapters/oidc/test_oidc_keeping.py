"""The record that SPID and CIE want kept, tokens given back, and what others read of us."""

from __future__ import annotations

import json
import logging

import attrs
import pytest

from registrazione.adapters.oidc.federation.entity import MEDIA_TYPE
from registrazione.adapters.oidc.provider import REMEMBERED
from registrazione.adapters.transactions import TransactionLog
from registrazione.core.secret import Secret
from registrazione.ports import IdentityError, ServesDocuments
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_bends import at, drop
from registrazione.testing.oidc_federation import FakeFederation, entity_of, provider_in
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_op import FakeOp, Twist
from registrazione.testing.oidc_stage import ADELE, NOW, STATE, Stage, client_of

MESSAGES = [
    "authorization request",
    "authorization response",
    "token request",
    "token response",
    "userinfo request",
    "userinfo response",
    "revocation request",
    "revocation response",
]
"""What the rules want kept of a sign-in (regole tecniche OIDC, Log management)."""


class Kept:
    """Keep in a list."""

    def __init__(self):
        """Start with nothing."""
        self.entries = []

    def keep(self, entry):
        """Add a message."""
        self.entries.append(entry)


class Full:
    """Have no room left, after so many messages."""

    def __init__(self, room):
        """Count down."""
        self.room = room

    def keep(self, _):
        """Refuse, in a way of its own."""
        if self.room == 0:
            raise RuntimeError("no room")
        self.room -= 1


def federated(evidence, **changes):
    """Return a federation, and a relying party in it that keeps a record."""
    federation = FakeFederation(FakeOp(ManualClock(NOW)))
    client = client_of("cie", **changes)
    federation.join(entity_of(client, federation))
    return federation, attrs.evolve(provider_in(federation, client), evidence=evidence)


def signed_in(federation, provider, person=ADELE, state=STATE):
    """Go there and back."""
    outgoing = provider.start(provider.client.redirect_uri, state)
    return provider.verify(federation.op.sign_in(outgoing.url, person))


@pytest.mark.requirement("MIM-08")
def test_every_message_is_kept_under_one_name():
    """The trust chain, question, tokens, person and revocation; no name tells of the person."""
    kept = Kept()
    federation, provider = federated(kept)
    signed_in(federation, provider)
    chain, *messages = kept.entries

    assert chain.kind == "trust chain"
    assert len(json.loads(chain.message)) == 4
    assert [entry.kind for entry in messages] == MESSAGES
    assert {entry.exchange for entry in messages} == {provider.client.derived("record", STATE)}
    assert messages[0].ids == {"issuer": federation.op.issuer, "chain": chain.exchange}
    assert all(entry.ids["issuer"] == federation.op.issuer for entry in kept.entries)
    assert b"code_verifier=" in messages[2].message
    assert b"application/jwt" in messages[5].message
    assert STATE not in repr(kept.entries)


def test_a_chain_is_kept_once():
    """It is long, and the same for an hour."""
    kept = Kept()
    federation, provider = federated(kept)
    for letter in "abc":
        signed_in(federation, provider, state=letter * 32)

    assert [entry.kind for entry in kept.entries].count("trust chain") == 1


def test_an_error_is_kept_too():
    """Question and answer belong together."""
    kept = Kept()
    federation, provider = federated(kept)
    with pytest.raises(IdentityError, match="cancelled"):
        signed_in(federation, provider, "gives-up")

    assert json.loads(kept.entries[-1].message)["error"] == "access_denied"


@pytest.mark.parametrize("room", range(9))
def test_without_a_record_nobody_is_signed_in(room):
    """Wherever the log fails, and however it does."""
    federation, provider = federated(Full(room))
    with pytest.raises(IdentityError, match="unavailable") as caught:
        signed_in(federation, provider)

    assert caught.value.__cause__ is None


def test_the_log_of_transactions_takes_it(tmp_path):
    """The messages of a sign-in are found by one name, and the chain is whole."""
    log = TransactionLog(tmp_path / "log.db", Secret("k" * 32), ManualClock(NOW))
    federation, provider = federated(log)
    signed_in(federation, provider)

    found = log.records(provider.client.derived("record", STATE))
    assert [record.entry.kind for record in found] == MESSAGES
    assert log.check() == 9


def test_without_a_federation_there_is_no_chain():
    """The rest is kept all the same."""
    stage = Stage()
    stage.provider.evidence = Kept()
    stage.sign_in()

    assert [entry.kind for entry in stage.provider.evidence.entries] == MESSAGES[:6]


# -- tokens -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["cie", "spid"])
def test_the_access_token_is_given_back(dialect):
    """At once: none is kept until the sign-out (SPID and CIE, logout)."""
    stage = Stage(client=client_of(dialect))
    stage.sign_in()

    assert stage.op.bearers == {}
    assert stage.op.asked[-1] == "/revoke"


def test_elsewhere_nobody_asks_for_that():
    """A token lasts as long as its provider says."""
    stage = Stage()
    stage.sign_in()

    assert "/revoke" not in stage.op.asked


def refuses(pair, _op):
    """Be away as soon as a token is given back."""
    if pair[0] == "/revoke":
        raise ConnectionError
    return pair[1]


@pytest.mark.parametrize("twist", [at("/revoke", status=503), Twist(http=refuses)])
def test_a_token_that_stays_keeps_nobody_out(twist, caplog):
    """It is logged, without the token."""
    stage = Stage(client=client_of("cie"))
    stage.op.twist = twist
    with caplog.at_level(logging.WARNING, logger="registrazione"):
        stage.sign_in()

    assert "revoked" in caplog.text
    assert "bearer" not in caplog.text


def test_who_has_nowhere_to_give_it_back_does_not():
    """The endpoint may be missing."""
    stage = Stage(client=client_of("cie"))
    stage.op.twist = Twist(document=drop("revocation_endpoint"))
    stage.sign_in()

    assert len(stage.op.bearers) == 1


# -- the answer ---------------------------------------------------------------------------------


def test_an_answer_has_a_name_that_counts_once():
    """The same in every process, another one for each sign-in, and none that anybody can guess."""
    stage = Stage()
    one, two = stage.sign_in(), stage.sign_in(state="b" * 32)

    assert one.answer == stage.client.derived("once", STATE) != two.answer
    assert STATE not in one.answer
    assert one.answer_until == NOW + REMEMBERED


# -- documents ----------------------------------------------------------------------------------


def test_the_entity_configuration_is_signed_anew():
    """At the well-known address below our entity identifier."""
    federation, provider = federated(None)
    provider.entity = entity_of(provider.client, federation)
    first = provider.document(".well-known/openid-federation")
    federation.op.clock.advance(seconds=1)

    assert isinstance(provider, ServesDocuments)
    assert first.media_type == MEDIA_TYPE
    assert first.body != provider.document(".well-known/openid-federation").body
    assert first.body.count(b".") == 2


def test_our_public_keys_are_served():
    """For a provider with which we are registered; the private halves are not among them."""
    document = Stage().provider.document("jwks.json")
    keys = json.loads(document.body)["keys"]

    assert document.media_type == "application/jwk-set+json"
    assert [key["kid"] for key in keys] == ["rp-ES256", "rp-RSA-OAEP-256"]
    assert not any("d" in key for key in keys)
    assert key_of("rp").public() in keys


@pytest.mark.parametrize("path", ["", "metadata", ".well-known/openid-federation", "jwks.json/"])
def test_elsewhere_there_is_nothing(path):
    """Nor is there a configuration of who is in no federation."""
    assert Stage().provider.document(path) is None


def test_who_has_a_password_has_no_keys():
    """And serves none."""
    client = client_of(signing_key=None, encryption_keys=(), secret=Secret("hush hush"))
    assert Stage(client=client).provider.document("jwks.json") is None
