"""Whoever forgot something: the username first, then the password (IOL-17, IOL-18, IOL-20).

Every answer is the same whoever is known; the letters tell the truth to the owner.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from registrazione.contrib.web.exchange import Outcome, Show
from registrazione.contrib.web.inputs import plain_field
from registrazione.contrib.web.onwards import PAGES
from registrazione.contrib.web.pages import (
    Block,
    Button,
    Field,
    Form,
    InputType,
    Link,
    Links,
    Prose,
    Tone,
)
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.answer import Next
from registrazione.core.profile import Gate, Profile, UsernameRule
from registrazione.core.refusals import Refusal

Running = Generator[Work, Any, Outcome]
_TOPIC = "recovery"


def choose(visit: Visit) -> Running:
    """Show what may be lost, in the order in which it is looked for (IOL-20, UNI-12)."""
    yield from ()
    names = [name for name in ("username", "password", "link") if _is_offered(visit.profile, name)]
    ways = tuple(
        Link(label=visit.text(f"recover.{name}"), url=visit.url(f"/recover/{name}"))
        for name in names
    )
    again = Link(label=visit.text("recover.new"), url=visit.url("/register"))
    return visit.show(
        "recover",
        Links(items=(*ways, again)),
        Prose(paragraphs=(visit.text("recover.order"), visit.text("waiting.spam")))
        if "username" in names
        else Prose(paragraphs=(visit.text("waiting.spam"),)),
        Prose(heading=visit.text("recover.lost"), paragraphs=(visit.text("recover.lost.text"),)),
        help_topic=_TOPIC,
    )


def show_password(visit: Visit) -> Running:
    """Ask whose password is forgotten (IOL-10, UNI-11)."""
    yield from ()
    return _password(visit)


def send_password(visit: Visit) -> Running:
    """Have a link or a temporary password mailed (IOL-10, IOL-17, MIM-28)."""
    typed, origin = visit.typed("who"), visit.request.origin
    by_email = "@" in typed or visit.profile.username is UsernameRule.EMAIL
    told = {"email" if by_email else "username": typed}
    try:
        answer = yield lambda r: r.request_password_reset(**told, origin=origin)
    except Refusal as refused:
        return _password(visit, refused)
    return visit.go(PAGES[answer.next])


def _password(visit: Visit, refused: Refusal | None = None) -> Show:
    by_email = visit.profile.username is UsernameRule.EMAIL
    who = plain_field(
        visit,
        "who",
        "sign_in.email" if by_email else "recover.who",
        type=InputType.EMAIL if by_email else InputType.TEXT,
        value=visit.typed("who"),
        autocomplete="email" if by_email else "username",
        refused=refused,
        field="email",
    )
    words = visit.text(f"recover.password.{visit.profile.reset.value}")
    return visit.show(
        "recover.password",
        Prose(paragraphs=(words,)),
        _form(visit, who),
        *_elsewhere(visit),
        refused=refused,
        help_topic=_TOPIC,
    )


def _elsewhere(visit: Visit) -> tuple[Block, ...]:
    """Return what is said to whoever comes with SPID: nobody here knows their password (UNI-10)."""
    if not visit.profile.federation.providers:
        return ()
    words = Prose(
        heading=visit.text("recover.identity"),
        paragraphs=(visit.text("recover.identity.text"),),
        tone=Tone.INFO,
    )
    route = visit.profile.help.get("identity")
    if route is None or not route.url:
        return (words,)
    return (words, Links(items=(Link(label=route.text.to(visit.language), url=route.url),)))


def show_username(visit: Visit) -> Running:
    """Ask whose username is forgotten (IOL-18, UNI-18)."""
    yield from ()
    return _by_address(visit, "username")


def send_username(visit: Visit) -> Running:
    """Have the username mailed (IOL-18, UNI-18)."""
    if not _is_offered(visit.profile, "username"):
        return visit.show("not_found", status=404)
    email, origin = visit.typed("email"), visit.request.origin
    try:
        yield lambda r: r.recover_username(email, origin=origin)
    except Refusal as refused:
        return _by_address(visit, "username", refused)
    return visit.go(PAGES[Next.READ_MAIL])


def show_link(visit: Visit) -> Running:
    """Ask where the link was sent to (UNI-08)."""
    yield from ()
    return _by_address(visit, "link")


def send_link(visit: Visit) -> Running:
    """Have the link of a registration sent once more (UNI-08, IOL-20)."""
    if not _is_offered(visit.profile, "link"):
        return visit.show("not_found", status=404)
    email, origin = visit.typed("email"), visit.request.origin
    try:
        yield lambda r: r.resend_activation(email=email, origin=origin)
    except Refusal as refused:
        return _by_address(visit, "link", refused)
    return visit.go("/done/open-link")


def _by_address(visit: Visit, name: str, refused: Refusal | None = None) -> Show:
    """Return a page that asks for an address, where the procedure has what it is good for."""
    if not _is_offered(visit.profile, name):
        return visit.show("not_found", status=404)
    email = plain_field(
        visit,
        "email",
        "sign_in.email",
        type=InputType.EMAIL,
        value=visit.typed("email"),
        autocomplete="email",
        refused=refused,
    )
    return visit.show(
        f"recover.{name}",
        Prose(paragraphs=(visit.text(f"recover.{name}.text"),)),
        _form(visit, email),
        refused=refused,
        help_topic=_TOPIC,
    )


def _form(visit: Visit, field: Field) -> Form:
    return Form(
        action=visit.again(),
        fields=(field,),
        buttons=(Button(label=visit.text("recover.send")),),
        label=visit.text("recover.title"),
    )


def _is_offered(profile: Profile, name: str) -> bool:
    """Tell whether the procedure has what there is to be recovered."""
    return {
        "username": profile.username is not UsernameRule.EMAIL,
        "password": True,
        "link": Gate.LINK in profile.gates,
    }[name]


ROUTES: tuple[Route, ...] = (
    Route("/recover", get=choose),
    Route("/recover/password", get=show_password, post=send_password),
    Route("/recover/username", get=show_username, post=send_username),
    Route("/recover/link", get=show_link, post=send_link),
)
