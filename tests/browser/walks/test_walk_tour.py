"""The pages beside the straight way, and what every form says to a mistake."""

from __future__ import annotations

import pytest
from tests.browser.conftest import violations
from tests.browser.walks import tour
from tests.browser.walks.people import somebody
from tests.browser.walks.procedures import complete, register, whole
from tests.browser.walks.walker import walking

from registrazione.core.profile import Step
from registrazione.demo.procedures import procedures

PROFILES = {profile.name: profile for profile in procedures()}


@pytest.mark.requirement("MIM-38", "MIM-40", "POL-11", "IOL-20")
def test_every_page_is_seen(browser, flask_site, looker) -> None:
    """Light, accessible by day and by night, with and without faults."""
    profile, person = PROFILES["polis"], somebody()
    with walking(browser, flask_site, profile, person, look=looker) as walker:
        tour.see(walker, tour.OUTSIDE)
        tour.send_empty(walker, tour.FAULTY_OUTSIDE)
        whole(browser, walker)
        tour.see(walker, tour.INSIDE)
        tour.send_empty(walker, tour.FAULTY_INSIDE)
        tour.see_desk(browser, walker)

        assert {*tour.OUTSIDE.values(), *tour.INSIDE.values(), *tour.DESK.values()} <= {
            *walker.trail
        }


@pytest.mark.requirement("UNI-11")
def test_what_stands_behind_letters_and_a_rejection_are_seen(browser, flask_site, looker) -> None:
    """A new password, a new address, and the reason that somebody is told."""
    with walking(browser, flask_site, PROFILES["standard"], somebody(), look=looker) as walker:
        whole(browser, walker)
        tour.see_behind_letters(walker)
        assert {"reset", "email"} <= {*walker.trail}

    students = PROFILES["mim-students"]
    with walking(browser, flask_site, students, somebody(), look=looker) as walker:
        tour.see_rejection(browser, register(walker))
        assert "desk.reject" in walker.trail


@pytest.mark.requirement("MIM-22", "MIM-20")
@pytest.mark.parametrize("name", PROFILES)
def test_every_form_says_what_is_missing(browser, django_site, looker, name) -> None:
    """A form that is sent empty comes back, with the focus on what is missing, all at once."""
    profile = PROFILES[name]
    with walking(browser, django_site, profile, somebody(), look=looker, screen="phone") as walker:
        walker.open("/register", f"register.{profile.steps[0]}")
        for step, after in zip(profile.steps, (*profile.steps[1:], None), strict=True):
            if step in {Step.IDENTIFY, Step.FILL}:
                walker.press(f"register.{step}").forgive()
                assert walker.tab.locator(".faults:focus").count() == 1
            if after is None:
                break
            complete(walker, step)
            walker.press(f"register.{after}")


def test_the_pages_of_the_demonstration_are_seen(browser, flask_site, looker) -> None:
    """Chooser, people, mailbox, letter, roles and accounts, and the machine of one account."""
    with walking(browser, flask_site, PROFILES["standard"], somebody(), look=looker) as walker:
        register(walker).link()
        tour.see(walker, {f"{flask_site.url}{path}": name for path, name in tour.DEMO.items()})
        with walker.tab.expect_navigation():
            walker.tab.locator("main table a").first.click()

        assert walker.page == "demo.machine"
        assert violations(walker.tab) == []
        assert walker.tab.locator("main img").evaluate("one => one.naturalWidth") > 0
