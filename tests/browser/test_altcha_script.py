"""The script that solves a task, in a real browser under a strict Content-Security-Policy."""

from __future__ import annotations

import html
import json
from pathlib import Path
from urllib.parse import parse_qs

import attrs
import pytest
from tests.adapters.human_check.checks import still_tools
from tests.browser.conftest import Sent, opened, serving

import registrazione
from registrazione.adapters.human_check.altcha import AltchaCheck

ASSETS = Path(registrazione.__file__).parent / "contrib" / "web" / "assets"
SCRIPT = ASSETS / "registrazione.js"
STRICT = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:"
POLICY = (("Content-Security-Policy", STRICT),)
PAGE = """<!doctype html><html lang="it"><title>Verifica</title><link rel="icon" href="data:,">
<form method="post" action="/send">
<div data-altcha="{task}" {texts} {more}>
<label><input type="checkbox" id="box" name="human_response" value="yes"> Non sono un robot</label>
</div>
<button>Prosegui</button></form>
<script src="/registrazione.js" defer></script></html>"""


@attrs.define
class Site:
    """One page with the check, and what came back from it."""

    check: AltchaCheck
    page: str = ""
    received: list[dict[str, str]] = attrs.field(factory=list)

    def answer(self, request):
        """Serve page, script and task; note what is sent."""
        if request.path == "/registrazione.js":
            return Sent(SCRIPT.read_bytes(), "text/javascript")
        if request.path == "/task":
            return Sent(json.dumps(self.check.challenge()["puzzle"]).encode(), "application/json")
        if request.path == "/send":
            fields = parse_qs(request.body)
            self.received.append({name: values[-1] for name, values in fields.items()})
            return Sent(b"<!doctype html><title>ok</title><p id=sent>ok</p>", headers=POLICY)
        return Sent(self.page.encode(), headers=POLICY)

    def draw(self, task=None, more=""):
        """Put a new challenge on the page."""
        challenge = self.check.challenge()
        texts = " ".join(f'data-{k}="{html.escape(v)}"' for k, v in challenge["texts"].items())
        given = html.escape(task or json.dumps(challenge["puzzle"]))
        self.page = PAGE.format(task=given, texts=texts, more=more)


@pytest.fixture
def site():
    """Return a site whose tasks take a moment."""
    made = Site(AltchaCheck(still_tools(), cost=500, tries=64))
    made.draw()
    return made


@pytest.mark.requirement("MIM-12")
def test_ticking_the_box_solves_the_task(site, tab):
    """A screen reader hears how it goes; what is sent passes, once."""
    with serving(site.answer) as url:
        tab.goto(url)
        tab.check("#box")
        tab.wait_for_selector("[data-altcha-state=done]")
        assert tab.text_content("[role=status]") == "Verifica completata."
        tab.click("button")
        tab.wait_for_selector("#sent")

    (posted,) = site.received
    response = site.check.response(posted)
    assert site.check.passed(response)
    assert not site.check.passed(response)


def test_whoever_is_faster_than_the_computer_waits(site, tab):
    """The form goes by itself once the task is solved."""
    with serving(site.answer) as url:
        tab.goto(url)
        tab.check("#box")
        tab.click("button")
        tab.wait_for_selector("#sent")

    assert [site.check.passed(posted["human_response"]) for posted in site.received] == [True]


def test_a_fresh_task_may_be_fetched(site, tab):
    """From the same site; the box may stand elsewhere on the page."""
    site.draw(task="/task", more='data-altcha-field="box"')
    with serving(site.answer) as url:
        tab.goto(url)
        tab.check("#box")
        tab.wait_for_selector("[data-altcha-state=done]")
        tab.click("button")
        tab.wait_for_selector("#sent")

    assert site.check.passed(site.received[0]["human_response"])


def test_a_task_that_cannot_be_solved_is_said_to_be(site, tab):
    """The box is free again, and nothing is sent in its name."""
    broken = {**site.check.challenge()["puzzle"], "tries": 0}
    site.draw(task=json.dumps(broken))
    with serving(site.answer) as url:
        tab.goto(url)
        tab.click("#box")
        tab.wait_for_selector("[data-altcha-state=failed]")
        assert "riprova" in tab.text_content("[role=status]")
        assert not tab.is_checked("#box")
        tab.click("button")
        tab.wait_for_selector("#sent")

    assert site.received == [{}]


def test_without_a_tick_nothing_is_computed(site, tab):
    """The form goes at once, for the server to refuse."""
    with serving(site.answer) as url:
        tab.goto(url)
        tab.click("button")
        tab.wait_for_selector("#sent")

    assert not site.check.passed(site.check.response(site.received[0] if site.received else {}))


def test_without_scripts_the_box_is_only_a_box(site, browser):
    """It does not pass by itself: the question is the way through."""
    with serving(site.answer) as url, opened(browser, java_script_enabled=False) as tab:
        tab.goto(url)
        tab.check("#box")
        tab.click("button")
        tab.wait_for_selector("#sent")

    assert site.received == [{"human_response": "yes"}]
    assert not site.check.passed(site.check.response(site.received[0]))
