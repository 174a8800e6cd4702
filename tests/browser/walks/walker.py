"""Somebody in front of a real browser, who reads, types and presses buttons."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
from tests.browser.conftest import opened

from registrazione.adapters.human_check.question import _VALUES as NUMBERS
from registrazione.checks.places import InstalledPlaces
from registrazione.demo.operators import COOKIE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.walks.sites import Site

    from registrazione.core.profile import Profile
    from registrazione.testing.people import Person

SCREENS = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}
SUBMIT = "main form:not(.form-compact) button[type=submit]"
PLACES = InstalledPlaces()


@attrs.define(kw_only=True)
class Walker:
    """One browser, one person, one procedure.

    Args:
        tab: Of Playwright.
        site: Where the procedures are.
        profile: The procedure.
        person: Who walks; an operator is nobody in particular.
        script: Whether the browser runs scripts.
        look: Called at each page, to look at it more closely.
        trail: Names of the pages that were come to.
    """

    tab: object
    site: Site
    profile: Profile
    person: Person
    script: bool = True
    look: Callable[[Walker, str], None] = attrs.field(default=lambda *_: None)
    trail: list[str] = attrs.field(factory=list)

    @property
    def base(self) -> str:
        """Where the procedure is."""
        return f"{self.site.url}/{self.profile.name}"

    @property
    def email(self) -> str:
        """The mailbox that the person gave."""
        return self.person.form(self.profile)["email"]

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        return self.tab.locator("body").get_attribute("data-page")

    @property
    def heading(self) -> str:
        """The heading of the page that is shown."""
        return self.tab.locator("h1").inner_text()

    # -- going somewhere ---------------------------------------------------------------------

    def open(self, path: str, name: str) -> Walker:
        """Go to a page of the procedure, by its path or its whole address."""
        self.tab.goto(path if path.startswith("http") else f"{self.base}{path}")
        return self.at(name)

    def follow(self, end: str, name: str) -> Walker:
        """Follow the link of the page whose address ends like this."""
        with self.tab.expect_navigation():
            self.tab.locator(f"main a[href$='{end}'], nav a[href$='{end}']").first.click()
        return self.at(name)

    def press(self, name: str, button: str = SUBMIT) -> Walker:
        """Press a button, the first one if nothing else is said, and come to a page."""
        with self.tab.expect_navigation():
            self.tab.locator(button).first.click()
        return self.at(name)

    def at(self, name: str) -> Walker:
        """Be at a page: it is the one that should be there."""
        said = self.tab.locator(".faults, h1").all_inner_texts()
        assert self.page == name, (self.page, said, self.tab.url)
        self.trail.append(name)
        self.look(self, name)
        return self

    def forgive(self) -> None:
        """Take no offence at the status of the page: it says that something was wrong."""
        wrong = self.tab.watch.wrong
        wrong[:] = [said for said in wrong if not said.startswith("Failed to load resource")]

    # -- typing ------------------------------------------------------------------------------

    def fill(self, values: dict[str, str], within: str = "main") -> Walker:
        """Type into the fields of the page, choose and tick."""
        for name, value in values.items():
            self._type(self.tab.locator(f"{within} [name='{name}']"), value)
        return self

    def _type(self, field, value: str) -> None:
        first = field.first
        kind = first.get_attribute("type")
        if kind is None and first.evaluate("one => one.tagName") == "SELECT":
            first.select_option(value)
        elif kind == "radio":
            field.and_(self.tab.locator(f"[value='{value}']")).check()
        elif kind == "checkbox":
            first.check()
        else:
            first.fill(value)

    def prove_human(self) -> None:
        """Tick the box, and answer the question where no script can answer for the person."""
        if not self.profile.human_check:
            return
        self.tab.locator("main [name=human_response], main .human [type=checkbox]").first.check()
        if self.script:
            self.tab.wait_for_selector("[data-altcha-state=done]")
            return
        answer = self.tab.locator("[name=human_answer]")
        asked = self.tab.locator(f"label[for='{answer.get_attribute('id')}']").inner_text()
        first, second = (NUMBERS[word] for word in re.findall(r"\w+", asked) if word in NUMBERS)
        answer.fill(str(first + second))

    # -- reading letters ---------------------------------------------------------------------

    def link(self, after: int = 0) -> str:
        """Return the link of the last letter that has one."""
        return self.site.post.link(self.email, after)

    def mailed(self, label: str, after: int = 0) -> str:
        """Return what stands behind a label in the last letter that has it."""
        return self.site.post.value(self.email, label, after)

    def letters(self) -> int:
        """Return how many letters there are already."""
        return len(self.site.post.letters(self.email))

    def typed(self) -> dict[str, str]:
        """Return what the person types into the form, consents ticked."""
        place = PLACES.place(self.person.birth_place).label
        known = {
            **self.person.form(self.profile, document_type="cartaIdentita"),
            "cf": self.person.codice_fiscale,
            "birth_place": place,
        }
        names = [field.name for field in self.profile.form if field.name in known]
        consents = [f"consent_{text.name}" for text in self.profile.consents]
        return {name: known[name] for name in names} | dict.fromkeys(consents, "yes")


@contextmanager
def walking(browser, site: Site, profile: Profile, person: Person, **options) -> Iterator[Walker]:
    """Open a browser for somebody.

    Args:
        browser: The fixture.
        site: Where the procedures are.
        profile: The procedure.
        person: Who walks.
        options: ``screen``, ``script``, ``look``, and ``role`` of an operator.
    """
    screen, role = options.pop("screen", "wide"), options.pop("role", "")
    script = options.get("script", True)
    with opened(browser, java_script_enabled=script, **SCREENS[screen]) as tab:
        if role:
            tab.context.add_cookies([{"name": COOKIE, "value": role, "url": site.url}])
        yield Walker(tab=tab, site=site, profile=profile, person=person, **options)
