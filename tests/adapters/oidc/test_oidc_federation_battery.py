"""A federation vouches for nobody by mistake; each of its guards is needed."""

from __future__ import annotations

import time

import pytest

from registrazione.adapters.oidc import metadata
from registrazione.adapters.oidc.federation import chain, marks, source, statements
from registrazione.adapters.oidc.guards import Guard
from registrazione.core.account import Identity
from registrazione.ports import IdentityError
from registrazione.testing.oidc_federation_attacks import FEDERATION_ATTACKS, FEDERATION_BENIGN
from registrazione.testing.oidc_stage import ADELE
from registrazione.testing.people import PEOPLE

TABLES = (
    statements.STATEMENT_GUARDS,
    statements.ANSWER_GUARDS,
    chain.ASKING_GUARDS,
    chain.STEP_GUARDS,
    marks.MARK_GUARDS,
    source.REGISTRATION_GUARDS,
    metadata.SIGNED_KEYS_GUARDS,
)
GUARDS = [guard.name for table in TABLES for guard in table]
SURVIVORS: dict[str, str] = {}
"""Guards that something else stands behind, and what that is."""


@pytest.mark.parametrize("case", FEDERATION_ATTACKS, ids=lambda case: case.name)
def test_the_attack_is_refused(case):
    """The library's own error is raised, with the code that fits."""
    with pytest.raises(IdentityError) as caught:
        case.play()

    assert caught.value.code == case.code


@pytest.mark.requirement("MIM-08")
@pytest.mark.parametrize("case", FEDERATION_BENIGN, ids=lambda case: case.name)
def test_what_is_meant_well_is_accepted(case):
    """A signed and encrypted answer of a provider that the anchor vouches for."""
    verified = case.play()

    assert verified.identity == Identity(
        provider="cie", issuer="https://op.example", subject=f"op/{ADELE}"
    )
    assert verified.codice_fiscale == PEOPLE.adele.codice_fiscale


def test_the_battery_is_as_large_as_it_is_said_to_be():
    """At least twelve attacks, each with a name of its own, and each quickly refused."""
    names = [case.name for case in (*FEDERATION_ATTACKS, *FEDERATION_BENIGN)]
    slowest = max(_seconds(case) for case in FEDERATION_ATTACKS)

    assert len(FEDERATION_ATTACKS) >= 12
    assert len(names) == len(set(names))
    assert slowest < 0.5


def _seconds(case):
    before = time.process_time()
    with pytest.raises(IdentityError):
        case.play()
    return time.process_time() - before


@pytest.mark.parametrize("name", [*GUARDS, "jws.signature", "jws.type", "metadata.issuer"])
def test_the_battery_turns_red_without_the_guard(name, monkeypatch):
    """An attack is accepted, breaks something, or is refused later and for another reason."""
    without(monkeypatch, name)
    wrong = next((case.name for case in FEDERATION_ATTACKS if _ends_otherwise(case)), None)

    assert (wrong is not None) is (name not in SURVIVORS), SURVIVORS.get(name, "nobody noticed")


def _ends_otherwise(case):
    try:
        case.play()
    except IdentityError as error:
        return error.code != case.code
    except Exception:  # noqa: BLE001 - any other error is what is looked for
        return True
    return True


def without(monkeypatch, name):
    """Take one guard out, wherever it stands."""
    original = Guard.admits
    monkeypatch.setattr(Guard, "admits", lambda self, it: self.name == name or original(self, it))


def accepted(cases):
    """Return the names of the cases in which somebody was believed."""
    names = []
    for case in cases:
        try:
            case.play()
        except IdentityError:
            continue
        names.append(case.name)
    return names


def test_who_refuses_everything_fails_at_what_is_meant_well(monkeypatch):
    """A relying party that believes nobody withstands every attack, and loses every benign one."""
    assert len(accepted(FEDERATION_BENIGN)) == len(FEDERATION_BENIGN) > 0
    monkeypatch.setattr(Guard, "admits", lambda *_: False)

    assert accepted(FEDERATION_BENIGN) == []


def test_without_signatures_forged_statements_are_believed(monkeypatch):
    """Of the anchor, of who stands between, and of the provider itself."""
    assert accepted(FEDERATION_ATTACKS) == []
    without(monkeypatch, "jws.signature")

    believed = accepted(FEDERATION_ATTACKS)

    for who in ("anchor", "about-middle", "middle", "about-leaf", "leaf"):
        assert f"{who}/foreign-key" in believed
