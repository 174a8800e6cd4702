"""After the confirmed form: the link, the secretariat, or the way to a school (UNI-08, MIM-24)."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from registrazione.contrib.web.exchange import Outcome, Send, Show
from registrazione.contrib.web.inputs import plain_field
from registrazione.contrib.web.onwards import onwards
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
from registrazione.core.answer import Answer, Next
from registrazione.core.emails import EmailAddress
from registrazione.core.profile import Gate
from registrazione.core.refusals import Refusal
from registrazione.service.letter_words import moment

FORM = "modulo-di-adesione.pdf"
"""What the printed form is saved as."""

Running = Generator[Work, Any, Outcome]


def show(visit: Visit) -> Running:
    """Show what the registration waits for."""
    ticket = visit.tickets.get(visit.params["ticket"])
    if ticket is None:
        return visit.go("/sign-in")
    answer = yield lambda r: r.look(ticket=ticket)
    return _page(visit, answer)


def send(visit: Visit) -> Running:
    """Send the link again, or to the right address (UNI-08)."""
    ticket = visit.tickets.get(visit.params["ticket"])
    if ticket is None:
        return visit.go("/sign-in")
    try:
        if visit.action == "correct":
            email, again = visit.typed("email"), visit.typed("email_again")
            answer = yield lambda r: r.correct_email(ticket, email, again)
        else:
            origin = visit.request.origin
            answer = yield lambda r: r.resend_activation(ticket=ticket, origin=origin)
    except Refusal as refused:
        present = yield lambda r: r.look(ticket=ticket)
        return _page(visit, present, refused)
    visit.say("waiting.sent")
    return onwards(visit, answer)


def form(visit: Visit) -> Running:
    """Send the printed form, to be signed in person (IST-10, POL-07)."""
    ticket = visit.tickets.get(visit.params["ticket"])
    if ticket is None:
        return visit.go("/sign-in")
    language = visit.language
    printed = yield lambda r: r.adhesion_form(ticket=ticket, language=language)
    return Send(body=printed, content_type="application/pdf", filename=FORM)


def _page(visit: Visit, answer: Answer, refused: Refusal | None = None) -> Show:
    name, blocks = _PAGES.get(answer.next, ("waiting.ended", _ended))
    topic = "enabling" if answer.next is Next.GO_IN_PERSON else "registration"
    return visit.show(name, *blocks(visit, answer, refused), refused=refused, help_topic=topic)


def _link(visit: Visit, answer: Answer, refused: Refusal | None) -> tuple[Block, ...]:
    """Return what somebody does whose link has not been used yet (UNI-06, UNI-08)."""
    account, until = answer.account, answer.expires_at
    address = EmailAddress.of(account.email).masked if account and account.email else ""
    when = moment(until, visit.language) if until is not None else ""

    def address_field(name: str, label: str) -> Field:
        return plain_field(
            visit,
            name,
            label,
            type=InputType.EMAIL,
            value=visit.typed(name),
            autocomplete="email",
            refused=refused,
        )

    return (
        Prose(
            paragraphs=(
                visit.text("waiting.link.sent", address=address),
                visit.text("waiting.link.until", until=when),
                visit.text("waiting.spam"),
            ),
            tone=Tone.INFO,
        ),
        Form(
            action=visit.url(visit.request.path),
            heading=visit.text("waiting.resend.heading"),
            buttons=(
                Button(label=visit.text("waiting.resend"), value="resend", tone=Tone.SECONDARY),
            ),
        ),
        Form(
            action=visit.url(visit.request.path),
            heading=visit.text("waiting.correct.heading"),
            fields=(
                address_field("email", "waiting.email"),
                address_field("email_again", "waiting.email_again"),
            ),
            buttons=(Button(label=visit.text("waiting.correct"), value="correct"),),
        ),
    )


def _secretariat(visit: Visit, _answer: Answer, _refused: Refusal | None) -> tuple[Block, ...]:
    """Return what is said to who waits for the secretariat (MIM-24)."""
    texts = ("waiting.secretariat.text", "waiting.secretariat.mail")
    return (Prose(paragraphs=tuple(visit.text(key) for key in texts), tone=Tone.INFO),)


def _presence(visit: Visit, _answer: Answer, _refused: Refusal | None) -> tuple[Block, ...]:
    """Return the way to a school, the form to print, and SPID instead of both (POL-07, POL-18)."""
    federation = visit.profile.federation
    providers = federation.providers if Gate.PRESENCE in federation.satisfies else ()
    name = visit.params["ticket"]
    way = Links(
        items=(
            Link(
                label=visit.text("waiting.presence.form"),
                url=visit.url(f"/waiting/{name}/form.pdf"),
                tone=Tone.PRIMARY,
            ),
            *(
                Link(
                    label=visit.text(f"provider.{provider}"),
                    url=visit.url(f"/identity/{provider}?ticket={name}"),
                    tone=Tone.SECONDARY,
                    image=provider,
                )
                for provider in providers
            ),
        ),
        heading=visit.text("waiting.presence.now"),
        buttons=True,
    )
    texts = ("waiting.presence.text", "waiting.presence.bring", "waiting.presence.mail")
    return (Prose(paragraphs=tuple(visit.text(key) for key in texts), tone=Tone.INFO), way)


def _active(visit: Visit, _answer: Answer, _refused: Refusal | None) -> tuple[Block, ...]:
    """Return what is said to whose account is active by now."""
    way = Link(label=visit.text("frame.sign_in"), url=visit.url("/sign-in"), tone=Tone.PRIMARY)
    return (
        Prose(paragraphs=(visit.text("waiting.active.text"),), tone=Tone.SUCCESS),
        Links(items=(way,), buttons=True),
    )


def _ended(visit: Visit, _answer: Answer, _refused: Refusal | None) -> tuple[Block, ...]:
    """Return what is said to whose registration came to nothing (UNI-06, IOL-19)."""
    way = Link(label=visit.text("waiting.again"), url=visit.url("/register"), tone=Tone.PRIMARY)
    return (
        Prose(paragraphs=(visit.text("waiting.ended.text"),), tone=Tone.WARNING),
        Links(items=(way,), buttons=True),
    )


_PAGES: Mapping[Next, tuple[str, Any]] = {
    Next.OPEN_LINK: ("waiting.link", _link),
    Next.WAIT_FOR_SECRETARIAT: ("waiting.secretariat", _secretariat),
    Next.GO_IN_PERSON: ("waiting.presence", _presence),
    Next.SIGN_IN: ("waiting.active", _active),
}
"""The page of each thing that a registration may wait for."""

ROUTES: tuple[Route, ...] = (
    Route("/waiting/<ticket>", get=show, post=send),
    Route("/waiting/<ticket>/form.pdf", get=form),
)
