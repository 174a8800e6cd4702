"""From the first page to the confirmed form, one address a step (MIM-09 to MIM-23, IOL-02 to 04).

The draft lives in a cookie that only its own pages get. Every step has an address, so that the
browser's own "back" shows it again with what was typed; sending it again goes back as far as it
has to, and on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from registrazione.contrib.web.chapters import registration_pages as pages
from registrazione.contrib.web.cookies import short
from registrazione.contrib.web.exchange import Outcome
from registrazione.contrib.web.onwards import onwards
from registrazione.contrib.web.pages import Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.sealing import draft_from_plain, draft_to_plain
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.answer import Next
from registrazione.core.draft import Draft
from registrazione.core.profile import Step
from registrazione.core.refusals import Refusal
from registrazione.ports import response_of

_SLOT = "draft"
_DONE = "ticket"
Running = Generator[Work, Any, Outcome]
Sending = Generator[Work, Any, Any]


def begin(visit: Visit) -> Running:
    """Open the first page; nothing is written anywhere (MIM-03, IOL-12)."""
    try:
        answer = yield lambda r: r.begin(language=visit.language, origin=visit.request.origin)
    except Refusal as refused:
        return visit.show("register.closed", refused=refused, status=403)
    return _present(visit, answer.draft)


def show(visit: Visit) -> Running:
    """Show a step that was passed already, or the one that is next."""
    draft = _draft(visit)
    if draft is None:
        return _lost(visit)
    step = _step(visit)
    if step is None or not _may_show(visit, draft, step):
        return _present(visit, draft)
    return (yield from pages.page_of(visit, step, draft))


def send(visit: Visit) -> Running:
    """Take a step, or go one back (MIM-21)."""
    draft = _draft(visit)
    if draft is None:
        return _lost(visit)
    step = _step(visit)
    if step is None or not _may_show(visit, draft, step):
        return _present(visit, draft)
    while step in draft.passed:
        draft = (yield _back(draft)).draft
    if visit.action == "back":
        return _present(visit, (yield _back(draft)).draft)
    try:
        answer = yield from _SENT[step](visit, draft)
        if answer.next is Next.CONFIRM:
            visit.say_faults(answer.notices)
            answer = yield from _confirm(visit, answer.draft)
        visit.say_faults(answer.notices)
        if answer.draft is not None:
            return _present(visit, answer.draft)
    except Refusal as refused:
        return (yield from pages.page_of(visit, step, draft, refused))
    visit.cookies.write({_DONE: answer.ticket}, _SLOT, _path(draft))
    return onwards(visit, answer)


def _acknowledge(_visit: Visit, draft: Draft) -> Sending:
    return (yield lambda r: r.acknowledge_notice(draft))


def _identify(visit: Visit, draft: Draft) -> Sending:
    code = visit.typed("codice_fiscale")
    posted = visit.all_typed(visit.request.form)
    response = yield lambda r: response_of(r.parts.human_check, posted)
    return (
        yield lambda r: r.identify(
            draft, code, human_response=response, origin=visit.request.origin
        )
    )


def _fill(visit: Visit, draft: Draft) -> Sending:
    values = visit.all_typed(field.name for field in visit.profile.form)
    consents = pages.consents_sent(visit)
    return (yield lambda r: r.fill(draft, values, consents=consents))


def _confirm(visit: Visit, draft: Draft) -> Sending:
    return (yield lambda r: r.confirm(draft, origin=visit.request.origin))


_SENT: Mapping[Step, Callable[[Visit, Draft], Sending]] = {
    Step.NOTICE: _acknowledge,
    Step.IDENTIFY: _identify,
    Step.FILL: _fill,
    Step.SUMMARY: _confirm,
}
"""What is asked of the registrar when a step is sent."""


def _back(draft: Draft) -> Work:
    return lambda r: r.back(draft)


def _draft(visit: Visit) -> Draft | None:
    """Return the draft of this page's own cookie, in the language that is read now."""
    plain = visit.cookies.read(_SLOT)
    draft = draft_from_plain({**plain, "language": visit.language}) if "id" in plain else None
    return draft if draft is not None and short(draft.id) == visit.params["draft"] else None


def _lost(visit: Visit) -> Outcome:
    """Return the way of somebody whose form is confirmed already, or was open for too long."""
    ticket = visit.cookies.read(_SLOT).get(_DONE)
    if ticket:
        return visit.go(f"/waiting/{visit.keep_ticket(str(ticket))}")
    visit.say("register.lost", Tone.WARNING)
    return visit.go("/register")


def _present(visit: Visit, draft: Draft) -> Outcome:
    """Keep the draft, and lead to its present step."""
    visit.cookies.write(draft_to_plain(draft), _SLOT, _path(draft))
    step = draft.step(visit.profile) or visit.profile.steps[-1]
    return visit.go(f"{_path(draft)}/{step.value}")


def _path(draft: Draft) -> str:
    return f"/register/{short(draft.id)}"


def _step(visit: Visit) -> Step | None:
    """Return the step in the address, if the procedure has it."""
    name = visit.params["step"]
    return next((step for step in visit.profile.steps if step.value == name), None)


def _may_show(visit: Visit, draft: Draft, step: Step) -> bool:
    """Tell whether no step before this one was left out."""
    return step in draft.passed or step is (draft.step(visit.profile) or step)


ROUTES: tuple[Route, ...] = (
    Route("/register", get=begin),
    Route("/register/<draft>/<step>", get=show, post=send),
)
