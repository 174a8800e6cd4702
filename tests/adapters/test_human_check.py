"""The human check that checks nothing."""

from __future__ import annotations

import pytest

from registrazione.adapters.human_check import NoHumanCheck
from registrazione.ports import HumanCheck


@pytest.mark.parametrize("response", ["", "x", "\ud800", None])
def test_everybody_passes(response):
    """Whatever comes, and as often as it comes."""
    check = NoHumanCheck()

    assert isinstance(check, HumanCheck)
    assert check.passed(response)
    assert check.passed(response)
