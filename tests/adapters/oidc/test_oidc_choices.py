"""Several providers behind one button: each answers for itself only."""

from __future__ import annotations

import logging

import pytest

from registrazione.adapters.oidc import asking, exchange
from registrazione.adapters.oidc.several import Several, name_of
from registrazione.ports import Choice, IdentityError, OffersChoices
from registrazione.testing.oidc_attacks_choices import (
    CHOICE_ATTACKS,
    CHOICE_BENIGN,
    FIRST,
    SECOND,
    ChoiceStage,
)
from registrazione.testing.oidc_federation import FederationTwist
from registrazione.testing.oidc_stage import ADELE, STATE, Stage


@pytest.mark.parametrize("case", CHOICE_ATTACKS, ids=lambda case: case.name)
def test_none_answers_for_another(case):
    """Mix-up in all its shapes (RFC 9700, 4.4), and choices that are none."""
    with pytest.raises(IdentityError) as caught:
        case.play()

    assert caught.value.code == case.code


@pytest.mark.requirement("MIM-08")
@pytest.mark.parametrize("case", CHOICE_BENIGN, ids=lambda case: case.name)
def test_whoever_was_chosen_answers(case):
    """Under its own name."""
    identity = case.play().identity

    assert identity.issuer == case.name.partition("/")[2]
    assert identity.subject == f"op/{ADELE}"


def test_what_was_asked_of_one_fits_no_other(monkeypatch):
    """Were nonce and verifier not those of one provider, it could answer for another."""
    for module in (asking, exchange):
        monkeypatch.setattr(module, "bound", lambda state, _: state)
    believed = set()
    for case in CHOICE_ATTACKS:
        try:
            case.play()
        except IdentityError:
            continue
        believed.add(case.name.partition("/")[2])

    assert {"question-of-another", "code-of-another", "sent-on"} <= believed


def test_choices_have_a_name_and_a_sign():
    """As the federation tells them, in an order drawn anew."""
    stage = ChoiceStage()
    offered = stage.provider.choices()

    assert isinstance(stage.provider, OffersChoices)
    assert {choice.name: choice for choice in offered} == {
        FIRST: Choice(name=FIRST, title="Gestore op.example", logo=f"{FIRST}/logo.svg"),
        SECOND: Choice(name=SECOND, title="Gestore second.example", logo=f"{SECOND}/logo.svg"),
    }
    firsts = {stage.provider.choices()[0].name for _ in range(40)}
    assert firsts == {FIRST, SECOND}


def test_a_provider_that_cannot_be_reached_is_left_out(caplog):
    """It is logged, and tried again after a minute; the others are offered."""
    stage = ChoiceStage()
    stage.second.is_down = True
    with caplog.at_level(logging.WARNING, logger="registrazione"):
        assert [choice.name for choice in stage.provider.choices()] == [FIRST]
    assert f"{SECOND} cannot be chosen: unavailable" in caplog.text
    assert stage.url("").startswith(FIRST)

    stage.second.is_down = False
    assert [choice.name for choice in stage.provider.choices()] == [FIRST]
    stage.clock.advance(seconds=60)
    assert len(stage.provider.choices()) == 2


def test_with_nobody_left_nothing_is_offered():
    """That is not the same as a provider that stands alone."""
    stage = ChoiceStage()
    stage.first.is_down = stage.second.is_down = True

    with pytest.raises(IdentityError, match="unavailable"):
        stage.provider.choices()
    assert Stage().provider.choices() == ()


def test_a_provider_that_stands_alone_needs_no_choice():
    """And has none; a list of one is as good."""
    stage = Stage()
    with pytest.raises(IdentityError, match="unavailable"):
        stage.provider.start(stage.client.redirect_uri, STATE, FIRST)
    alone = Several({FIRST: stage.provider.source}, stage.clock)
    assert alone.chosen("") is stage.provider.source
    assert alone.choices() == (Choice(name=FIRST, title="op.example"),)


def test_what_says_no_name_is_called_by_its_host():
    """Whatever its address is."""
    assert name_of("https://op.example/realm") == "op.example"
    assert name_of("op") == "op"


def test_only_a_web_address_is_a_sign():
    """What a page could be made to load is looked at."""
    stage = ChoiceStage()
    named = {"logo_uri": "javascript:alert(1)", "organization_name": "Uno\n o due"}
    stage.federation.twist = FederationTwist(
        claims={
            "leaf": lambda told, _: {
                **told,
                "metadata": {**told["metadata"], "federation_entity": named},
            }
        }
    )

    assert {(choice.title, choice.logo) for choice in stage.provider.choices()} == {
        ("Uno o due", "")
    }
