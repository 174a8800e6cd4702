"""Tests of what only looks like a codice fiscale."""

from __future__ import annotations

import pytest

from registrazione.core.codice_fiscale import check_codice_fiscale


@pytest.mark.parametrize("typed", ["STP1201500000012", " eni0101010000001 "])
def test_a_code_of_the_health_service_is_recognised(typed) -> None:
    """Sixteen characters, but no codice fiscale: its bearer is told what it is."""
    (fault,) = check_codice_fiscale(typed)

    assert (fault.code, fault.field) == ("cf.stp", "cf")


def test_half_a_code_of_the_health_service_is_not() -> None:
    """One character less is judged as a codice fiscale that is too short."""
    (fault,) = check_codice_fiscale("STP120150000001")

    assert fault.code == "cf.lunghezza"
