"""Where an answer leads: one table from what the person does next to a page."""

from __future__ import annotations

from collections.abc import Mapping

from registrazione.contrib.web.exchange import Go
from registrazione.contrib.web.visit import Visit
from registrazione.core.answer import Answer, Next

PAGES: Mapping[Next, str] = {
    Next.OPEN_LINK: "/waiting/{ticket}",
    Next.WAIT_FOR_SECRETARIAT: "/waiting/{ticket}",
    Next.GO_IN_PERSON: "/waiting/{ticket}",
    Next.SIGN_IN: "/sign-in",
    Next.READ_MAIL: "/done/read-mail",
    Next.CHANGE_PASSWORD: "/password",
    Next.CHANGE_PERSONAL_CODE: "/code",
    Next.COMPLETE_DATA: "/complete",
    Next.ALIGN: "/align",
    Next.USE_SERVICES: "/area",
    Next.NOTHING: "/",
}
"""The page of each step that is done outside the form; a test holds it complete."""

TICKETED = frozenset({Next.OPEN_LINK, Next.WAIT_FOR_SECRETARIAT, Next.GO_IN_PERSON})
"""What a registration waits for: shown to the browser that holds its ticket."""


def onwards(visit: Visit, answer: Answer) -> Go:
    """Return the way to what the person does next.

    Whoever has nothing to do any more before the services is signed in for the host as well, and
    goes on to the service, or to the host's own page, that was wanted first (MIM-29).

    Args:
        visit: The visit.
        answer: What the registrar said.
    """
    if answer.session:
        visit.let_in(answer)
    if answer.next in TICKETED:
        if not answer.ticket:
            return visit.go(f"/done/{answer.next.value.replace('_', '-')}")
        return visit.go(PAGES[answer.next].format(ticket=visit.keep_ticket(answer.ticket)))
    if answer.next is not Next.USE_SERVICES:
        return visit.go(PAGES[answer.next])
    visit.signed_in = answer.account
    wanted = visit.kept.pop("wanted", "")
    if wanted:
        return Go(url=str(wanted))
    if answer.destination in visit.setup.services:
        return visit.go(f"/service/{answer.destination}")
    return visit.go(PAGES[Next.USE_SERVICES])
