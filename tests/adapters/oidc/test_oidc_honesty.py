"""Each guard is needed: whoever takes one out lets an attack in, or the reason why not is here."""

from __future__ import annotations

import pytest

from registrazione.adapters.oidc import jose, metadata, rules
from registrazione.adapters.oidc.guards import Guard
from registrazione.ports import IdentityError
from registrazione.testing.oidc_attacks import ATTACKS

TABLES = (
    jose.HEADER_GUARDS,
    jose.SEALED_GUARDS,
    metadata.METADATA_GUARDS,
    rules.ANSWER_GUARDS,
    rules.ISSUER_GUARDS,
    rules.TOKEN_GUARDS,
    rules.ID_TOKEN_GUARDS,
    rules.ENVELOPE_GUARDS,
    rules.USERINFO_GUARDS,
    rules.PERSON_GUARDS,
)
GUARDS = [guard.name for table in TABLES for guard in table]

SURVIVORS = {
    "jws.algorithm": "no key is looked for whose algorithm is not expected, and joserfc is given "
    "the same list",
    "jwe.not_compressed": "joserfc is given a list of algorithms without any of compression",
    "jws.key_is_known": "where there is no key there is no signature either",
    "answer.state": "nonce and PKCE verifier are made of the state, so a wrong one fits no token",
    "answer.code": "the provider knows no such code; it is only spared the question",
}
"""Guards that something else stands behind, and what that is."""


def without(name, monkeypatch):
    """Take one guard out, wherever it stands."""
    original = Guard.admits

    def admits(self, seen):
        return self.name == name or original(self, seen)

    monkeypatch.setattr(Guard, "admits", admits)


def noticed(cases):
    """Yield the cases that did not end as they have to."""
    for case in cases:
        try:
            case.play()
        except IdentityError as error:
            if error.code != case.code:
                yield (f"{case.name}: {error.code}")
        except Exception as error:  # noqa: BLE001 - any other error is what is looked for
            yield (f"{case.name}: {type(error).__name__}")
        else:
            yield (f"{case.name}: accepted")


@pytest.mark.parametrize("name", GUARDS)
def test_the_battery_turns_red_without_the_guard(name, monkeypatch):
    """An attack is accepted, breaks something, or is refused later and for another reason."""
    without(name, monkeypatch)
    wrong = next(noticed(ATTACKS), None)

    assert (wrong is not None) is (name not in SURVIVORS), SURVIVORS.get(name, "nobody noticed")


def test_every_guard_has_a_name_of_its_own():
    """Otherwise taking one out would take out two."""
    assert len(GUARDS) == len(set(GUARDS)) >= 25


def test_without_signatures_forgeries_come_in(monkeypatch):
    """A relying party that looks at no signature accepts what others have signed."""
    without("jws.signature", monkeypatch)

    assert sum(": accepted" in line for line in noticed(ATTACKS)) >= 5
