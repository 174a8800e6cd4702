"""The human check: "Non sono un robot" (MIM-12, IOL-02)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypedDict, runtime_checkable

HUMAN_RESPONSE = "human_response"
"""Name of the field that a page sends the response in, where a check does not ask for another."""


class HumanChallenge(TypedDict, total=False):
    """What a page needs to draw a check: plain data, which JSON carries."""

    kind: str
    """``tick_box``, ``question``, ``altcha`` (a task for our own script, beside a tick box) or
    ``widget`` (a third party's)."""
    field: str
    """Name of the input that the visitor answers in, or that the script fills in."""
    hidden: Mapping[str, str]
    """Names and values of hidden inputs, which come back as they are."""
    trap: str
    """Name of a text input that people do not see, and must leave empty."""
    question: str
    """What is asked, in the visitor's language."""
    puzzle: Mapping[str, Any]
    """The script's task."""
    texts: Mapping[str, str]
    """What the script says: ``working``, ``done`` and ``failed``."""
    script: str
    """Address of the third party's script."""
    site_key: str
    """The third party's public key of the site, for ``data-sitekey``."""
    css_class: str
    """Class of the element that the third party's script looks for."""
    sources: Mapping[str, str]
    """Origins that the page's Content-Security-Policy has to allow, by directive."""
    without_script: HumanChallenge
    """What is drawn where no script runs."""


@runtime_checkable
class HumanCheck(Protocol):
    """Tell people from programs. Law: it never raises for anything a visitor can send."""

    def passed(self, response: str) -> bool:
        """Tell whether the response to the check was a good one, this time and only once."""
        ...


@runtime_checkable
class DrawnHumanCheck(HumanCheck, Protocol):
    """A check that says how it is drawn; one that does not is a tick box.

    Laws: a challenge is drawn once and lasts a limited time; nothing in it tells its answer;
    ``passed(response(posted))`` is the verdict on a form that came back; neither raises for
    anything a visitor can send.
    """

    def challenge(self, language: str = "it") -> HumanChallenge:
        """Return what a page needs to draw the check, for ``it`` or ``en``."""
        ...

    def response(self, posted: Mapping[str, str]) -> str:
        """Return the response, made of the fields of a form that came back."""
        ...


def challenge_of(check: HumanCheck, language: str = "it") -> HumanChallenge:
    """Return what a page needs to draw any check.

    Args:
        check: The check; where it does not say how it is drawn, it is a tick box.
        language: ``it`` or ``en``.
    """
    if isinstance(check, DrawnHumanCheck):
        return check.challenge(language)
    return {"kind": "tick_box", "field": HUMAN_RESPONSE}


def response_of(check: HumanCheck, posted: Mapping[str, str]) -> str:
    """Return the response to any check, made of the fields of a form that came back.

    Args:
        check: The check.
        posted: What came back.
    """
    if isinstance(check, DrawnHumanCheck):
        return check.response(posted)
    return posted.get(HUMAN_RESPONSE, "")
