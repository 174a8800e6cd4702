"""In by SPID, CIE or eIDAS: there and back (MIM-02, MIM-08, IOL-11, UNI-02, POL-01, POL-18).

What comes back is believed only where this browser went there a few minutes ago: otherwise
somebody could make a visitor sign in as somebody else (RFC 9700, 4.7.1). The sealed cookie keeps
what was wanted under an unguessable name that travels with the visitor, and each is used once.

Browsers leave our cookies at home when another site posts a form to us, as SAML's POST binding
does. Such an answer is posted once more, from a page of ours.
"""

from __future__ import annotations

import base64
from collections.abc import Generator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from registrazione.contrib.web.chapters.identity_pages import keep
from registrazione.contrib.web.exchange import Go, Outcome, Show
from registrazione.contrib.web.onwards import onwards
from registrazione.contrib.web.pages import Button, Form, Link, Links, Prose, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.refusals import Refusal, refusal
from registrazione.ports import Outgoing

MOST_PENDING = 3
"""Sign-ins that one browser may have under way, in as many tabs."""
PENDING_FOR = timedelta(minutes=10)
"""For how long an answer may let wait for itself."""

_PENDING = "pending"
_AGAIN = "from_here"
_STATES = ("state", "RelayState")
"""What providers call the name that travels along: OpenID Connect, SAML."""
_MOST_FIELDS = 20
Running = Generator[Work, Any, Outcome]


def leave(visit: Visit) -> Running:
    """Send the browser to the provider."""
    provider, query = visit.params["provider"], visit.request.query
    name = query.get("ticket", "")
    if name and name not in visit.tickets:
        return visit.go("/sign-in")
    # 32 characters in the end: SPID and CIE ask for as many.
    drawn = yield lambda r: r.parts.randomness.draw(20)
    state = base64.b32encode(drawn).decode().rstrip("=").lower()
    callback = f"{visit.setup.base_url.rstrip('/')}/identity/{provider}/callback"
    try:
        outgoing = yield lambda r: r.start_sign_in_with(
            provider, callback_url=callback, state=state
        )
    except Refusal as refused:
        return _refused(visit, provider, refused)
    if outgoing is None:
        return visit.show("not_found", status=404, help_topic="identity")
    service = query.get("service", "")
    row = {
        "provider": provider,
        "service": service if visit.profile.service(service) is not None else "",
        "ticket": visit.tickets.get(name, ""),
        "link": bool(visit.session),
        "until": int((visit.now + PENDING_FOR).timestamp()),
    }
    others = list(visit.kept.get(_PENDING, {}).items())[-(MOST_PENDING - 1) :]
    visit.kept[_PENDING] = dict([*others, (state, row)])
    return _way(visit, outgoing)


def _way(visit: Visit, outgoing: Outgoing) -> Outcome:
    """Return the way to the provider: a link to follow, or a form that goes by itself."""
    if not outgoing.fields:
        return Go(url=outgoing.url)
    parts = urlsplit(outgoing.url)
    if parts.netloc:
        visit.allow("form-action", f"{parts.scheme}://{parts.netloc}")
    return visit.show(
        "identity.leave",
        Prose(paragraphs=(visit.text("identity.leave.text"),)),
        _passed_on(visit, outgoing.url, outgoing.fields),
        help_topic="identity",
    )


def come_back(visit: Visit) -> Running:
    """Take the provider's answer, from the browser that was sent there."""
    provider = visit.params["provider"]
    response = _response(visit)
    state = next((response[name] for name in _STATES if name in response), "")
    if _is_from_elsewhere(visit, state):
        return _once_more(visit, response)
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
        return _refused(visit, provider, refused)
    if session and answer.session:
        visit.say("identity.linked")
    keep(visit, answer)
    return onwards(visit, answer)


def _response(visit: Visit) -> dict[str, str]:
    """Return what came back, whether in the address or in a form."""
    request = visit.request
    if request.method != "POST":
        return dict(request.query)
    names = [name for name in request.form if name != _AGAIN]
    return visit.all_typed(names[:_MOST_FIELDS])


def _is_from_elsewhere(visit: Visit, state: str) -> bool:
    """Tell whether another site posted this, so that the browser left our cookies at home."""
    posted = visit.request.method == "POST" and not visit.typed(_AGAIN)
    return posted and state not in visit.kept.get(_PENDING, {})


def _once_more(visit: Visit, response: Mapping[str, str]) -> Show:
    """Return the page that posts the answer again, from here."""
    fields = (*response.items(), (_AGAIN, "yes"))
    return visit.show(
        "identity.back",
        Prose(paragraphs=(visit.text("identity.back.text"),)),
        _passed_on(visit, visit.url(visit.request.path), fields),
        help_topic="identity",
    )


def _passed_on(visit: Visit, url: str, fields: tuple[tuple[str, str], ...]) -> Form:
    """Return a form that the script sends, or else the visitor."""
    return Form(
        action=url,
        hidden=fields,
        buttons=(Button(label=visit.text("identity.go_on")),),
        label=visit.text("identity.go_on"),
        bare=True,
        auto=True,
    )


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
    return row if visit.now <= datetime.fromtimestamp(row["until"], UTC) else None


def _refused(visit: Visit, provider: str, refused: Refusal) -> Show:
    """Return the page of who did not get in, with every other way (UNI-04, UNI-10)."""
    known = provider in visit.profile.federation.providers
    again = f"/identity/{provider}"
    ways = (
        *((("identity.again", again),) if known else ()),
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
)
