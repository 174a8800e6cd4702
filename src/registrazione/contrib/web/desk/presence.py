"""At a school: whose form is this, or whose card (IST-10, POL-07)."""

from __future__ import annotations

from registrazione.contrib.web.desk.counter import Running, at_desk, desk_page, is_here
from registrazione.contrib.web.desk.duties import DUTIES, is_open
from registrazione.contrib.web.exchange import Show
from registrazione.contrib.web.inputs import plain_field
from registrazione.contrib.web.pages import Button, Form, Prose
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit
from registrazione.core.account import Account
from registrazione.core.commands import Operator
from registrazione.core.refusals import Refusal, refusal

_DUTY = next(duty for duty in DUTIES if duty.name == "identify")


@at_desk("identify_in_person")
def show(visit: Visit, operator: Operator) -> Running:
    """Ask for the code of the printed form, or for the codice fiscale of the card."""
    yield from ()
    return _page(visit, operator)


@at_desk("identify_in_person")
def find(visit: Visit, operator: Operator) -> Running:
    """Lead to the form in which the document is recorded."""
    by_form = visit.action == "code"
    name = "code" if by_form else "cf"
    typed = visit.typed(name)
    found: tuple[Account, ...]
    if by_form:
        one = yield lambda r: r.find_by_form_code(operator, typed)
        found = () if one is None else (one,)
    else:
        found = yield lambda r: r.find(operator, "codice_fiscale", typed)
    waiting = [
        account
        for account in found
        if is_here(visit, account) and is_open(visit, operator, account, _DUTY)
    ]
    if len(waiting) == 1:
        return visit.go(f"/desk/accounts/{waiting[0].id}/{_DUTY.name}")
    return _page(visit, operator, refusal("presence.no_form", name))


def _page(visit: Visit, operator: Operator, refused: Refusal | None = None) -> Show:
    forms = tuple(
        Form(
            action=visit.url("/desk/presence"),
            fields=(
                plain_field(
                    visit,
                    name,
                    f"desk.presence.{name}",
                    value=visit.typed(name),
                    refused=refused,
                ),
            ),
            buttons=(Button(label=visit.text("desk.presence.button"), value=name),),
            heading=visit.text(f"desk.presence.by_{name}"),
        )
        for name in ("code", "cf")
    )
    text = Prose(paragraphs=(visit.text("desk.presence.text"),))
    return desk_page(visit, operator, "desk.presence", text, *forms, refused=refused)


ROUTES: tuple[Route, ...] = (Route("/desk/presence", get=show, post=find),)
