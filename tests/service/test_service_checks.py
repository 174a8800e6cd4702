"""The port of the checks: each answers with the library behind it."""

from __future__ import annotations

import datetime as dt

from tests.world import AllPlaces

from registrazione import Secret
from registrazione.checks.places import InstalledPlaces
from registrazione.core.refusals import fault
from registrazione.service.checks import Checks


def test_addresses_and_strength_are_the_libraries_answers():
    """An address has its one form; a password its strength for who knows these words."""
    checks = Checks()

    assert checks.normalise_email("M@EXAMPLE.it", "email").address == "M@example.it"
    assert checks.normalise_email("nothing", "email_again") == (
        fault("email.malformed", "email_again"),
    )
    assert checks.strength(Secret("correct horse battery staple"), ()) == 4
    assert checks.strength(Secret("mario.rossi"), ("mario", "rossi")) <= 1


def test_places_are_loaded_once_and_only_if_none_are_given():
    """The installed data, or the host's own."""
    checks, mine = Checks(), AllPlaces()
    places = checks.places()

    assert isinstance(places, InstalledPlaces)
    assert checks.places() is places
    assert places.existed_on("H501", dt.date(1980, 1, 1))
    assert Checks(places=mine).places() is mine


def test_every_rule_of_the_host_is_heard():
    """All their faults, in their order; without rules there are none."""

    def one(password):
        return (fault("password.weak", "password"),)

    def two(password):
        return (fault("password.space", "password"),) if " " in password.text() else ()

    checks = Checks(rules=iter([one, two]))

    assert [f.code for f in checks.extra_rules(Secret("a b"))] == [
        "password.weak",
        "password.space",
    ]
    assert [f.code for f in checks.extra_rules(Secret("ab"))] == ["password.weak"]
    assert Checks().extra_rules(Secret("ab")) == ()
