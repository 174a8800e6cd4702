"""The identity provider that plays from a script."""

from __future__ import annotations

import pytest

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.core.account import Identity, VerifiedIdentity
from registrazione.ports import IdentityError, IdentityProvider

ANNA = VerifiedIdentity(identity=Identity(provider="spid", issuer="idp", subject="anna"), level=2)


@pytest.fixture
def provider():
    """Anna signs in; Bruno gives up."""
    people = {"anna": ANNA, "bruno": IdentityError("cancelled", retry=True)}
    return ScriptedProvider("spid", people)


def test_it_vouches_for_people_of_the_script(provider):
    """The identity is the scripted one, under the name of the provider it plays."""
    assert provider.verify({"person": "anna", "more": 1}) is ANNA
    assert provider.name == "spid"
    assert isinstance(provider, IdentityProvider)


def test_the_script_s_errors_are_raised(provider):
    """Each time a new one, with the same code."""
    errors = []
    for _ in range(2):
        with pytest.raises(IdentityError) as caught:
            provider.verify({"person": "bruno"})
        errors.append(caught.value)

    assert [(error.code, error.retry) for error in errors] == [("cancelled", True)] * 2
    assert errors[0] is not errors[1]


def test_a_nonce_is_good_once(provider):
    """A response that comes twice is replayed; without a nonce it may come again."""
    provider.verify({"person": "anna", "nonce": "n1"})
    with pytest.raises(IdentityError, match="replayed"):
        provider.verify({"person": "anna", "nonce": "n1"})

    assert provider.verify({"person": "anna", "nonce": "n2"}) is ANNA
    assert provider.verify({"person": "anna"}) is provider.verify({"person": "anna"})


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"person": "zoe"},
        {"person": None},
        {"person": ["anna"]},
        {"person": "anna", "nonce": None},
        {"person": "anna", "nonce": 1},
        {"nonce": "n"},
        None,
        "anna",
        ["person", "anna"],
    ],
)
def test_anything_else_is_invalid(provider, response):
    """Law: whatever the response is, an identity error is all that is raised."""
    with pytest.raises(IdentityError) as caught:
        provider.verify(response)

    assert caught.value.code == "invalid"
