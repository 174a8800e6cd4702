"""Human checks without a third party."""

from __future__ import annotations

import pytest

from registrazione.adapters.human_check import NoHumanCheck, TickBox
from registrazione.ports import HumanCheck


@pytest.mark.parametrize("response", ["", "x", "\ud800", None])
def test_everybody_passes(response):
    """Whatever comes, and as often as it comes."""
    check = NoHumanCheck()

    assert isinstance(check, HumanCheck)
    assert check.passed(response)
    assert check.passed(response)


@pytest.mark.requirement("MIM-12", "IOL-02")
def test_the_box_has_to_be_ticked():
    """An unticked box sends nothing; a ticked one sends whatever its value is."""
    check = TickBox()

    assert isinstance(check, HumanCheck)
    assert check.passed("on")
    assert not check.passed("")
