"""The letters of the procedures that come with the library."""

from __future__ import annotations

import pytest
from tests.service.letter_world import (
    CODICE_FISCALE,
    html_of,
    person,
    text_of,
    words_of,
    written,
)

from registrazione.core.profile import Gate
from registrazione.profiles import NAMES, load
from registrazione.service.letters import KINDS

everywhere = pytest.mark.parametrize("language", ["it", "en"])


@pytest.mark.parametrize("name", NAMES)
@everywhere
def test_every_ready_procedure_can_write_all_of_its_letters(name, language):
    """Each letter names the procedure, in plain text and in HTML."""
    profile = load(name)
    coded = {"enabling", "code_recovery"}
    kinds = [kind for kind in KINDS if profile.personal_code or kind not in coded]

    for kind in kinds:
        envelope = written(kind, profile, person(), language=language)
        assert profile.title.to(language) in words_of(envelope)
        assert len(html_of(envelope)) > len(text_of(envelope))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.requirement("IST-09", "IST-10", "POL-07")
def test_the_form_to_be_signed_goes_to_those_who_have_to_come(name):
    """The two procedures with a physical identification send it, the others do not."""
    profile = load(name)

    sheet = text_of(written("receipt", profile, person())).partition("MODULO")[2]

    assert (CODICE_FISCALE in sheet) == (Gate.PRESENCE in profile.gates)
    assert (Gate.PRESENCE in profile.gates) == (name in {"istanze-online", "polis"})


@pytest.mark.requirement("UNI-06")
def test_the_university_gives_a_day():
    """24 hours, to the letter."""
    words = words_of(written("activation", load("unimi-external")))

    assert "valido per 24 ore" in words
