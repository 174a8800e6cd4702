"""A held-back battery: written without a look at the verifier, or at the attacks beside it.

Its signer is its own. Nothing may be believed that the provider did not sign for this service,
this browser, now, and once; nothing may be raised but what the port promises.
"""

from __future__ import annotations

import pytest
from tests.adapters.saml.held_back_benign import BENIGN
from tests.adapters.saml.held_back_metadata import METADATA, TRUE_METADATA
from tests.adapters.saml.held_back_noise import NOISE
from tests.adapters.saml.held_back_places import PLACES
from tests.adapters.saml.held_back_references import REFERENCES
from tests.adapters.saml.held_back_replays import REPLAYS
from tests.adapters.saml.held_back_saml import BOTH, VICTIM, VISITOR, Scene, is_truth
from tests.adapters.saml.held_back_signatures import SIGNATURES
from tests.adapters.saml.held_back_sizes import SIZES
from tests.adapters.saml.held_back_spelling import SPELLING
from tests.adapters.saml.held_back_words import WORDS
from tests.adapters.saml.held_back_wrapping import WRAPPING

from registrazione.ports import IdentityError
from registrazione.testing.saml_idp import attributes_of


def _cases(*batteries):
    return [
        pytest.param(attack, profile, id=f"{attack.name}-{profile}")
        for battery in batteries
        for attack in battery.attacks
        for profile in attack.profiles
    ]


ATTACKS = (
    WRAPPING,
    REFERENCES,
    SIGNATURES,
    SPELLING,
    WORDS,
    REPLAYS,
    NOISE,
    SIZES,
    METADATA,
    PLACES,
)


def test_the_battery_is_whole():
    """No attack is lost, and none is there twice under one name."""
    names = [attack.name for battery in ATTACKS for attack in battery.attacks]

    assert len(names) >= 300
    assert len(names) == len(set(names))
    assert len({attack.name for attack in BENIGN.attacks}) >= 35


@pytest.mark.parametrize(
    ("attack", "profile"),
    _cases(*ATTACKS),
)
def test_an_attack_comes_to_nothing(attack, profile):
    """It is refused; or, where it changes nothing that was signed, what was signed is read."""
    scene = Scene(profile)
    form = attack.make(scene)
    try:
        verified = scene.service.verify(form)
    except IdentityError:
        return

    assert attack.may_be_read, attack.label
    assert is_truth(verified), attack.label


@pytest.mark.parametrize(("answer", "profile"), _cases(BENIGN, TRUE_METADATA))
def test_a_true_answer_is_taken_however_it_is_spelt(answer, profile):
    """A verifier that refuses what standards allow locks people out."""
    scene = Scene(profile)
    form = answer.make(scene)
    verified = scene.service.verify(form)

    assert is_truth(verified), answer.label


@pytest.mark.parametrize(
    "at", ["2026-11-05T08:00:00Z", "2026-11-04T09:00:00Z", "0001-01-01T00:00:00Z"]
)
@pytest.mark.parametrize("profile", BOTH)
def test_an_old_sign_in_is_none_where_a_new_one_was_asked_for(profile, at):
    """SAML Core 3.4.1, ForceAuthn: at level 2 a session that was there before does not do."""
    scene = Scene(profile)
    with pytest.raises(IdentityError):
        scene.service.verify(scene.sheet(authenticated_at=at).form())


@pytest.mark.parametrize("profile", BOTH)
def test_at_level_1_an_old_sign_in_does(profile):
    """There a session may stand (SPID, ForceAuthn)."""
    scene = Scene(profile, level=1)
    sheet = scene.sheet(authenticated_at="2026-11-05T08:00:00Z")

    assert is_truth(scene.service.verify(sheet.form()), level=1)


@pytest.mark.parametrize("profile", BOTH)
def test_a_higher_level_is_told_as_it_is(profile):
    """Who was asked for level 2 may answer with 3, and 3 it is."""
    scene = Scene(profile)
    verified = scene.service.verify(scene.sheet(context="https://www.spid.gov.it/SpidL3").form())

    assert is_truth(verified, level=3)


@pytest.mark.parametrize("profile", BOTH)
@pytest.mark.parametrize("tail", [".evil.example", "A", "/", "\u0301"])
def test_an_identifier_that_begins_with_another_s_stays_whole(profile, tail):
    """CVE-2017-11427: a comment put after the victim's part cuts nothing off."""
    scene = Scene(profile)
    mine, his = (attributes_of(person)["spidCode"] for person in (VISITOR, VICTIM))
    sheet = scene.sheet(edits=((f">{mine}<", f">{his}{tail}<"),))
    text = sheet.text.replace(f">{his}", f">{his}<!-- -->")

    assert "<!-- -->" in text
    assert scene.service.verify(sheet.form(text)).identity.subject == f"{his}{tail}"


def _subject_with(tail):
    scene = Scene("saml2")
    mine, his = (attributes_of(person)["spidCode"] for person in (VISITOR, VICTIM))
    sheet = scene.sheet(edits=((f">{mine}<", f">{his}{tail}<"),))
    try:
        return scene.service.verify(sheet.form()).identity.subject, his
    except IdentityError:
        return None, his


@pytest.mark.parametrize("tail", ["\u00a0", "\u3000", "\u2003"])
def test_two_identifiers_never_become_one(tail):
    """Two people of one provider, whose identifiers differ in a space of Unicode, stay two."""
    subject, his = _subject_with(tail)

    assert subject != his


@pytest.mark.parametrize("field", ["ends_at", "confirmed_until"])
@pytest.mark.parametrize("profile", BOTH)
def test_an_answer_that_never_ends_breaks_nothing(profile, field):
    """The calendar's last second is a date like any other: nothing but IdentityError is raised."""
    scene = Scene(profile)
    form = scene.sheet(**{field: "9999-12-31T23:59:59Z"}).form()
    try:
        verified = scene.service.verify(form)
    except IdentityError:
        return

    assert is_truth(verified)
