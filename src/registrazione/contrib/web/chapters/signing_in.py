"""The first page, signing in and out (MIM-07, MIM-42, UNI-15)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from registrazione.contrib.web.chapters.identity_leaving import end_former, end_here, go_out
from registrazione.contrib.web.exchange import Outcome, Show
from registrazione.contrib.web.inputs import plain_field, secret_field
from registrazione.contrib.web.local import is_local
from registrazione.contrib.web.onwards import onwards
from registrazione.contrib.web.pages import Button, Form, Link, Links, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.profile import UsernameRule
from registrazione.core.refusals import Refusal

Running = Generator[Work, Any, Outcome]


def first(visit: Visit) -> Running:
    """Lead to the services whoever is signed in, everybody else to the login page."""
    yield from ()
    return visit.go("/area" if visit.session else "/sign-in")


def show(visit: Visit) -> Running:
    """Show the login page (MIM-07)."""
    yield from ()
    wanted, service = (visit.request.query.get(name, "") for name in ("next", "service"))
    if is_local(wanted):
        visit.want(wanted)
    elif service:
        # Whoever wants to go somewhere else now has forgotten what was wanted before.
        visit.kept.pop("wanted", None)
    return _page(visit, service)


def send(visit: Visit) -> Running:
    """Sign in, and go on to what was wanted (MIM-29)."""
    username, password = visit.typed("username"), visit.typed("password")
    service, origin = visit.typed("service"), visit.request.origin
    try:
        answer = yield lambda r: r.sign_in(username, password, service=service, origin=origin)
    except Refusal as refused:
        if refused.ticket:
            # The password was right: what is still missing has a page of its own (UNI-14).
            name = visit.keep_ticket(refused.ticket)
            visit.say_faults(refused.faults)
            return visit.go(f"/waiting/{name}")
        return _page(visit, service, refused)
    yield from end_former(visit, answer)
    return onwards(visit, answer)


def leave(visit: Visit) -> Running:
    """Log out, here and where an identity provider has a session of its own (MIM-42)."""
    yield from end_here(visit)
    return (yield from go_out(visit, "sign_out.done"))


def _page(visit: Visit, service: str, refused: Refusal | None = None) -> Show:
    """Return the login page with every way in."""
    by_email = visit.profile.username is UsernameRule.EMAIL
    name = "sign_in.email" if by_email else "sign_in.username"
    form = Form(
        action=visit.url("/sign-in"),
        fields=(
            plain_field(
                visit,
                "username",
                name,
                value=visit.typed("username"),
                autocomplete="username",
                refused=refused,
            ),
            secret_field(
                visit,
                "password",
                "sign_in.password",
                autocomplete="current-password",
                refused=refused,
            ),
        ),
        buttons=(Button(label=visit.text("sign_in.button")),),
        hidden=(("service", service),) if service else (),
        label=visit.text("sign_in.title"),
    )
    ways = Links(
        items=(
            Link(label=visit.text("sign_in.register"), url=visit.url("/register")),
            Link(label=visit.text("sign_in.recover"), url=visit.url("/recover")),
        )
    )
    return visit.show(
        "sign_in", form, *providers_of(visit, service), ways, refused=refused, help_topic="access"
    )


def providers_of(
    visit: Visit, service: str = "", *, heading: str = "sign_in.or", tone: Tone = Tone.PRIMARY
) -> tuple[Links, ...]:
    """Return the buttons of the identity providers (MIM-07, MIM-08).

    Args:
        visit: The visit.
        service: Where the person wants to go.
        heading: Text above them.
        tone: How they stand out.
    """
    more = f"?service={service}" if visit.profile.service(service) is not None else ""
    items = tuple(
        Link(
            label=visit.text(f"provider.{provider}"),
            url=visit.url(f"/identity/{provider}{more}"),
            tone=tone,
            image=provider,
        )
        for provider in visit.profile.federation.providers
    )
    return (Links(items=items, heading=visit.text(heading), buttons=True),) if items else ()


ROUTES: tuple[Route, ...] = (
    Route("/", get=first),
    Route("/sign-in", get=show, post=send),
    Route("/sign-out", post=leave),
)
