"""The ID of a request, which an answer has to fit."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from registrazione.adapters.saml.naming import RequestNames
from registrazione.testing.saml_idp import key_for

AT = datetime(2026, 11, 5, 9, tzinfo=UTC)
NAMES = RequestNames(
    kind="sign-in",
    keys=(key_for("service"),),
    entity_id="https://service.example",
    callback_url="https://service.example/callback",
)
ASKED = {"state": "s", "identity_provider": "https://idp.example"}


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "logout"},
        {"level": 1},
        {"entity_id": "https://other.example"},
        {"callback_url": "https://service.example/logout"},
        {"keys": (key_for("other"),)},
    ],
)
def test_a_name_is_of_one_request(other):
    """Whatever was asked otherwise has another name: no logout's answer fits a sign-in."""
    name = NAMES.name(at=AT, **ASKED)

    assert NAMES.issued_at(name, **ASKED) == AT
    assert attrs.evolve(NAMES, **other).issued_at(name, **ASKED) is None


@pytest.mark.parametrize("other", [{"state": "t"}, {"identity_provider": "https://other.example"}])
def test_a_name_is_of_one_browser_and_one_provider(other):
    """Another browser's answer, or another provider's, fits no request of this one."""
    name = NAMES.name(at=AT, **ASKED)

    assert NAMES.issued_at(name, **{**ASKED, **other}) is None


def test_nothing_runs_together():
    """What ends one part begins no other."""
    names = {NAMES.name(state, idp, AT) for state, idp in (("a", "bc"), ("ab", "c"), ("abc", ""))}

    assert len(names) == 3
