"""The mailed links: opening one shows a page, and only its button uses it.

A scanner that fetches every link of a letter changes nothing. The token moves from the address
into a cookie of one page, so that it stands in no address that is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

import attrs

from registrazione.contrib.web.chapters.second_clicks import done_before, mark_of
from registrazione.contrib.web.cookies import short
from registrazione.contrib.web.exchange import Outcome, Show
from registrazione.contrib.web.inputs import secret_field
from registrazione.contrib.web.onwards import TICKETED, onwards
from registrazione.contrib.web.pages import Button, Field, Form, Link, Links, Prose, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Handler, Visit, Work
from registrazione.core.answer import Answer, Next
from registrazione.core.profile import FirstPassword
from registrazione.core.refusals import Refusal

_SLOT = "link"
_LONGEST = 2000
"""Characters of a text that could be a token: no cookie carries more than it has to."""
_AGAIN = "activation.password_again"
_OVER = frozenset({"token.expired", "token.used", "token.invalid"})
Running = Generator[Work, Any, Outcome]
Using = Generator[Work, Any, Any]


def _opens(page: str) -> Handler:
    """Return what moves the token out of the address."""

    def opened(visit: Visit) -> Running:
        token = visit.params["token"]
        if len(token) > _LONGEST:
            return _over(visit, None)
        path = f"/{page}/open/{short(token)}"
        mark = yield from mark_of(page, token)
        visit.cookies.write({"token": token, **mark}, _SLOT, path)
        return visit.go(path)

    return opened


def _shows(page: str) -> Handler:
    """Return what shows the page of a link; nothing is used."""

    def shown(visit: Visit) -> Running:
        yield from ()
        if not _token(visit):
            return _over(visit, None)
        return _page(visit, page)

    return shown


def _uses(page: str) -> Handler:
    """Return what uses a link."""

    def used(visit: Visit) -> Running:
        token = _token(visit)
        if not token:
            return _over(visit, None)
        try:
            answer = yield from _USED[page](visit, token)
        except Refusal as refused:
            if not _OVER.intersection(refused.codes):
                return _page(visit, page, refused)
            answer = yield from done_before(page, token, visit.cookies.read(_SLOT))
            if answer is None:
                return _over(visit, refused)
            if visit.typed("password_again"):
                # What was typed now may be another one than the first click has set.
                visit.say("password.changed_before", Tone.INFO)
        return _after(visit, page, (yield from _with_own_ticket(visit, answer)))

    return used


def _after(visit: Visit, page: str, answer: Answer) -> Outcome:
    """Return the way on once a link was used; the letters say the rest."""
    visit.say(f"{page}.done")
    return onwards(visit, answer)


def _activate(visit: Visit, token: str) -> Using:
    """Activate; the same browser shows its tickets, any other the password (UNI-06)."""
    password = visit.typed("password") or None
    again = visit.typed("password_again") if "password_again" in visit.request.form else None
    if password is None:
        for ticket in visit.tickets.values():
            try:
                return (yield _with_ticket(token, ticket))
            except Refusal as refused:
                if refused.code != _AGAIN:
                    raise
    return (yield lambda r: r.activate(token, password=password, password_again=again))


def _with_own_ticket(visit: Visit, answer: Answer) -> Using:
    """Return the answer with this browser's ticket, where the registration still waits.

    With it the page of what is waited for offers the form to print, and SPID (POL-07, POL-18).
    """
    account = answer.account
    if account is None or answer.next not in TICKETED:
        return answer
    for ticket in visit.tickets.values():
        try:
            present: Answer = yield _looking(ticket)
        except Refusal:
            # It was of another registration, which is over.
            continue
        if present.account is not None and present.account.id == account.id:
            return attrs.evolve(answer, ticket=ticket)
    return answer


def _looking(ticket: str) -> Work:
    return lambda r: r.look(ticket=ticket)


def _with_ticket(token: str, ticket: str) -> Work:
    return lambda r: r.activate(token, ticket=ticket)


def _reset(visit: Visit, token: str) -> Using:
    """Set a new password (UNI-11)."""
    new, again = visit.typed("password"), visit.typed("password_again")
    return (yield lambda r: r.reset_password(token, new, again))


_USED: Mapping[str, Callable[[Visit, str], Using]] = {
    "activate": _activate,
    "email": _activate,
    "reset": _reset,
}
"""What the button of each link does."""


def _token(visit: Visit) -> str:
    """Return the token of this page's own cookie."""
    token = str(visit.cookies.read(_SLOT).get("token", ""))
    return token if token and short(token) == visit.params["link"] else ""


def _page(visit: Visit, page: str, refused: Refusal | None = None) -> Show:
    """Return the page of a link with its button."""
    form = Form(
        action=visit.url(visit.request.path),
        fields=_fields(visit, page, refused),
        buttons=(Button(label=visit.text(f"{page}.button")),),
        label=visit.text(f"{page}.title"),
    )
    words = Prose(paragraphs=(visit.text(f"{page}.text"),))
    topic = "recovery" if page == "reset" else "registration"
    return visit.show(page, words, form, refused=refused, help_topic=topic)


def _fields(visit: Visit, page: str, refused: Refusal | None) -> tuple[Field, ...]:
    """Return what has to be typed to use the link."""
    first = visit.profile.first_password
    if page == "reset" or (page == "activate" and first is FirstPassword.AT_LINK):
        policy = visit.profile.password
        return (
            secret_field(visit, "password", "password.new", policy=policy, refused=refused),
            secret_field(visit, "password_again", "password.again", refused=refused),
        )
    elsewhere = page == "activate" and first is FirstPassword.CHOSEN and not visit.tickets
    if elsewhere or (refused is not None and "password" in {f.field for f in refused.faults}):
        return (
            secret_field(
                visit,
                "password",
                "activate.password",
                autocomplete="current-password",
                refused=refused,
            ),
        )
    return ()


def _over(visit: Visit, refused: Refusal | None) -> Show:
    """Return the page of a link that opens nothing any more, with every way on (UNI-06, IOL-20)."""
    ways = (("frame.sign_in", "/sign-in"), ("waiting.again", "/register"))
    return visit.show(
        "link.over",
        Prose(paragraphs=(visit.text("link.over.text"),)),
        Links(
            items=(
                *(Link(label=visit.text(key), url=visit.url(path)) for key, path in ways),
                Link(label=visit.text("link.over.resend"), url=visit.url("/recover/link")),
            )
        ),
        refused=refused,
        status=410,
    )


def done(visit: Visit) -> Running:
    """Show what happens next where there is nothing more to be done here."""
    yield from ()
    name = visit.params["what"]
    if name not in _DONE:
        return visit.show("not_found", status=404)
    return visit.show(
        f"done.{name}", Prose(paragraphs=(visit.text(f"done.{name}.text"),), tone=Tone.INFO)
    )


_DONE = frozenset(
    next_.value.replace("_", "-")
    for next_ in (
        Next.OPEN_LINK,
        Next.READ_MAIL,
        Next.WAIT_FOR_SECRETARIAT,
        Next.GO_IN_PERSON,
    )
)

ROUTES: tuple[Route, ...] = (
    *(
        route
        for page in ("activate", "email", "reset")
        for route in (
            Route(f"/{page}/<token>", get=_opens(page)),
            Route(f"/{page}/open/<link>", get=_shows(page), post=_uses(page)),
        )
    ),
    Route("/done/<what>", get=done),
)
