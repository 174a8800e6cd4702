"""Every page that lies beside the straight way, and what each of them says to a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.walks.procedures import DIGEST, at_desk, find_in_queue

if TYPE_CHECKING:
    from tests.browser.walks.walker import Walker

OUTSIDE = {
    "/sign-in": "sign_in",
    "/recover": "recover",
    "/recover/password": "recover.password",
    "/recover/username": "recover.username",
    "/recover/link": "recover.link",
    "/done/open-link": "done.open-link",
    "/done/read-mail": "done.read-mail",
    "/done/wait-for-secretariat": "done.wait-for-secretariat",
    "/done/go-in-person": "done.go-in-person",
    "/activate/open/over": "link.over",
    "/complete": "identity.over",
    "/identity/spid/logout": "identity.out_refused",
    "/desk": "desk.closed",
    "/nowhere": "not_found",
}
"""Pages of everybody, by their paths."""
INSIDE = {
    "/area": "area",
    "/services": "services",
    "/profile": "profile",
    "/profile/contacts": "contacts",
    "/profile/email": "email.change",
    "/profile/cancel": "cancel",
    "/password": "password",
    "/code": "code",
    "/history": "history",
    f"/submit/istanze?digest={DIGEST}": "submit",
}
"""Pages of whoever is signed in."""
DESK = {
    "/desk": "desk.queue",
    "/desk?state=active": "desk.queue",
    "/desk/bulk": "desk.bulk",
    "/desk/presence": "desk.presence",
    "/desk/letters": "desk.letters",
    "/desk/statistics": "desk.statistics",
}
"""Pages of the operators, the queues of the secretariat among them."""
DUTIES = ("correct", "recover", "suspend", "cancel")
"""What may be done to an active account, each a page."""
FAULTY_OUTSIDE = {
    "/sign-in": "sign_in",
    "/recover/password": "recover.password",
    "/recover/username": "recover.username",
    "/recover/link": "recover.link",
}
"""Forms that are sent as they are, with nothing in them."""
FAULTY_INSIDE = {
    "/profile/email": "email.change",
    "/password": "password",
    "/code": "code",
    f"/submit/istanze?digest={DIGEST}": "submit",
}
"""Forms of whoever is signed in, the same."""

DEMO = {
    "/": "demo.chooser",
    "/people": "demo.people",
    "/mailbox": "demo.mailbox",
    "/mailbox/0": "demo.letter",
    "/operator": "demo.operator",
    "/accounts/standard": "demo.accounts",
}
"""Pages of the demonstration around the procedures, below the host."""


def see(walker: Walker, pages: dict[str, str]) -> None:
    """Open pages, one after the other."""
    for path, name in pages.items():
        walker.open(path, name)
        walker.forgive()


def send_empty(walker: Walker, pages: dict[str, str]) -> None:
    """Send forms with nothing in them, and be told what is wrong."""
    for path, name in pages.items():
        walker.tab.goto(f"{walker.base}{path}")
        walker.press(name).forgive()
        assert walker.tab.locator(".faults:focus").count() == 1, name


def see_desk(browser, walker: Walker) -> None:
    """See the desk, one account, and what may be done to it."""
    with at_desk(browser, walker, "secretariat") as operator:
        see(operator, DESK)
        found = find_in_queue(operator, "/desk?state=active")
        account = found.tab.url.removeprefix(operator.base)
        duties = {f"{account}/{duty}": f"desk.{duty}" for duty in DUTIES}
        see(operator, duties)
        send_empty(operator, {**duties, "/desk": "desk.queue", "/desk/presence": "desk.presence"})
        operator.open(f"{account}/suspend", "desk.suspend").fill({"reason": "Segnalazione"})
        operator.press("desk.account").open(f"{account}/reinstate", "desk.reinstate")


def see_rejection(browser, walker: Walker) -> None:
    """See the page on which the secretariat rejects a registration."""
    with at_desk(browser, walker, "secretariat") as operator:
        find_in_queue(operator, "/desk").follow("/reject", "desk.reject")


def see_behind_letters(walker: Walker) -> None:
    """See what stands behind the links of letters to whoever is registered."""
    known = walker.letters()
    walker.open("/recover/password", "recover.password").fill({"who": walker.email})
    walker.press("done.read-mail").open(walker.link(known), "reset")
    new = f"nuova.{walker.email}"
    mine = walker.person.password_for(walker.profile)
    walker.open("/profile/email", "email.change")
    walker.fill({"email": new, "password": mine}).press("done.read-mail")
    walker.open(walker.site.post.link(new), "email")
