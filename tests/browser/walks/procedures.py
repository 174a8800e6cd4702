"""What people do in each procedure, from the first page to the use of a service."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import attrs
from tests.browser.walks.walker import Walker, walking

from registrazione.core.profile import FirstPassword, Gate, Step, UsernameRule

if TYPE_CHECKING:
    from collections.abc import Iterator

DIGEST = "0123456789abcdef" * 4
CODE = "codice2026"
"""The personal code that everybody chooses."""


def register(walker: Walker) -> Walker:
    """Go through the form, from the first page to the one that says what is waited for."""
    steps = walker.profile.steps
    waits = {
        Gate.SECRETARIAT: "waiting.secretariat",
        Gate.LINK: "waiting.link",
    }[walker.profile.gates[0]]
    walker.open("/register", f"register.{steps[0]}")
    after = (*(f"register.{step}" for step in steps[1:]), waits)
    for step, name in zip(steps, after, strict=True):
        complete(walker, step)
        walker.press(name)
    return walker


def complete(walker: Walker, step: Step) -> None:
    """Type what a step asks for."""
    if step is Step.IDENTIFY:
        walker.fill({"codice_fiscale": walker.person.codice_fiscale})
        walker.prove_human()
    elif step is Step.FILL:
        walker.fill(walker.typed())


def open_link(walker: Walker) -> Walker:
    """Open the mailed link and press its button; the password is set there where it is."""
    walker.open(walker.link(), "activate")
    if walker.profile.first_password is FirstPassword.AT_LINK:
        mine = walker.person.password_for(walker.profile)
        walker.fill({"password": mine, "password_again": mine})
    later = Gate.PRESENCE in walker.profile.gates
    mailed = walker.profile.first_password is FirstPassword.TEMPORARY
    return walker.press("waiting.presence" if later else "done.read-mail" if mailed else "sign_in")


def sign_in(walker: Walker, name: str, password: str = "") -> Walker:
    """Sign in, with what was mailed or chosen, and come to a page."""
    generated = walker.profile.username is UsernameRule.GENERATED
    by_email = walker.profile.username is UsernameRule.EMAIL
    username = walker.mailed("Nome utente") if generated else walker.person.key
    mine = password or walker.person.password_for(walker.profile)
    walker.open("/sign-in", "sign_in")
    walker.fill({"username": walker.email if by_email else username, "password": mine})
    return walker.press(name)


def change_password(walker: Walker, old: str, name: str) -> Walker:
    """Change the password, and come to a page."""
    mine = walker.person.password_for(walker.profile)
    walker.fill({"old": old, "password": mine, "password_again": mine})
    return walker.press(name)


def first_sign_in(walker: Walker) -> Walker:
    """Come in for the first time; what was mailed is changed first of all."""
    if walker.profile.first_password is FirstPassword.TEMPORARY:
        temporary = walker.mailed("Password temporanea")
        sign_in(walker, "password", temporary)
        return change_password(walker, temporary, "area")
    if walker.profile.personal_code is None:
        return sign_in(walker, "area")
    sign_in(walker, "code")
    temporary = walker.mailed("Codice personale temporaneo")
    walker.fill({"old": temporary, "personal_code": CODE, "personal_code_again": CODE})
    return walker.press("area")


def use_service(walker: Walker) -> Walker:
    """Use a service: sign an application, enter one, or be in the area where there is none."""
    services = walker.profile.services
    if not services:
        return walker
    name = services[0].name
    if services[0].personal_code:
        walker.open(f"/submit/{name}?digest={DIGEST}", "submit")
        return walker.fill({"code": CODE}).press("submit.receipt")
    return walker.press("service.entered", f"form[action$='/service/{name}'] button")


# -- at the desk ----------------------------------------------------------------------------


@contextmanager
def at_desk(browser, walker: Walker, role: str) -> Iterator[Walker]:
    """Open a browser for an operator, who sees to the same person."""
    screen = "phone" if walker.tab.viewport_size["width"] < 1000 else "wide"
    options = {"screen": screen, "script": walker.script, "look": walker.look, "role": role}
    with walking(browser, walker.site, walker.profile, walker.person, **options) as operator:
        operator.trail = walker.trail
        yield operator


def find_in_queue(operator: Walker, path: str) -> Walker:
    """Find the person in a queue of the desk, and come to their account."""
    operator.open(path, "desk.queue")
    whole = f"{operator.person.surname} {operator.person.name}"
    with operator.tab.expect_navigation():
        operator.tab.get_by_role("link", name=whole).click()
    return operator.at("desk.account")


def approve(browser, walker: Walker) -> None:
    """Have the secretariat find the registration in the queue, and approve it."""
    with at_desk(browser, walker, "secretariat") as operator:
        find_in_queue(operator, "/desk")
        operator.follow("/approve", "desk.approve").press("desk.account")


def identify(browser, walker: Walker) -> None:
    """Have the school look at the document, and record it."""
    with at_desk(browser, walker, "office") as operator:
        operator.open("/desk/presence", "desk.presence")
        operator.fill({"cf": walker.person.codice_fiscale})
        operator.press("desk.identify", "button[value=cf]")
        shown = {
            "cf": walker.person.codice_fiscale,
            "document_type": "cartaIdentita",
            "document_number": "CA12345AA",
            "document_expires": "2035-01-01",
            "form_signed": "yes",
        }
        operator.fill(shown).press("desk.account")


@attrs.frozen
class Walk:
    """One procedure: the pages that are come to, one after the other.

    Args:
        pages: Their names; whatever happens to one of them is noticed here.
    """

    pages: str

    @property
    def names(self) -> list[str]:
        """The names one by one."""
        return self.pages.split()


WALKS = {
    "mim-students": Walk(
        "register.notice register.identify register.fill register.summary waiting.secretariat "
        "desk.queue desk.account desk.approve desk.account "
        "sign_in password area service.entered"
    ),
    "iscrizioni-online": Walk(
        "register.identify register.fill register.summary waiting.link "
        "activate done.read-mail sign_in password area service.entered"
    ),
    "istanze-online": Walk(
        "register.identify register.fill waiting.link activate waiting.presence "
        "desk.presence desk.identify desk.account sign_in code area submit submit.receipt"
    ),
    "polis": Walk(
        "register.identify register.fill waiting.link activate waiting.presence "
        "desk.presence desk.identify desk.account sign_in code area submit submit.receipt"
    ),
    "unimi-external": Walk(
        "register.fill waiting.link activate sign_in sign_in area service.entered"
    ),
    "standard": Walk("register.fill waiting.link activate sign_in sign_in area"),
}
"""Every procedure."""

OFFICES = {Gate.SECRETARIAT: approve, Gate.PRESENCE: identify, Gate.LINK: None}


def whole(browser, walker: Walker) -> Walker:
    """Walk a procedure from its first page to the use of a service."""
    register(walker)
    for gate in walker.profile.gates:
        see_to = OFFICES[gate]
        step = partial(open_link, walker) if see_to is None else partial(see_to, browser, walker)
        step()
    return use_service(first_sign_in(walker))
