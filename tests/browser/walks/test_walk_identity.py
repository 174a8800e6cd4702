"""In by SPID and eIDAS, with a provider that plays: there, back, and what it leads to."""

from __future__ import annotations

from contextlib import contextmanager

import attrs
import pytest
from tests.browser.walks import procedures as p
from tests.browser.walks.conftest import WAYS
from tests.browser.walks.walker import PLACES, SUBMIT, walking

from registrazione.demo.procedures import procedures
from registrazione.stories import people

PROFILES = {profile.name: profile for profile in procedures()}


@contextmanager
def somebody_with_spid(browser, site, looker, name, person, **options):
    """Open a browser for somebody of the stories, whom the providers know."""
    with walking(browser, site, PROFILES[name], person, look=looker, **options) as walker:
        yield walker
        walker.forgive()


def sign_in_with(walker, name: str, provider: str = "spid", person=None, start: str = "") -> None:
    """Go to the provider, be who one is, and come back to a page."""
    tab, key = walker.tab, (person or walker.person).key
    if start.startswith("/"):
        tab.goto(f"{walker.base}{start}")
    else:
        if not start:
            walker.open("/sign-in", "sign_in")
        with tab.expect_navigation():
            tab.locator(f"main a[href*='/identity/{provider}']").first.click()
    if provider == "spid":
        walker.at("identity.choose")
        tab.locator("main a[href*='choice=']").first.click()
    pass_on(walker, "identity.leave")
    tab.wait_for_selector("body[data-page='demo.identity']")
    tab.locator(f"form:has([name=chosen][value='{key}']) button").click()
    pass_on(walker, "demo.identity", "form:has([name=SAMLResponse]) button")
    if walker.site.framework == "django":
        # Posted from another site: a page of ours posts it once more.
        pass_on(walker, "identity.back")
    tab.wait_for_selector(f"body[data-page='{name}']")
    walker.at(name)


def pass_on(walker, name: str, button: str = SUBMIT) -> None:
    """Press the button of a page that sends itself where there are scripts."""
    if not walker.script:
        walker.tab.wait_for_selector(f"body[data-page='{name}']")
        walker.tab.locator(button).first.click()


@WAYS
@pytest.mark.requirement("MIM-06", "MIM-08")
def test_what_the_provider_does_not_tell_is_asked(browser, site, looker, script) -> None:
    """Whoever comes with eIDAS fills in what is missing, and nothing else, and is in."""
    options = {"script": script}
    person = people.LENA if script else people.OMAR
    with somebody_with_spid(browser, site, looker, "mim-students", person, **options) as walker:
        sign_in_with(walker, "complete", "eidas")
        fields = walker.tab.locator("main form [name]:not([type=hidden])").all()
        asked = {field.get_attribute("name") for field in fields}
        nation = PLACES.place(person.birth_place).label
        typed = {**walker.typed(), "birth_nation": nation, "cf": person.codice_fiscale}
        if script:
            # Abroad there is no more to be chosen.
            del typed["birth_place"]
        walker.fill({name: value for name, value in typed.items() if name in asked})
        walker.press("area")

    assert {"cf", "sex", "birth_nation"} <= asked
    assert not {"name", "surname", "birth_date"} & asked


@WAYS
@pytest.mark.requirement("UNI-03")
def test_an_account_is_aligned_with_spid(browser, site, looker, script) -> None:
    """What SPID tells differently is shown, accepted, and SPID is the only way in then."""
    person = people.MARCO if script else people.TERESA
    with somebody_with_spid(
        browser, site, looker, "unimi-external", person, script=script
    ) as walker:
        walker.person = attrs.evolve(person, phone="+390200000000")
        p.register(walker)
        p.open_link(walker)
        walker.person = person
        sign_in_with(walker, "align")
        assert "+390200000000" in walker.tab.locator("main table").inner_text()
        walker.press("area", "button[value=accept]")
        walker.open("/profile", "profile")

        assert "SPID" in walker.tab.inner_text("main")


@WAYS
@pytest.mark.requirement("POL-18")
def test_spid_replaces_the_way_to_a_school(browser, site, looker, script) -> None:
    """Who waits for the identification in person comes with SPID, and is enabled."""
    with somebody_with_spid(browser, site, looker, "polis", people.DARIA, script=script) as walker:
        p.register(walker)
        p.open_link(walker)
        sign_in_with(walker, "code", start="here")
        temporary = walker.mailed("Codice personale temporaneo")
        walker.fill({"old": temporary, "personal_code": p.CODE, "personal_code_again": p.CODE})
        walker.press("area")
        p.use_service(walker)

        assert not any(name.startswith("desk.") for name in walker.trail)
        assert site.happened("submission_authorised")


@WAYS
@pytest.mark.requirement("UNI-04")
def test_the_spid_of_somebody_else_is_refused(browser, site, looker, script) -> None:
    """Signed in, and then with a sister's SPID: nothing is linked, and the page says why."""
    options = {"script": script}
    with somebody_with_spid(
        browser, site, looker, "unimi-external", people.NADIA, **options
    ) as walker:
        p.register(walker)
        p.open_link(walker)
        p.sign_in(walker, "area")
        before = len(site.rows()["registrazione_keys"])
        chiara = people.CHIARA
        sign_in_with(walker, "identity.refused", person=chiara, start="/identity/spid")

        assert walker.tab.locator(".faults:focus").count() == 1
        assert len(site.rows()["registrazione_keys"]) == before
