"""The pages around the procedures: chooser, people, mailbox, identity provider, roles, machine."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request

from registrazione.checks.places import InstalledPlaces
from registrazione.contrib.flask.forgery import is_own_form
from registrazione.contrib.web.pages import (
    Button,
    Card,
    Cards,
    Cell,
    Figure,
    Form,
    Link,
    Links,
    Prose,
    Table,
    Tone,
)
from registrazione.core.account import Account
from registrazione.demo.frame import columns, language, shown, word
from registrazione.demo.operators import COOKIE, OPERATORS
from registrazione.demo.procedures import procedures
from registrazione.machine_picture import draw
from registrazione.registrar import Registrar
from registrazione.service.letter_words import moment
from registrazione.stories.mailbox import Mailbox, StoryFailed
from registrazione.stories.people import PEOPLE

GIVES_UP = "annulla"
"""The person who presses "Annulla" at the identity provider."""
_MOST = 100


def pages(mailbox: Mailbox) -> Blueprint:
    """Return the pages around the procedures.

    Args:
        mailbox: Where the letters arrive.
    """
    blueprint = Blueprint("demo", __name__)
    table: tuple[tuple[str, str, Callable[..., Any]], ...] = (
        ("/", "chooser", _chooser),
        ("/people", "people", _people),
        ("/mailbox", "mailbox", partial(_mailbox, mailbox)),
        ("/mailbox/<int:number>", "letter", partial(_letter, mailbox)),
        ("/identity/<provider>", "identity", _identity),
        ("/accounts/<name>", "accounts", _accounts),
        ("/accounts/<name>/<account_id>", "machine", _machine),
        ("/accounts/<name>/<account_id>.svg", "picture", _picture),
    )
    for rule, endpoint, view in table:
        blueprint.add_url_rule(rule, endpoint, view)
    blueprint.add_url_rule("/operator", "operator", _operator, methods=("GET", "POST"))
    return blueprint


def _chooser() -> Response:
    """Show the procedures."""
    cards = tuple(
        Card(
            title=profile.title.to(language()),
            text=profile.description.to(language()),
            links=tuple(
                Link(label=word(key), url=url, tone=tone)
                for key, url, tone in (
                    ("register", f"/{profile.name}/register", Tone.PRIMARY),
                    ("sign_in", f"/{profile.name}/sign-in", Tone.SECONDARY),
                    ("desk", f"/{profile.name}/desk", Tone.SECONDARY),
                    ("accounts", f"/accounts/{profile.name}", Tone.SECONDARY),
                )
            ),
        )
        for profile in procedures()
    )
    return shown("chooser", Prose(paragraphs=(word("chooser.text"),)), Cards(items=cards))


def _people() -> Response:
    """Show the people whose data may be typed."""
    places = InstalledPlaces()
    rows = tuple(
        tuple(
            Cell(text=text)
            for text in (
                person.name,
                person.surname,
                person.sex,
                f"{person.born:%d/%m/%Y}",
                getattr(places.place(person.birth_place), "label", person.birth_place),
                person.codice_fiscale,
                person.email,
                person.key,
            )
        )
        for person in PEOPLE
    )
    listed = Table(caption=word("people"), columns=columns("people.columns"), rows=rows)
    return shown("people", Prose(paragraphs=(word("people.text"),)), listed)


def _mailbox(mailbox: Mailbox) -> Response:
    """Show the letters, the newest first."""
    letters = list(enumerate(mailbox.letters()))
    rows = tuple(
        (Cell(text=letter.subject, link=f"/mailbox/{number}"), Cell(text=letter.recipient))
        for number, letter in reversed(letters)
    )
    listed = Table(
        caption=word("mailbox"),
        columns=columns("mailbox.columns"),
        rows=rows[:_MOST],
        empty=word("mailbox.empty"),
    )
    return shown("mailbox", listed)


def _letter(mailbox: Mailbox, number: int) -> Response:
    """Show a letter, with its link as a button."""
    letters = mailbox.letters()
    if number >= len(letters):
        return shown("nothing", status=404)
    letter = letters[number]
    paragraphs = tuple(part for part in letter.text.split("\n\n") if part.strip())
    blocks: list[Any] = [Prose(paragraphs=paragraphs)]
    try:
        way = Link(label=word("letter.open"), url=letter.link, tone=Tone.PRIMARY)
        blocks.append(Links(items=(way,), buttons=True))
    except StoryFailed:
        pass
    return shown("letter", *blocks, title=letter.subject)


def _identity(provider: str) -> Response:
    """Show who may sign in with an identity provider that is played."""
    callback, state = request.args.get("callback", ""), request.args.get("state", "")
    if not callback.startswith(request.host_url):
        return shown("nothing", status=404)
    chosen = [(person.key, f"{person.name} {person.surname}") for person in PEOPLE]
    people = Table(
        caption=provider.upper(),
        columns=columns("identity.columns"),
        rows=tuple(
            (Cell(text=label), Cell(forms=(_choice(callback, state, key, label),)))
            for key, label in chosen
        ),
    )
    cancel = _choice(callback, state, GIVES_UP, word("identity.give_up"))
    return shown("identity", Prose(paragraphs=(word("identity.text"),)), people, cancel)


def _choice(callback: str, state: str, key: str, label: str) -> Form:
    """Return the button that signs somebody in."""
    hidden = (("state", state), ("person", key), ("nonce", secrets.token_urlsafe(16)))
    button = Button(label=label, tone=Tone.SECONDARY)
    return Form(action=callback, hidden=hidden, buttons=(button,), label=label, compact=True)


def _operator() -> Any:  # noqa: ANN401 - a page or a way
    """Show the roles, or take one."""
    if request.method == "POST" and is_own_form():
        response = redirect("/operator")
        role = request.form.get("do", "")
        response.set_cookie(COOKIE, role, httponly=True, samesite="Lax")
        return response
    present = request.cookies.get(COOKIE)
    roles = Form(
        action="/operator",
        label=word("operator"),
        buttons=tuple(
            Button(
                label=f"{title.to(language())} ✓" if name == present else title.to(language()),
                value=name,
                tone=Tone.PRIMARY if name == present else Tone.SECONDARY,
            )
            for name, (_, title) in OPERATORS.items()
        ),
    )
    desks = Links(
        items=tuple(
            Link(label=profile.title.to(language()), url=f"/{profile.name}/desk")
            for profile in procedures()
        ),
        heading=word("desk"),
    )
    return shown("operator", Prose(paragraphs=(word("operator.text"),)), roles, desks)


# -- the machine ----------------------------------------------------------------------------


def _registrar(name: str) -> Registrar | None:
    state = current_app.extensions.get(name)
    return getattr(state, "registrar", None)


def _found(name: str, account_id: str) -> tuple[Registrar, Account] | None:
    registrar = _registrar(name)
    account = registrar.load(account_id) if registrar is not None else None
    return (registrar, account) if registrar is not None and account is not None else None


def _accounts(name: str) -> Response:
    """Show the accounts of a procedure, each with the states of its machines."""
    registrar = _registrar(name)
    if registrar is None:
        return shown("nothing", status=404)
    rows = tuple(
        (
            Cell(
                text=account.values.get("name", account.id), link=f"/accounts/{name}/{account.id}"
            ),
            *(
                Cell(text=state.replace("_", " "))
                for state in (account.state, account.password, account.code, account.link)
            ),
        )
        for account in registrar.accounts(limit=_MOST).items
    )
    listed = Table(
        caption=registrar.profile.title.to(language()),
        columns=columns("accounts.columns"),
        rows=rows,
        empty=word("accounts.empty"),
    )
    return shown("accounts", listed)


def _machine(name: str, account_id: str) -> Response:
    """Show an account's machine with its present state lit, and what led there."""
    found = _found(name, account_id)
    if found is None:
        return shown("nothing", status=404)
    registrar, account = found
    picture = Figure(
        url=f"/accounts/{name}/{account_id}.svg",
        alt=word("machine.alt", state=account.state.replace("_", " ")),
    )
    rows = tuple(
        tuple(
            Cell(text=text)
            for text in (
                moment(record.at, language()),
                record.event.replace("_", " "),
                record.actor,
                record.outcome,
            )
        )
        for record in registrar.parts.store.history(account_id)
    )
    table = Table(caption=word("history"), columns=columns("history.columns"), rows=rows)
    return shown("machine", picture, table)


def _picture(name: str, account_id: str) -> Response:
    """Return the picture of an account's machine."""
    found = _found(name, account_id)
    if found is None:
        return shown("nothing", status=404)
    registrar, account = found
    return Response(
        draw(registrar.profile, lit=account.state),
        content_type="image/svg+xml",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )
