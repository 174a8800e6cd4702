"""Nothing of the battery is believed, nothing but the library's error is raised."""

from __future__ import annotations

import time

import pytest

from registrazione.core.account import Identity, VerifiedIdentity
from registrazione.core.secret import Secret
from registrazione.ports import IdentityError
from registrazione.testing.oidc_attacks import ATTACKS, BENIGN
from registrazione.testing.oidc_stage import ADELE
from registrazione.testing.people import PEOPLE

ISSUER = "https://op.example"


@pytest.mark.parametrize("case", ATTACKS, ids=lambda case: case.name)
def test_the_attack_is_refused_for_its_own_reason(case):
    """The library's own error is raised, with the code that fits."""
    with pytest.raises(IdentityError) as caught:
        case.play()

    assert caught.value.code == case.code


@pytest.mark.requirement("UNI-02")
@pytest.mark.parametrize("case", BENIGN, ids=lambda case: case.name)
def test_what_is_meant_well_is_accepted(case):
    """Whoever refuses everything has not passed."""
    verified = case.play()

    key = ADELE if case.person == ADELE else case.person
    assert verified.identity == Identity(provider="oidc", issuer=ISSUER, subject=f"op/{key}")
    person = PEOPLE.bruno if case.person == "professional" else PEOPLE.adele
    told = case.name != "no-userinfo"
    assert verified.codice_fiscale == (person.codice_fiscale if told else None)
    assert verified.level == (3 if "3" in case.person or case.name == "higher-level" else 2)


def test_the_battery_is_as_large_as_it_is_said_to_be():
    """At least 45 attacks and 10 benign variants, each with a name of its own."""
    names = [case.name for case in (*ATTACKS, *BENIGN)]

    assert len(ATTACKS) >= 45
    assert len(BENIGN) >= 10
    assert len(names) == len(set(names))


def test_no_attack_takes_long():
    """In processor time, so that neighbours on the machine do not count: half a second each."""
    took = {}
    for case in ATTACKS:
        before = time.process_time()
        with pytest.raises(IdentityError):
            case.play()
        took[case.name] = time.process_time() - before

    assert max(took.values()) < 0.5, max(took, key=took.get)


# -- the battery itself: relying parties that it must not let pass ------------------------------


class RefusesAll:
    """Believe nobody."""

    name = "oidc"

    def __init__(self, client, op):
        """Learn where browsers are sent, as a provider has to."""
        from registrazione.testing.oidc_stage import provider_of

        self.start = provider_of(client, op).start

    def verify(self, response):
        """Refuse."""
        raise IdentityError("invalid")


class BelievesAll(RefusesAll):
    """Believe everybody."""

    def verify(self, response):
        """Accept."""
        identity = Identity(provider="oidc", issuer=ISSUER, subject="anybody")
        return VerifiedIdentity(identity=identity, level=3)


def test_who_refuses_everything_fails_at_what_is_meant_well():
    """The benign variants are all lost."""
    for case in BENIGN:
        with pytest.raises(IdentityError):
            case.play(RefusesAll)


def test_who_believes_everything_fails_at_the_attacks():
    """Every attack that gets as far as the answer succeeds."""
    let_in = [case for case in ATTACKS if _lets_in(case, BelievesAll)]

    assert len(let_in) > 0.6 * len(ATTACKS)


def _lets_in(case, build):
    try:
        case.play(build)
    except IdentityError:
        return False
    return True


def test_no_secret_is_shown():
    """Neither a client nor a provider shows a key, and no error shows what came."""
    from registrazione.testing.oidc_stage import Stage, client_of

    stage = Stage(client=client_of(secret=Secret("hush hush hush")))
    shown = f"{stage.client!r}{stage.provider!r}"
    assert "hush" not in shown
    assert "opens nothing" not in shown
    assert '"d"' not in shown
