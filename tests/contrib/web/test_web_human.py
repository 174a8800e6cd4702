"""The human check on the page, whichever it is (MIM-12, IOL-02)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contrib.web.browserless import visitor_of
from tests.world import MARIO

from registrazione.contrib.web.human import HUMAN, challenge_from
from registrazione.ports import HumanChallenge

DRAWN: HumanChallenge = {
    "kind": "widget",
    "field": "x-captcha-response",
    "hidden": {"made": "signed"},
    "trap": "website",
    "question": "?",
    "puzzle": {"parameters": {"cost": 1}},
    "texts": {"working": "…"},
    "script": "https://check.example/api.js",
    "site_key": "public",
    "css_class": "x-captcha",
    "sources": {"script-src": "https://check.example", "frame-src": "https://check.example"},
    "without_script": {"kind": "question", "field": "answer", "question": "1 + 1?"},
}


class Drawn:
    """A check that is drawn by a third party, and believes one word."""

    def challenge(self, language: str = "it") -> HumanChallenge:
        """Return what the page needs."""
        assert language in {"it", "en"}
        return DRAWN

    def response(self, posted: Any) -> str:
        """Return two fields of the form as one text."""
        return f"{posted.get('x-captcha-response', '')} {posted.get('made', '')}"

    def passed(self, response: str) -> bool:
        """Believe one word."""
        return response == "human signed"


@pytest.mark.requirement("MIM-12", "IOL-02")
@pytest.mark.parametrize("awaitable", [False, True])
def test_a_check_of_a_third_party_is_drawn_and_judged(awaitable):
    """Its own field comes back; the page may reach its origins, and no other page may."""
    visitor = visitor_of("mim-students", human_check=Drawn(), awaitable=awaitable)
    visitor.get("/register")
    assert "check.example" not in str(visitor.reply.headers)
    visitor.submit()
    policy = dict(visitor.reply.headers)["Content-Security-Policy"]
    assert "script-src 'self' https://check.example;" in policy
    assert "frame-src https://check.example" in policy
    field = visitor.field("x-captcha-response")
    assert (field.challenge.kind, field.challenge.site_key) == ("widget", "public")

    typed = {"codice_fiscale": MARIO.cf, "x-captcha-response": "human", "do": "next"}
    visitor.post(visitor.path, typed)
    assert visitor.name == "register.identify"
    assert visitor.field("x-captcha-response").faults
    assert visitor.page.faults[0].field == field.id
    visitor.post(visitor.path, {**typed, "made": "signed"})
    assert visitor.name == "register.fill"


def test_what_a_check_says_is_all_there_for_the_templates():
    """Mappings become pairs, the task JSON, and what stands in without a script is the same."""
    drawn = challenge_from(DRAWN)

    assert drawn.hidden == (("made", "signed"),)
    assert drawn.task == '{"parameters":{"cost":1}}'
    assert drawn.texts == (("working", "…"),)
    assert (drawn.trap, drawn.css_class, drawn.script) == (
        "website",
        "x-captcha",
        "https://check.example/api.js",
    )
    assert drawn.without_script is not None
    assert drawn.without_script.name == "answer"
    assert challenge_from({}).name == HUMAN
    assert challenge_from({}).kind == "tick_box"
