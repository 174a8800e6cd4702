"""Out here and out there: the session that goes on at an identity provider ends with ours.

Ours is over before the browser leaves, whatever the provider then says. The sealed cookie keeps
what the provider needs beside the session; which of several answers this browser waits for stands
there too. A provider that ends its session itself sends the browser here, or says so without one:
the sessions end that the provider names, wherever their browsers are.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from typing import Any

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
from registrazione.contrib.web.exchange import Outcome, Send, Show
from registrazione.contrib.web.pages import Link, Links, Prose, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.answer import Answer
from registrazione.core.refusals import Refusal

MOST_SESSION = 1500
"""Characters of a provider's session that are kept: with all else there is room for them."""

_BY_NO_BROWSER = "logout_token"
"""What a provider of OpenID Connect sends by itself (Back-Channel Logout 1.0, 2.5)."""
_DONE = Send(body=b"{}", content_type="application/json")
_NOT_DONE = Send(body=b'{"error":"invalid_request"}', content_type="application/json", status=400)
"""What it is told: that the session has ended, or that its word is good for nothing (2.8)."""
_THERE = "there"
_LEAVING = "leaving"
Running = Generator[Work, Any, Outcome]


def keep_session(visit: Visit, provider: str, answer: Answer, told: str = "") -> None:
    """Keep what ends the provider's session, beside ours.

    Args:
        visit: The visit, with our session in it.
        provider: Who vouched.
        answer: What let the person in.
        told: What an earlier answer of the same sign-in said of the provider's session.
    """
    session = session_to_keep(answer.provider_session or told)
    if answer.session and session:
        visit.kept[_THERE] = [provider, session]


def session_to_keep(session: str) -> str:
    """Return a provider's session, if a cookie has room for it."""
    return session if len(session) <= MOST_SESSION else ""


def end_here(visit: Visit) -> Generator[Work, Any, None]:
    """End our session, and take it from the browser."""
    session = visit.session
    visit.kept.pop("session", None)
    visit.kept.pop("wanted", None)
    visit.signed_out = True
    yield from _end(session)


def end_former(visit: Visit, answer: Answer) -> Generator[Work, Any, None]:
    """End the session that this browser had before, so that its token is worth nothing more.

    A new token for everybody who proves who they are, and no old one beside it (ASVS 5.0 7.2.4).

    Args:
        visit: The visit, before the new session is in it.
        answer: What may let the person in.
    """
    if answer.session:
        yield from _end(visit.session)


def _end(session: str) -> Generator[Work, Any, None]:
    """End a session of ours, where there is one; it may be over already."""
    if session:
        with suppress(Refusal):
            yield lambda r: r.sign_out(session)


def go_out(visit: Visit, key: str) -> Running:
    """Go on to the provider, where a session goes on there, or else to the login page.

    Args:
        visit: The visit, whose session here is over.
        key: Text that says so.
    """
    provider, session = visit.kept.pop(_THERE, ("", ""))
    if session:
        state = yield from new_state()
        try:
            outgoing = yield lambda r: r.start_sign_out_with(provider, session=session, state=state)
        except Refusal:
            return _out_here(visit, key)
        if outgoing is not None:
            row = {"provider": provider, "state": state, "until": until_of(visit)}
            visit.kept[_LEAVING] = row
            return way_to(visit, outgoing, "identity.out")
    visit.say(key)
    return visit.go("/sign-in")


def come_out(visit: Visit) -> Running:
    """Take what a provider says of the end of a session: its answer, or its own request."""
    provider, message = visit.params["provider"], message_of(visit)
    if _BY_NO_BROWSER in message:
        return (yield from _told(visit, provider, message))
    if was_posted(visit) and not visit.before:
        return once_more(visit, message, "identity.out_back")
    # What may be signed is the address as it came; a form has its signature inside.
    query = "" if visit.request.method == "POST" else visit.request.raw_query
    leaving = _leaving(visit, provider)
    try:
        ending = yield lambda r: r.end_sessions_with(provider, message, query)
    except Refusal as refused:
        if not leaving:
            return _unheard(visit, refused)
        del visit.kept[_LEAVING]
        return _out_here(visit, "sign_out.done")
    if ending.sessions:
        if _is_meant(visit, provider, ending.sessions):
            del visit.kept[_THERE]
            visit.say("identity.out.asked")
            # One from before accounts remembered the provider's own goes on until now.
            yield from end_here(visit)
        if ending.reply is not None:
            return way_to(visit, ending.reply, "identity.out_reply")
    elif leaving and state_of(message) == leaving["state"]:
        del visit.kept[_LEAVING]
        visit.say("identity.out.done")
    return visit.go("/sign-in")


def _told(visit: Visit, provider: str, message: dict[str, str]) -> Running:
    """Take what a provider says by itself: the browser finds its session ended when it is back."""
    if not was_posted(visit):
        return _NOT_DONE
    try:
        yield lambda r: r.end_sessions_with(provider, message)
    except Refusal:
        return _NOT_DONE
    return _DONE


def _leaving(visit: Visit, provider: str) -> dict[str, Any] | None:
    """Return the sign-out that this browser has under way with a provider, for a few minutes."""
    row: dict[str, Any] | None = visit.kept.get(_LEAVING)
    if row is None or row["provider"] != provider:
        return None
    return row if is_waited_for(visit, row) else None


def _is_meant(visit: Visit, provider: str, sessions: tuple[str, ...]) -> bool:
    """Tell whether the provider names the session that this browser has with it."""
    whose, session = visit.kept.get(_THERE, ("", ""))
    return whose == provider and session in sessions


def _out_here(visit: Visit, key: str) -> Outcome:
    """Say that the session here is over, and that the provider's may go on."""
    visit.say(key)
    visit.say("identity.out.here_only", Tone.WARNING)
    return visit.go("/sign-in")


def _unheard(visit: Visit, refused: Refusal) -> Show:
    """Return the page for a message that proves nothing and that nobody waits for."""
    way = Link(label=visit.text("frame.sign_in"), url=visit.url("/sign-in"))
    return visit.show(
        "identity.out_refused",
        Prose(paragraphs=(visit.text("identity.out_refused.text"),), tone=Tone.INFO),
        Links(items=(way,)),
        refused=refused,
        help_topic="identity",
        status=422,
    )


ROUTES: tuple[Route, ...] = (
    Route("/identity/<provider>/logout", get=come_out, post=come_out, foreign=True),
)
