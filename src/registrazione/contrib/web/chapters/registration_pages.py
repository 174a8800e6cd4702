"""How the steps of the form look: notice, codice fiscale, form, summary."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from registrazione.contrib.web.exchange import Show
from registrazione.contrib.web.human import human_field
from registrazione.contrib.web.inputs import fields_of, plain_field
from registrazione.contrib.web.pages import (
    Block,
    Button,
    Facts,
    Field,
    Form,
    InputType,
    Mark,
    Prose,
    Tone,
)
from registrazione.contrib.web.shown import rows_of
from registrazione.contrib.web.visit import Visit, Work, faults_of
from registrazione.core.draft import Draft
from registrazione.core.form import CONFIRMATIONS
from registrazione.core.places import Places
from registrazione.core.profile import ConsentText, Step
from registrazione.core.refusals import Refusal
from registrazione.ports import HumanChallenge, challenge_of

_Made = tuple[Block, ...]


def page_of(
    visit: Visit, step: Step, draft: Draft, refused: Refusal | None = None
) -> Generator[Work, Any, Show]:
    """Return the page of a step.

    Args:
        visit: The visit.
        step: Which one.
        draft: What was typed before.
        refused: What was wrong with what was typed now, which is shown again.
    """
    told = yield _asked(visit, step)
    blocks = _BLOCKS[step](visit, draft, told, refused)
    return visit.show(
        f"register.{step.value}",
        *blocks,
        refused=refused,
        marks=marks_of(visit, step),
    )


def _asked(visit: Visit, step: Step) -> Work:
    """Return what a step has to know: how the human check looks, or the lists of places."""
    if step is Step.NOTICE:
        return lambda _: None
    if step is Step.IDENTIFY:
        return lambda r: challenge_of(r.parts.human_check, visit.language)
    return lambda r: r.places


def marks_of(visit: Visit, current: Step) -> tuple[Mark, ...]:
    """Return the numbered steps, where there is more than one (MIM-10)."""
    steps = visit.profile.steps
    here = steps.index(current)
    states = ("done",) * here + ("current",) + ("ahead",) * (len(steps) - here - 1)
    return tuple(
        Mark(
            number=number,
            label=visit.text("register.step", number=number),
            title=visit.text(f"register.{step.value}.title"),
            state=state,
        )
        for number, (step, state) in enumerate(zip(steps, states, strict=True), 1)
        if len(steps) > 1
    )


def _notice(visit: Visit, _draft: Draft, _told: None, _refused: Refusal | None) -> _Made:
    """Return the "Avviso" with its button (MIM-09)."""
    notice = visit.profile.notice
    words = notice.to(visit.language) if notice is not None else ""
    return (
        Prose(paragraphs=(words,), tone=Tone.INFO),
        _form(visit, (), Button(label=visit.text("register.proceed"))),
    )


def _identify(visit: Visit, draft: Draft, told: HumanChallenge, refused: Refusal | None) -> _Made:
    """Return the page of the codice fiscale and the human check (MIM-11, MIM-12)."""
    typed = visit.typed("codice_fiscale") or draft.codice_fiscale or ""
    code = plain_field(
        visit,
        "codice_fiscale",
        "register.identify.label",
        value=typed,
        required=visit.profile.codice_fiscale == "required",
        hint="register.identify.hint",
        refused=refused,
        field="cf",
    )
    human = (human_field(visit, told, refused),) if visit.profile.human_check else ()
    return (_form(visit, (code, *human), *_buttons(visit, Step.IDENTIFY)),)


def _fill(visit: Visit, draft: Draft, places: Places | None, refused: Refusal | None) -> _Made:
    """Return the form (MIM-14 to MIM-19, MIM-22)."""
    fields = visit.profile.form
    typed = visit.all_typed(field.name for field in fields)
    values = typed or {**draft.values, **_again(draft.values)}
    drawn = fields_of(visit, fields, values, places, refused)
    known = Facts(rows=((visit.text("register.code"), draft.codice_fiscale or ""),))
    first_page = Step.IDENTIFY in visit.profile.steps and draft.codice_fiscale
    before = {consent.name for consent in draft.consents}
    consents = tuple(
        consent_field(visit, text, refused, given=text.name in before)
        for text in visit.profile.consents
    )
    form = _form(visit, (*drawn, *consents), *_buttons(visit, Step.FILL))
    return (known, form) if first_page else (form,)


def _again(values: Mapping[str, str]) -> dict[str, str]:
    """Return what repeats another field, so that going back loses nothing (MIM-21)."""
    return {name: values[of] for name, of in CONFIRMATIONS.items() if of in values}


def consent_field(
    visit: Visit, text: ConsentText, refused: Refusal | None, *, given: bool = False
) -> Field:
    """Return the box of a text to be accepted or acknowledged (MIM-18, MIM-19).

    Args:
        visit: The visit.
        text: Which one.
        refused: What was wrong with what was sent.
        given: Whether it was accepted before; what is sent now counts more.
    """
    name = f"consent_{text.name}"
    told = faults_of(visit, refused).get(text.name, ())
    return Field(
        name=name,
        label=text.text.to(visit.language),
        type=InputType.CHECKBOX,
        value="yes" if visit.typed(name) or (given and not visit.request.form) else "",
        required=True,
        hint=text.purpose.to(visit.language) if text.purpose is not None else "",
        faults=tuple(words for words, _ in told),
        told_as=text.name,
    )


def consents_sent(visit: Visit) -> list[str]:
    """Return the names of the texts that were accepted or acknowledged."""
    return [text.name for text in visit.profile.consents if visit.typed(f"consent_{text.name}")]


def _summary(visit: Visit, draft: Draft, places: Places | None, _refused: Refusal | None) -> _Made:
    """Return what was typed, to be confirmed or corrected (MIM-23, IOL-04)."""
    rows = rows_of(visit, draft.values, draft.codice_fiscale, places)
    return (
        Prose(paragraphs=(visit.text("register.summary.text"),)),
        Facts(rows=rows),
        _form(visit, (), *_buttons(visit, Step.SUMMARY)),
    )


def _buttons(visit: Visit, step: Step) -> tuple[Button, ...]:
    """Return the buttons of a step: on, and back where there is anything behind it (MIM-21)."""
    steps = visit.profile.steps
    here = steps.index(step)
    last = here == len(steps) - 1
    onward = (
        visit.text("register.confirm") if last else visit.text("register.next", number=here + 2)
    )
    back = Button(label=visit.text("register.back"), value="back", tone=Tone.SECONDARY)
    return (Button(label=onward, value="next"), *((back,) if here else ()))


def _form(visit: Visit, fields: tuple[Field, ...], *buttons: Button) -> Form:
    return Form(
        action=visit.url(visit.request.path),
        fields=fields,
        buttons=buttons,
        label=visit.profile.title.to(visit.language),
    )


_BLOCKS: Mapping[Step, Callable[[Visit, Draft, Any, Refusal | None], _Made]] = {
    Step.NOTICE: _notice,
    Step.IDENTIFY: _identify,
    Step.FILL: _fill,
    Step.SUMMARY: _summary,
}
"""What each step consists of."""
