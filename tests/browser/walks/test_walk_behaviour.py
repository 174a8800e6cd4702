"""Scanners, double clicks, the browser's own buttons, two tabs, and forms that nobody finishes."""

from __future__ import annotations

import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from tests.browser.walks import procedures as p
from tests.browser.walks.conftest import WAYS
from tests.browser.walks.people import somebody
from tests.browser.walks.walker import SUBMIT, walking

from registrazione.core.profile import Step
from registrazione.demo.procedures import procedures

PROFILES = {profile.name: profile for profile in procedures()}
UNI, IST, IOL = map(PROFILES.get, ("unimi-external", "istanze-online", "iscrizioni-online"))
EVENTS = {"link_requested": 1, "mailbox_proved": 1, "code_changed": 1, "submission_authorised": 1}
"""How often each of them is to happen."""
LINKS = re.compile(r"https?://[^\s\"'<>]+")


def scan(url: str) -> list[int]:
    """Fetch a link and where it leads as a mail scanner does: without cookies, and twice."""
    seen = []
    for method in ("GET", "HEAD", "GET", "HEAD"):
        address = url
        while address:
            parts = urlsplit(address)
            connection = HTTPConnection(parts.netloc, timeout=20)
            connection.request(
                method, f"{parts.path}?{parts.query}", headers={"User-Agent": "scan"}
            )
            answer = connection.getresponse()
            answer.read()
            seen.append(answer.status)
            way = answer.headers.get("Location", "")
            address = way if way.startswith("http") or not way else f"http://{parts.netloc}{way}"
            connection.close()
    return seen


def written(site) -> dict[str, object]:
    """Return everything that is stored; of letters, which are on their way, how many there are."""
    rows = site.rows()
    return {**rows, "registrazione_outbox": len(rows["registrazione_outbox"])}


def links_in(letter) -> set[str]:
    """Return every link of a letter, in both of its bodies."""
    bodies = (letter.message.get_body((kind,)) for kind in ("plain", "html"))
    return {link for body in bodies if body for link in LINKS.findall(body.get_content())}


@WAYS
@pytest.mark.requirement("UNI-06", "IOL-05", "UNI-11")
def test_a_mail_scanner_changes_nothing(browser, site, script) -> None:
    """Every link of every letter is fetched first; each of them still works afterwards."""
    with walking(browser, site, UNI, somebody(), script=script) as walker:
        p.register(walker)

        def scanned(after: int) -> None:
            walker.link(after)
            letters = site.post.letters(walker.email)
            found = {link for letter in letters for link in links_in(letter)}
            ours = {link for link in found if link.startswith(site.url)}
            before = written(site)
            statuses = {status for link in ours for status in scan(link)}
            assert ours
            assert max(statuses) < 500
            assert written(site) == before

        scanned(0)
        p.open_link(walker)
        known = walker.letters()
        walker.open("/recover/password", "recover.password").fill({"who": walker.person.key})
        walker.press("done.read-mail")
        scanned(known)
        mine = "Quattro4Cavalli"
        walker.open(walker.link(known), "reset")
        walker.fill({"password": mine, "password_again": mine}).press("sign_in")
        p.sign_in(walker, "area", mine)


@WAYS
def test_a_double_click_does_the_thing_once(browser, site, script) -> None:
    """Confirming, activating, changing the code, signing: each happens once."""
    with walking(browser, site, IST, somebody(), script=script) as walker:

        def twice(*names: str) -> None:
            # The second click may call the first one's navigation off: what loads counts.
            with walker.tab.expect_event("load"):
                walker.tab.locator(SUBMIT).first.dblclick(no_wait_after=True)
            assert walker.page in names, walker.page
            walker.forgive()

        def made(event: str) -> int:
            return site.happened(event) - before[event]

        before = {event: site.happened(event) for event in EVENTS}
        walker.open("/register", "register.identify")
        p.complete(walker, Step.IDENTIFY)
        walker.press("register.fill")
        p.complete(walker, Step.FILL)
        twice("waiting.link")
        walker.open(walker.link(), "activate")
        twice("waiting.presence")
        p.identify(browser, walker)
        p.sign_in(walker, "code")
        temporary = walker.mailed("Codice personale temporaneo")
        walker.fill({"old": temporary, "personal_code": p.CODE, "personal_code_again": p.CODE})
        twice("area")
        walker.open(f"/submit/mobilita?digest={p.DIGEST}", "submit").fill({"code": p.CODE})
        twice("submit.receipt")

        assert {event: made(event) for event in EVENTS} == EVENTS


@WAYS
@pytest.mark.requirement("MIM-21")
def test_back_and_reload_lose_nothing(browser, site, script) -> None:
    """Every step comes back as it was filled in, and nothing is done again."""
    with walking(browser, site, IOL, somebody(), script=script) as walker:
        tab, typed = walker.tab, walker.typed()
        walker.open("/register", "register.identify")
        p.complete(walker, Step.IDENTIFY)
        walker.press("register.fill")
        p.complete(walker, Step.FILL)
        walker.press("register.summary")
        for name in ("register.fill", "register.identify"):
            tab.go_back()
            walker.at(name)
            tab.reload()
            walker.at(name)
        assert tab.input_value("[name=codice_fiscale]") == walker.person.codice_fiscale
        p.complete(walker, Step.IDENTIFY)
        walker.press("register.fill")
        for field in ("name", "surname", "email", "email_again", "birth_place", "birth_date"):
            assert tab.input_value(f"[name={field}]") == typed[field], field
        walker.press("register.summary")
        tab.reload()
        walker.at("register.summary").press("waiting.link")
        rows = site.rows()
        letters = walker.letters()
        tab.reload()
        walker.at("waiting.link")
        tab.go_back()
        walker.at("waiting.link" if "waiting" in tab.url else "register.summary")
        tab.reload()
        walker.at("waiting.link")

        assert walker.link()
        assert len(site.rows()["registrazione_accounts"]) == len(rows["registrazione_accounts"])
        assert walker.letters() <= max(letters, 1)


@WAYS
def test_two_tabs_do_not_mix(browser, site, script) -> None:
    """Two people in two tabs of one browser, step by step in turn: each gets their own link."""
    one, other = somebody(), somebody()
    with walking(browser, site, UNI, one, script=script) as first:
        tab = first.tab.context.new_page()
        tab.watch = first.tab.watch
        second = type(first)(tab=tab, site=site, profile=UNI, person=other, script=script)
        for walker in (first, second):
            walker.open("/register", "register.fill")
        for walker in (first, second):
            walker.tab.bring_to_front()
            p.complete(walker, Step.FILL)
        for walker in (first, second):
            walker.tab.bring_to_front()
            walker.press("waiting.link")
        for walker in (second, first):
            walker.tab.bring_to_front()
            p.open_link(walker)
        p.sign_in(first, "area")
        first.open("/profile", "profile")

        assert one.email in first.tab.inner_text("main")
        assert other.email not in first.tab.inner_text("main")


@WAYS
def test_an_abandoned_form_leaves_no_row(browser, site, script) -> None:
    """Up to the last button nothing is written anywhere."""
    before = written(site)
    for name, profile in PROFILES.items():
        with walking(browser, site, profile, somebody(), script=script) as walker:
            walker.open("/register", f"register.{profile.steps[0]}")
            for step, after in zip(profile.steps, (*profile.steps[1:], None), strict=True):
                p.complete(walker, step)
                if after is not None:
                    walker.press(f"register.{after}")

        assert written(site) == before, name
