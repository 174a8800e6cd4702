"""JSON Schemas of what the endpoints say; those of what they read are made of the commands."""

from __future__ import annotations

from collections.abc import Mapping

from registrazione.contrib.headless.shapes import Schema
from registrazione.core.answer import Next
from registrazione.core.form import Editable, FieldKind
from registrazione.core.profile import FirstPassword, Gate, Profile, Reset, Step, UsernameRule
from registrazione.core.refusals import Severity
from registrazione.core.states import AccountState, CodeState, LinkState, PasswordState

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_WHOLE: Schema = {"type": "integer"}
_YES_OR_NO: Schema = {"type": "boolean"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_TIME_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_VALUES: Schema = {"type": "object", "additionalProperties": _TEXT}
_WHO_TOLD = "Which provider told a field, by its name; `office:` where an operator corrected it."
_ANYTHING: Schema = {"type": "object"}
_ANYTHING_OR_NULL: Schema = {"type": ["object", "null"]}


def schemas(profile: Profile) -> dict[str, Schema]:
    """Return the schemas of responses by name.

    Args:
        profile: The procedure, for what depends on it.
    """
    return {
        "Answer": _answer(),
        "Account": _account(),
        "Form": closed_object(
            step={"enum": [*(step.value for step in Step), None]},
            number=_WHOLE,
            total=_WHOLE,
            codice_fiscale=_TEXT_OR_NULL,
            values=_VALUES,
            consents=_TEXTS,
        ),
        "Fault": closed_object(
            code=_TEXT,
            field=_TEXT_OR_NULL,
            pointer=_TEXT_OR_NULL,
            severity={"enum": [severity.value for severity in Severity]},
            message=_TEXT,
            params=_ANYTHING,
        ),
        "Problem": _problem(),
        "Procedure": _procedure(profile),
        "Places": closed_object(places={"type": "array", "items": _place()}),
    }


def reference(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def closed_object(optional: Mapping[str, Schema] | None = None, **properties: Schema) -> Schema:
    """Return the schema of an object with these properties and no others."""
    return {
        "type": "object",
        "properties": {**properties, **(optional or {})},
        "required": list(properties),
        "additionalProperties": False,
    }


def _list_of(name: str) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": reference(name)}


def _answer() -> Schema:
    """Return the schema of an answer: only what the command is about is in it."""
    difference = closed_object(field=_TEXT, ours=_TEXT, theirs=_TEXT, locked=_YES_OR_NO)
    offer = closed_object(name=_TEXT, open=_YES_OR_NO, why_not=_TEXT, favourite=_YES_OR_NO)
    record = closed_object(
        {"account_id": _TEXT_OR_NULL, "outcome": _TEXT, "details": _VALUES},
        at=_TIME,
        event=_TEXT,
        actor=_TEXT,
    )
    return closed_object(
        {
            "account": reference("Account"),
            "draft": {
                **_TEXT,
                "description": "The form on its way, sealed: send it back as it is.",
            },
            "form": reference("Form"),
            "session": {**_TEXT, "description": "For `Authorization: Bearer …`."},
            "ticket": {**_TEXT, "description": "Proves to be the same client."},
            "provider_session": {
                **_TEXT,
                "description": "Sealed; for `start_sign_out_with`. Keep it beside `session`.",
            },
            "receipt": {**_TEXT, "description": "Proves a signed application."},
            "notices": _list_of("Fault"),
            "missing": _TEXTS,
            "differences": {"type": "array", "items": difference},
            "services": {"type": "array", "items": offer},
            "destination": _TEXT,
            "expires_at": _TIME,
            "history": {"type": "array", "items": record},
            "export": _ANYTHING,
        },
        next={"enum": [step.value for step in Next], "description": "What the person does next."},
    )


def _account() -> Schema:
    """Return the schema of an account; most of it is for the holder and for operators."""
    return closed_object(
        {
            "personal_email": _TEXT_OR_NULL,
            "pending_email": _TEXT_OR_NULL,
            "username": _TEXT_OR_NULL,
            "codice_fiscale": _TEXT_OR_NULL,
            "values": _VALUES,
            "sources": {**_VALUES, "description": _WHO_TOLD},
            "language": _TEXT,
            "password": {"enum": [state.value for state in PasswordState]},
            "code": {"enum": [state.value for state in CodeState]},
            "link": {"enum": [state.value for state in LinkState]},
            "created_at": _TIME,
            "activated_at": _TIME_OR_NULL,
            "last_used_at": _TIME_OR_NULL,
        },
        id=_TEXT,
        state={"enum": [state.value for state in AccountState]},
        email={**_TEXT_OR_NULL, "description": "Masked, but for the holder and for operators."},
    )


def _problem() -> Schema:
    """Return the schema of a problem (RFC 9457)."""
    return closed_object(
        {
            "faults": _list_of("Fault"),
            "ticket": {**_TEXT, "description": "Opens the way on, where there is one."},
            "help": closed_object(text=_TEXT, phone=_TEXT, url=_TEXT),
        },
        type={**_TEXT, "format": "uri-reference"},
        title=_TEXT,
        status=_WHOLE,
    )


def _place() -> Schema:
    """Return the schema of a place; its code is what a form takes."""
    return closed_object({"name_en": _TEXT}, code=_TEXT, name=_TEXT)


def _procedure(profile: Profile) -> Schema:
    """Return the schema of the procedure."""
    words = closed_object(it=_TEXT, en=_TEXT)
    words_or_null: Schema = {"oneOf": [words, {"type": "null"}]}
    field = closed_object(
        name=_TEXT,
        label=words,
        kind={"enum": [kind.value for kind in FieldKind]},
        required=_YES_OR_NO,
        max_length=_WHOLE,
        choices=_TEXTS,
        editable={"enum": [editable.value for editable in Editable]},
        hint=words_or_null,
        autocomplete=_TEXT,
    )
    consent = closed_object(
        name=_TEXT, version=_TEXT, text=words, purpose=words_or_null, acknowledge=_YES_OR_NO
    )
    return closed_object(
        name={"const": profile.name},
        title=words,
        description=words,
        steps={"type": "array", "items": {"enum": [step.value for step in Step]}},
        notice=words_or_null,
        window=closed_object(opens=_TIME_OR_NULL, closes=_TIME_OR_NULL),
        codice_fiscale={"enum": ["required", "optional", "absent"]},
        human_check=_ANYTHING_OR_NULL,
        fields={"type": "array", "items": field},
        places=_YES_OR_NO,
        consents={"type": "array", "items": consent},
        gates={"type": "array", "items": {"enum": [gate.value for gate in Gate]}},
        username={"enum": [rule.value for rule in UsernameRule]},
        first_password={"enum": [first.value for first in FirstPassword]},
        reset={"enum": [reset.value for reset in Reset]},
        password=_ANYTHING,
        personal_code=_ANYTHING_OR_NULL,
        providers=_TEXTS,
        locked=_TEXTS,
        services={"type": "array", "items": closed_object(name=_TEXT, title=words)},
    )
