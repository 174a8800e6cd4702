"""The ways between this site and an identity provider's, for signing in and for signing out.

Browsers leave our cookies at home when another site posts a form to us, as SAML's POST binding
does. Such a message is posted once more, from a page of ours.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from registrazione.contrib.web.exchange import Go, Outcome, Show
from registrazione.contrib.web.pages import Button, Form, Link, Links, Prose, Tone
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.generation import drawn_name
from registrazione.ports import Outgoing

PENDING_FOR = timedelta(minutes=10)
"""For how long an answer may let wait for itself."""
STATE_BYTES = 20
"""They make 32 characters: SPID and CIE ask for as many."""

_AGAIN = "from_here"
_STATES = ("state", "RelayState")
"""What providers call the name that travels along: OpenID Connect, SAML."""
_MOST_FIELDS = 20
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?|https?://\[[0-9A-Fa-f:]+\](:[0-9]+)?")
"""What may stand in a content policy: nothing that ends a source or a directive there."""


def new_state() -> Generator[Work, Any, str]:
    """Draw the unguessable name that travels to a provider and back."""
    return drawn_name((yield lambda r: r.parts.randomness.draw(STATE_BYTES)))


def until_of(visit: Visit) -> int:
    """Return up to when an answer to what leaves now is waited for, as a cookie keeps it."""
    return int((visit.now + PENDING_FOR).timestamp())


def is_waited_for(visit: Visit, row: Mapping[str, Any]) -> bool:
    """Tell whether an answer comes in time.

    Args:
        visit: The visit.
        row: With what :func:`until_of` returned, as ``until``.
    """
    return visit.now <= datetime.fromtimestamp(row["until"], UTC)


def origin_of(url: str) -> str:
    """Return the origin of an address; empty where it has none that a policy can name.

    Args:
        url: Whatever a provider told.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _ORIGIN.fullmatch(origin) else ""


def way_to(visit: Visit, outgoing: Outgoing, name: str) -> Outcome:
    """Return the way to another site.

    After a form of ours has been sent, browsers hold the page's ``form-action`` against where
    the answer leads: then a page with a link leads there, and not the answer.

    Args:
        visit: The visit.
        outgoing: An address, or a form that is to be posted there.
        name: Of the page that stands between, where there is one.
    """
    if not outgoing.fields and visit.request.method != "POST":
        return Go(url=outgoing.url)
    label = visit.text("identity.go_on")
    words = Prose(paragraphs=(visit.text(f"{name}.text"),))
    if not outgoing.fields:
        link = Link(label=label, url=outgoing.url, tone=Tone.PRIMARY, auto=True)
        return visit.show(name, words, Links(items=(link,), buttons=True), help_topic="identity")
    origin = origin_of(outgoing.url)
    if origin:
        visit.allow("form-action", origin)
    form = _passed_on(label, outgoing.url, outgoing.fields)
    return visit.show(name, words, form, help_topic="identity")


def message_of(visit: Visit) -> dict[str, str]:
    """Return what came, whether in the address or in a form."""
    request = visit.request
    if request.method != "POST":
        return dict(request.query)
    names = [name for name in request.form if name != _AGAIN]
    return visit.all_typed(names[:_MOST_FIELDS])


def state_of(message: Mapping[str, str]) -> str:
    """Return the name that travelled along; empty where there is none."""
    return next((message[name] for name in _STATES if name in message), "")


def was_posted(visit: Visit) -> bool:
    """Tell whether this may be posted by another site: it was not sent again from here."""
    return visit.request.method == "POST" and not visit.typed(_AGAIN)


def once_more(visit: Visit, message: Mapping[str, str], name: str) -> Show:
    """Return the page that posts a message again, from here.

    Args:
        visit: The visit.
        message: What came.
        name: Of the page.
    """
    fields = (*message.items(), (_AGAIN, "yes"))
    return visit.show(
        name,
        Prose(paragraphs=(visit.text(f"{name}.text"),)),
        _passed_on(visit.text("identity.go_on"), visit.url(visit.request.path), fields),
        help_topic="identity",
    )


def _passed_on(label: str, url: str, fields: tuple[tuple[str, str], ...]) -> Form:
    """Return a form that the script sends, or else the visitor."""
    return Form(
        action=url,
        hidden=fields,
        buttons=(Button(label=label),),
        label=label,
        bare=True,
        auto=True,
    )
