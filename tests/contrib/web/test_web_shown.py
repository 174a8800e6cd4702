"""Values of a form as people read them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from registrazione.checks.places import InstalledPlaces
from registrazione.contrib.web.shown import rows_of
from registrazione.profiles import load


@pytest.mark.requirement("MIM-23", "IOL-04")
@pytest.mark.parametrize(
    ("born", "place"),
    [("1970-01-01", "Biella (VC)"), ("2000-01-01", "Biella (BI)"), ("", "Biella (BI)")],
)
def test_a_place_is_named_as_it_was_at_birth(born, place) -> None:
    """The summary says what the lists said, and what the printed form says."""
    visit = SimpleNamespace(language="it", profile=load("iscrizioni-online"))
    values = {"birth_date": born, "birth_place": "A859"}

    assert dict(rows_of(visit, values, None, InstalledPlaces()))["Comune di nascita"] == place
