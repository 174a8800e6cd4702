"""What an operator types into the form of each duty."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from registrazione.contrib.web.desk.duties import HIDDEN, Duty
from registrazione.contrib.web.inputs import fields_of, plain_field
from registrazione.contrib.web.pages import Field, InputType, Option
from registrazione.contrib.web.visit import Visit, faults_of
from registrazione.core.account import Account
from registrazione.core.commands import Operator
from registrazione.core.documents import DocumentType
from registrazione.core.form import (
    CODICE_FISCALE,
    CONFIRMATIONS,
    CREDENTIAL_KINDS,
    EMAIL,
    FormField,
)
from registrazione.core.places import Places
from registrazione.core.refusals import Refusal, fault


@attrs.frozen(kw_only=True)
class Case:
    """One operator at work on one account.

    Args:
        visit: The visit.
        operator: Who acts.
        account: Whose account.
        places: The lists of places, where there are any.
        refused: What was wrong with what was typed.
    """

    visit: Visit
    operator: Operator
    account: Account = attrs.field(repr=False)
    places: Places | None = None
    refused: Refusal | None = None


def asked_fields(case: Case, duty: Duty) -> tuple[Field, ...]:
    """Return the fields of a duty's form.

    Args:
        case: Who does what to whom.
        duty: Which.
    """
    draw = _FIELDS.get(duty.name)
    own = draw(case) if draw is not None else ()
    return (*own, _reason(case.visit, case.refused)) if duty.reason else own


def _reason(visit: Visit, refused: Refusal | None) -> Field:
    return plain_field(
        visit,
        "reason",
        "desk.reason",
        type=InputType.TEXTAREA,
        value=visit.typed("reason"),
        hint="desk.reason.hint",
        refused=refused,
    )


def reason_of(visit: Visit) -> str:
    """Return why something is done.

    Raises:
        Refusal: ``input.missing``: nobody says.
    """
    reason = visit.typed("reason").strip()
    if not reason:
        raise Refusal(fault("input.missing", "reason"))
    return reason


def correctable(
    visit: Visit, operator: Operator, account: Account
) -> tuple[tuple[FormField, ...], Mapping[str, str]]:
    """Return the fields that the operator may correct, and what they hold (IOL-22).

    Args:
        visit: The visit.
        operator: Who acts; what the role does not see, it does not correct.
        account: Whose.
    """
    form = [
        field
        for field in visit.profile.form
        if field.kind not in CREDENTIAL_KINDS | HIDDEN[operator.role]
        and field.name not in {*CONFIRMATIONS, CODICE_FISCALE.name, EMAIL.name}
    ]
    code = [CODICE_FISCALE] if visit.profile.codice_fiscale != "absent" else []
    fields = tuple(attrs.evolve(field, required=False) for field in (*code, *form, EMAIL))
    held = {
        **account.values,
        CODICE_FISCALE.name: account.codice_fiscale or "",
        EMAIL.name: account.personal_email or account.email or "",
    }
    return fields, held


def _correct(case: Case) -> tuple[Field, ...]:
    """Return everything that may be corrected, filled in."""
    visit = case.visit
    fields, held = correctable(visit, case.operator, case.account)
    values = {**held, **visit.all_typed(field.name for field in fields)}
    return fields_of(visit, fields, values, case.places, case.refused)


def _recover(case: Case) -> tuple[Field, ...]:
    """Return the new address, and that somebody saw the person (UNI-12)."""
    visit, refused = case.visit, case.refused
    return (
        plain_field(
            visit,
            "email",
            "desk.recover.email",
            type=InputType.EMAIL,
            value=visit.typed("email"),
            refused=refused,
        ),
        _box(visit, "seen", "desk.recover.seen", refused),
    )


def _identify(case: Case) -> tuple[Field, ...]:
    """Return what is read from the card and from the document; nothing is filled in already."""
    visit, refused = case.visit, case.refused

    def line(name: str, *, required: bool = True, type: InputType = InputType.TEXT) -> Field:  # noqa: A002 - as in plain_field
        return plain_field(
            visit,
            name,
            f"desk.identify.{name}",
            type=type,
            value=visit.typed(name),
            required=required,
            refused=refused,
        )

    chosen = visit.typed("document_type")
    kinds = attrs.evolve(
        line("document_type", type=InputType.SELECT),
        placeholder=visit.text("field.choose"),
        options=tuple(
            Option(
                value=kind.value, label=kind.label.to(visit.language), selected=kind.value == chosen
            )
            for kind in DocumentType
        ),
    )
    return (
        line("cf", required=visit.profile.codice_fiscale == "required"),
        kinds,
        line("document_number"),
        line("document_expires", required=False, type=InputType.DATE),
        _box(visit, "form_signed", "desk.identify.form_signed", refused),
    )


def _box(visit: Visit, name: str, label: str, refused: Refusal | None) -> Field:
    told = faults_of(visit, refused).get(name, ())
    return Field(
        name=name,
        label=visit.text(label),
        type=InputType.CHECKBOX,
        value=visit.typed(name),
        required=True,
        faults=tuple(text for text, _ in told),
    )


_FIELDS: Mapping[str, Callable[[Case], tuple[Field, ...]]] = {
    "correct": _correct,
    "recover": _recover,
    "identify": _identify,
}
"""The fields of each duty that asks for more than a reason."""
