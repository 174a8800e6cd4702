"""After the identity provider: what it did not tell, or what it tells differently (MIM-06, UNI-03).

What the two pages show stands in cookies of their own, sealed: the registrar says it once.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from registrazione.contrib.web.chapters.identity_leaving import (
    end_former,
    keep_session,
    session_to_keep,
)
from registrazione.contrib.web.chapters.registration_pages import consent_field, consents_sent
from registrazione.contrib.web.exchange import Outcome, Show
from registrazione.contrib.web.inputs import fields_of
from registrazione.contrib.web.onwards import PAGES, onwards
from registrazione.contrib.web.pages import (
    Button,
    Cell,
    Facts,
    Form,
    Link,
    Links,
    Prose,
    Table,
    Tone,
)
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.shown import rows_of, shown
from registrazione.contrib.web.told import sources_of
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.answer import Answer, Next
from registrazione.core.form import CODICE_FISCALE, EMAIL, FormField
from registrazione.core.places import Places
from registrazione.core.profile import Gate
from registrazione.core.refusals import Refusal

Running = Generator[Work, Any, Outcome]

_OVER = frozenset({"token.expired", "token.used", "token.invalid"})
_SEEN = frozenset({Gate.SECRETARIAT, Gate.PRESENCE})
_SLOTS = {Next.COMPLETE_DATA: "complete", Next.ALIGN: "align"}


def keep(visit: Visit, answer: Answer, provider: str) -> None:
    """Keep what the next page shows, where it is one of these.

    Args:
        visit: The visit.
        answer: What the registrar said of the identity.
        provider: Who vouched.
    """
    slot, account = _SLOTS.get(answer.next), answer.account
    if slot is None or account is None:
        return
    email = {"email": account.email} if account.email else {}
    unseen = not _SEEN & set(account.gates_passed)
    kept = {
        "ticket": answer.ticket,
        "provider": provider,
        "there": session_to_keep(answer.provider_session),
        "cf": account.codice_fiscale or "",
        "values": {**account.values, **email},
        "sources": dict(account.sources),
        "missing": list(answer.missing),
        "differences": [
            [each.field, each.ours, each.theirs, each.locked] for each in answer.differences
        ],
        # The same as the registrar does where nobody ever saw the person.
        "only": visit.profile.federation.only_afterwards or unseen,
    }
    visit.cookies.write(kept, slot, PAGES[answer.next])


# -- what the provider did not tell ---------------------------------------------------------


def show_missing(visit: Visit) -> Running:
    """Show the form of what is missing, and nothing else (MIM-06)."""
    kept = visit.cookies.read("complete")
    if not kept:
        return _over(visit, None)
    return _missing(visit, kept, (yield lambda r: r.places))


def send_missing(visit: Visit) -> Running:
    """Fill in what was missing, and go on."""
    kept = visit.cookies.read("complete")
    if not kept:
        return _over(visit, None)
    values = visit.all_typed(field.name for field in _asked(visit, kept))
    consents = consents_sent(visit)
    try:
        answer = yield lambda r: r.complete_data(kept["ticket"], values, consents=consents)
    except Refusal as refused:
        if _OVER.intersection(refused.codes):
            return _over(visit, refused)
        return _missing(visit, kept, (yield lambda r: r.places), refused)
    return (yield from _done(visit, answer, kept, Next.COMPLETE_DATA))


def _asked(visit: Visit, kept: dict[str, Any]) -> tuple[FormField, ...]:
    """Return the fields that are asked for, in the form's order."""
    known = (CODICE_FISCALE, *(field for field in visit.profile.form if field.name != "cf"))
    return tuple(field for field in known if field.name in kept["missing"])


def _missing(
    visit: Visit, kept: dict[str, Any], places: Places | None, refused: Refusal | None = None
) -> Show:
    fields = _asked(visit, kept)
    typed = visit.all_typed(field.name for field in fields)
    form = Form(
        action=visit.url(PAGES[Next.COMPLETE_DATA]),
        fields=(
            *fields_of(visit, fields, typed, places, refused),
            *(consent_field(visit, text, refused) for text in visit.profile.consents),
        ),
        buttons=(Button(label=visit.text("complete.button")),),
        label=visit.text("complete.title"),
    )
    told = rows_of(visit, kept["values"], kept["cf"], places)
    return visit.show(
        "complete",
        Prose(paragraphs=(visit.text("complete.text"),)),
        Facts(
            rows=told,
            heading=visit.text("complete.told"),
            sources=sources_of(visit, kept["sources"]),
        ),
        form,
        refused=refused,
        help_topic="identity",
    )


# -- what it tells differently --------------------------------------------------------------


def show_differences(visit: Visit) -> Running:
    """Show what an alignment would change (UNI-03)."""
    kept = visit.cookies.read("align")
    if not kept:
        return _over(visit, None)
    return _differences(visit, kept, (yield lambda r: r.places))


def send_choice(visit: Visit) -> Running:
    """Align, or leave everything as it is."""
    kept = visit.cookies.read("align")
    if not kept:
        return _over(visit, None)
    if visit.action not in {"accept", "refuse"}:
        return visit.go(PAGES[Next.ALIGN])
    accept = visit.action == "accept"
    try:
        answer = yield lambda r: r.align(kept["ticket"], accept=accept)
    except Refusal as refused:
        if _OVER.intersection(refused.codes):
            return _over(visit, refused)
        return _differences(visit, kept, (yield lambda r: r.places), refused)
    visit.say(
        "align.accepted" if accept else "align.refused", Tone.SUCCESS if accept else Tone.INFO
    )
    return (yield from _done(visit, answer, kept, Next.ALIGN))


def _differences(
    visit: Visit, kept: dict[str, Any], places: Places | None, refused: Refusal | None = None
) -> Show:
    shown_ones = [each for each in kept["differences"] if _field(visit, each[0]) is not None]
    ends = any(locked for *_, locked in shown_ones)
    rows = tuple(
        (
            *_row(visit, name, ours, theirs, places),
            *((Cell(text=visit.text("align.locked") if locked else ""),) if ends else ()),
        )
        for name, ours, theirs, locked in shown_ones
    )
    columns = ("field", "ours", "theirs", *(("afterwards",) if ends else ()))
    texts = ("align.text", "align.only" if kept["only"] else "align.both")
    return visit.show(
        "align",
        Prose(paragraphs=tuple(visit.text(key) for key in texts), tone=Tone.INFO),
        Table(
            caption=visit.text("align.caption"),
            columns=tuple(visit.text(f"align.{name}") for name in columns),
            rows=rows,
            empty=visit.text("align.same"),
        ),
        Form(
            action=visit.url(PAGES[Next.ALIGN]),
            buttons=(
                Button(label=visit.text("align.accept"), value="accept"),
                Button(label=visit.text("align.refuse"), value="refuse", tone=Tone.SECONDARY),
            ),
            label=visit.text("align.title"),
        ),
        refused=refused,
        help_topic="identity",
    )


def _row(
    visit: Visit, name: str, ours: str, theirs: str, places: Places | None
) -> tuple[Cell, ...]:
    """Return one datum as both tell it, in words."""
    field = _field(visit, name) or CODICE_FISCALE
    read = [
        shown(field, value, visit, places) if value else visit.text("align.nothing")
        for value in (ours, theirs)
    ]
    return (Cell(text=field.label.to(visit.language)), *(Cell(text=value) for value in read))


def _field(visit: Visit, name: str) -> FormField | None:
    known = {"cf": CODICE_FISCALE, "email": EMAIL}
    return visit.profile.field(name) or known.get(name)


# -- both -----------------------------------------------------------------------------------


def _done(visit: Visit, answer: Answer, kept: dict[str, Any], page: Next) -> Running:
    """Forget what the page showed, and go on to the service that was wanted first (MIM-29)."""
    visit.cookies.write({}, _SLOTS[page], PAGES[page])
    yield from end_former(visit, answer)
    way = onwards(visit, answer)
    keep_session(visit, kept["provider"], answer, kept["there"])
    return way


def _over(visit: Visit, refused: Refusal | None) -> Show:
    """Return the page of who came too late, or without the identity."""
    way = Link(label=visit.text("frame.sign_in"), url=visit.url("/sign-in"), tone=Tone.PRIMARY)
    return visit.show(
        "identity.over",
        Prose(paragraphs=(visit.text("identity.over.text"),)),
        Links(items=(way,), buttons=True),
        refused=refused,
        help_topic="identity",
        status=410,
    )


ROUTES: tuple[Route, ...] = (
    Route("/complete", get=show_missing, post=send_missing),
    Route("/align", get=show_differences, post=send_choice),
)
