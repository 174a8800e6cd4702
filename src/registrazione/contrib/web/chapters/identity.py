"""In by SPID, CIE or eIDAS: there and back (MIM-02, MIM-08, IOL-11, UNI-02, POL-01, POL-18).

What comes back is believed only where this browser went there a few minutes ago: otherwise
somebody could make a visitor sign in as somebody else (RFC 9700, 4.7.1). The sealed cookie keeps
what was wanted under an unguessable name that travels with the visitor, and each is used once.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any
from urllib.parse import urlencode

from registrazione.contrib.web.chapters import identity_documents, identity_leaving
from registrazione.contrib.web.chapters.identity_chooser import show_choices
from registrazione.contrib.web.chapters.identity_leaving import end_former, keep_session
from registrazione.contrib.web.chapters.identity_pages import keep
from registrazione.contrib.web.chapters.identity_ways import (
    is_waited_for,
    message_of,
    new_state,
    once_more,
    state_of,
    until_of,
    was_posted,
    way_to,
)
from registrazione.contrib.web.cookies import short
from registrazione.contrib.web.exchange import Outcome, Show
from registrazione.contrib.web.onwards import onwards
from registrazione.contrib.web.pages import Link, Links, Prose, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.refusals import Refusal, refusal

MOST_PENDING = 3
"""Sign-ins that one browser may have under way, in as many tabs."""

_PENDING = "pending"
_NO_ROW: Mapping[str, Any] = {}
Running = Generator[Work, Any, Outcome]


def leave(visit: Visit) -> Running:
    """Send the browser to the provider, or first to choose one of several behind its button."""
    provider, query = visit.params["provider"], visit.request.query
    name, choice = query.get("ticket", ""), query.get("choice", "")
    if name and name not in visit.tickets:
        return visit.go("/sign-in")
    service = query.get("service", "")
    row = {
        "provider": provider,
        "service": service if visit.profile.service(service) is not None else "",
        "ticket": visit.tickets.get(name, ""),
        "link": bool(visit.session),
        "until": until_of(visit),
    }
    callback = f"{visit.setup.base_url.rstrip('/')}/identity/{provider}/callback"
    try:
        choices = () if choice else (yield lambda r: r.identity_choices(provider))
        if len(choices) > 1:
            return show_choices(visit, choices)
        chosen = choices[0].name if choices else choice
        state = yield from new_state()
        outgoing = yield lambda r: r.start_sign_in_with(
            provider, callback_url=callback, state=state, choice=chosen
        )
    except Refusal as refused:
        return _refused(visit, provider, refused, row)
    if outgoing is None:
        return visit.show("not_found", status=404, help_topic="identity")
    others = list(visit.kept.get(_PENDING, {}).items())[-(MOST_PENDING - 1) :]
    visit.kept[_PENDING] = dict([*others, (state, row)])
    return way_to(visit, outgoing, "identity.leave")


def come_back(visit: Visit) -> Running:
    """Take the provider's answer, from the browser that was sent there."""
    provider, response = visit.params["provider"], message_of(visit)
    state = state_of(response)
    if was_posted(visit) and state not in visit.kept.get(_PENDING, {}):
        return once_more(visit, response, "identity.back")
    row = _taken(visit, state)
    if row is None or row["provider"] != provider:
        return _refused(visit, provider, refusal("identity.expired"))
    session = visit.session if row["link"] else ""
    ticket, service = str(row["ticket"]), str(row["service"])
    try:
        answer = yield lambda r: r.sign_in_with(
            provider,
            response,
            session=session,
            ticket=ticket,
            service=service,
            origin=visit.request.origin,
        )
    except Refusal as refused:
        if refused.code == "session.ended":
            raise
        return _refused(visit, provider, refused, row)
    if session and answer.session:
        visit.say("identity.linked")
    keep(visit, answer, provider)
    yield from end_former(visit, answer)
    way = onwards(visit, answer)
    keep_session(visit, provider, answer)
    return way


def _taken(visit: Visit, state: str) -> dict[str, Any] | None:
    """Return what was wanted under that name, once, and not for long."""
    pending: dict[str, dict[str, Any]] = visit.kept.get(_PENDING, {})
    row = pending.get(state)
    if row is None:
        return None
    left = {name: other for name, other in pending.items() if name != state}
    visit.kept[_PENDING] = left
    if not left:
        del visit.kept[_PENDING]
    return row if is_waited_for(visit, row) else None


def _refused(
    visit: Visit, provider: str, refused: Refusal, row: Mapping[str, Any] = _NO_ROW
) -> Show:
    """Return the page of who did not get in, with every other way (UNI-04, UNI-10).

    Args:
        visit: The visit.
        provider: As the address names it.
        refused: Why.
        row: What was wanted, for who tries again.
    """
    known = provider in visit.profile.federation.providers
    again = f"/identity/{provider}"
    ticket, service = row.get("ticket"), row.get("service")
    wanted = {
        **({"ticket": short(str(ticket))} if ticket else {}),
        **({"service": str(service)} if service else {}),
    }
    ways = (
        *(
            (("identity.again", f"{again}?{urlencode(wanted)}" if wanted else again),)
            if known
            else ()
        ),
        ("frame.sign_in", "/sign-in"),
        ("frame.register", "/register"),
    )
    return visit.show(
        "identity.refused",
        Prose(paragraphs=(visit.text("identity.refused.text"),), tone=Tone.INFO),
        Links(items=tuple(Link(label=visit.text(key), url=visit.url(to)) for key, to in ways)),
        refused=refused,
        help_topic="identity",
        status=422,
    )


ROUTES: tuple[Route, ...] = (
    Route("/identity/<provider>", get=leave),
    Route("/identity/<provider>/callback", get=come_back, post=come_back, foreign=True),
    *identity_leaving.ROUTES,
    # Behind the others: what no page answers may be a document.
    *identity_documents.ROUTES,
)
