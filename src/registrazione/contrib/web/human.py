"""The human check as a field of a page, and its response (MIM-12, IOL-02)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from registrazione.contrib.web.fields import Challenge, Field, InputType
from registrazione.contrib.web.visit import faults_of
from registrazione.core.refusals import Refusal
from registrazione.ports import HumanChallenge

if TYPE_CHECKING:
    from registrazione.contrib.web.visit import Visit

HUMAN = "human_response"
"""Name of the check in faults, whatever its input is called."""


def human_field(visit: Visit, drawing: HumanChallenge, refused: Refusal | None) -> Field:
    """Return the check as a field, and let the page reach the origins that it needs.

    Args:
        visit: The visit.
        drawing: What the check says of itself.
        refused: What was wrong with what was sent.
    """
    for directive, origins in drawing.get("sources", {}).items():
        visit.allow(directive, origins)
    challenge = challenge_from(drawing)
    told = faults_of(visit, refused).get(HUMAN, ())
    return Field(
        name=challenge.name,
        label=visit.text("register.human"),
        type=InputType.HUMAN,
        required=True,
        faults=tuple(text for text, _ in told),
        challenge=challenge,
        told_as=HUMAN,
    )


def challenge_from(drawing: HumanChallenge) -> Challenge:
    """Return what a check says of itself in the words of the templates.

    Args:
        drawing: What it says.
    """
    puzzle, other = drawing.get("puzzle"), drawing.get("without_script")
    return Challenge(
        kind=drawing.get("kind", "tick_box"),
        name=drawing.get("field", HUMAN),
        hidden=tuple(drawing.get("hidden", {}).items()),
        trap=drawing.get("trap", ""),
        question=drawing.get("question", ""),
        task="" if puzzle is None else json.dumps(puzzle, separators=(",", ":")),
        texts=tuple(drawing.get("texts", {}).items()),
        script=drawing.get("script", ""),
        site_key=drawing.get("site_key", ""),
        css_class=drawing.get("css_class", ""),
        without_script=None if other is None else challenge_from(other),
    )
