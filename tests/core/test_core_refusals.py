"""Faults and refusals: codes, fields, severities; never what was typed."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione import Fault, Refusal, Severity
from registrazione.core.refusals import fault, refusal, refuse_errors
from registrazione.validators import InvalidValue

codes = st.from_regex(r"[a-z]+\.[a-z_]+", fullmatch=True)
faults = st.builds(
    Fault, codes, st.none() | st.sampled_from(["email", "password"]), st.sampled_from(Severity)
)


def test_a_fault_carries_its_parameters():
    """Code, field, severity and parameters are what was said; without any they are empty."""
    found = fault("password.too_short", "password", min=8)

    assert (found.code, found.field, dict(found.params)) == (
        "password.too_short",
        "password",
        {"min": 8},
    )
    assert found.is_error
    assert dict(fault("step.order").params) == {}
    assert not fault("x.y", severity=Severity.WARNING).is_error


@given(st.lists(faults, min_size=1))
def test_errors_come_first_and_nothing_is_lost(given_faults):
    """A refusal keeps every fault; errors are first, otherwise the order is as given."""
    refused = Refusal(*given_faults)

    assert sorted(refused.faults, key=repr) == sorted(given_faults, key=repr)
    assert refused.faults == (
        *(f for f in given_faults if f.is_error),
        *(f for f in given_faults if not f.is_error),
    )
    assert refused.code == refused.codes[0] == refused.faults[0].code


def test_the_text_is_codes_and_fields_only():
    """No parameter gets into the text of the exception."""
    refused = Refusal(fault("a.b", "email", min="typed"), fault("c.d"))

    assert str(refused) == "a.b[email], c.d"
    assert "typed" not in str(refused)


def test_a_single_refusal():
    """The short form has one error with its parameters, and no way on."""
    refused = refusal("limit.reached", "email", minutes=60)

    assert (refused.codes, refused.ticket) == (("limit.reached",), "")
    assert refused.faults[0].params["minutes"] == 60


@given(st.lists(faults))
def test_only_errors_refuse(given_faults):
    """Warnings and hints come back; one error takes all of them along into the refusal."""
    if any(f.is_error for f in given_faults):
        with pytest.raises(Refusal) as caught:
            refuse_errors(given_faults)
        assert len(caught.value.faults) == len(given_faults)
    else:
        assert refuse_errors(given_faults) == tuple(given_faults)


@pytest.mark.parametrize("kind", [Refusal, InvalidValue])
@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))],  # noqa: S301 - its own
)
def test_a_refusal_travels_between_processes(kind, again):
    """Kind, faults with their parameters, and the ticket arrive."""
    sent = kind(
        fault("cf.lunghezza", "cf", length=3),
        fault("cf.luogo_sconosciuto", "cf", severity=Severity.WARNING),
        ticket="way-on",
    )

    arrived = again(sent)

    assert type(arrived) is kind
    assert (arrived.faults, arrived.ticket, str(arrived)) == (sent.faults, "way-on", str(sent))
    assert arrived.faults[0].params["length"] == 3
