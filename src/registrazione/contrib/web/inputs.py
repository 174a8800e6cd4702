"""From the fields of a procedure's form to the fields of a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from registrazione.contrib.web.pages import Field, InputType, Option
from registrazione.contrib.web.visit import faults_of
from registrazione.core.documents import DocumentType
from registrazione.core.form import FieldKind, FormField
from registrazione.core.password_policy import PasswordPolicy
from registrazione.core.personal_code import PersonalCodePolicy
from registrazione.core.places import ITALY, Places
from registrazione.core.refusals import Refusal

if TYPE_CHECKING:
    from registrazione.contrib.web.visit import Visit


@attrs.frozen
class _Drawn:
    """How a kind of field is drawn: the input, the keyboard, the part of a cascade of places."""

    type: InputType = InputType.TEXT
    inputmode: str = ""
    place: str = ""
    spelling: bool = False


_DRAWN: Mapping[FieldKind, _Drawn] = {
    FieldKind.LINE: _Drawn(spelling=True),
    FieldKind.NAME: _Drawn(),
    FieldKind.DATE: _Drawn(InputType.DATE),
    FieldKind.CHOICE: _Drawn(InputType.SELECT),
    FieldKind.NATION: _Drawn(InputType.SELECT, place="nation"),
    FieldKind.REGION: _Drawn(InputType.SELECT, place="region"),
    FieldKind.PROVINCE: _Drawn(InputType.SELECT, place="province"),
    FieldKind.PLACE: _Drawn(place="any"),
    FieldKind.CAP: _Drawn(inputmode="numeric"),
    FieldKind.EMAIL: _Drawn(InputType.EMAIL, "email"),
    FieldKind.PEC: _Drawn(InputType.EMAIL, "email"),
    FieldKind.PHONE: _Drawn(InputType.TEL, "tel"),
    FieldKind.CODE: _Drawn(),
    FieldKind.DOCUMENT_TYPE: _Drawn(InputType.SELECT),
    FieldKind.DOCUMENT_NUMBER: _Drawn(),
    FieldKind.SCHOOL_CODE: _Drawn(),
    FieldKind.HEALTH_CARD: _Drawn(inputmode="numeric"),
    FieldKind.CODICE_FISCALE: _Drawn(),
    FieldKind.USERNAME: _Drawn(),
    FieldKind.PASSWORD: _Drawn(InputType.PASSWORD),
}
"""Every kind of field; a test holds it complete."""

_FEW = 3
"""Up to so many choices are shown side by side."""


def fields_of(
    visit: Visit,
    fields: Iterable[FormField],
    values: Mapping[str, str],
    places: Places | None,
    refused: Refusal | None = None,
) -> tuple[Field, ...]:
    """Return the fields of a form as a page draws them.

    Args:
        visit: The visit.
        fields: In order.
        values: What they hold; passwords are left out whatever it says.
        places: The lists of places, where there are any.
        refused: What was wrong with what was typed.
    """
    fields = tuple(fields)
    told = faults_of(visit, refused)
    kinds = {field.kind for field in fields}
    return tuple(
        _field(
            visit,
            field,
            values.get(field.name, ""),
            told.get(field.name, ()),
            places=places,
            kinds=kinds,
        )
        for field in fields
    )


def _field(
    visit: Visit,
    field: FormField,
    value: str,
    told: tuple[tuple[str, bool], ...],
    *,
    places: Places | None,
    kinds: set[FieldKind],
) -> Field:
    """Return one field of a form as a page draws it."""
    drawn = _DRAWN[field.kind]
    options, placeholder = _options(field, value, visit, places)
    kind = drawn.type
    if kind is InputType.SELECT and not options:
        # Lists that nobody has: the value is typed.
        kind = InputType.TEXT
    if field.kind is FieldKind.CHOICE and len(options) <= _FEW and field.required:
        kind = InputType.RADIO
    secret = field.kind is FieldKind.PASSWORD
    box = visit.profile.password if secret and field.name == "password" else None
    return Field(
        name=field.name,
        label=field.label.to(visit.language),
        type=kind,
        value="" if secret else _shown(field, value, places),
        required=field.required,
        hint=_hint(field, visit, drawn),
        placeholder=placeholder,
        faults=tuple(text for text, error in told if error),
        warnings=tuple(text for text, error in told if not error),
        autocomplete=field.autocomplete or "off",
        inputmode=drawn.inputmode,
        spelling=drawn.spelling,
        max_length=0 if secret else field.max_length,
        options=options,
        data=_place_data(visit, drawn, kinds) if places is not None and drawn.place else (),
        requirements=box.explain(visit.language) if box is not None else (),
        rules=_rules(box.to_json()) if box is not None else "",
    )


def secret_field(
    visit: Visit,
    name: str,
    label: str,
    *,
    policy: PasswordPolicy | PersonalCodePolicy | None = None,
    autocomplete: str = "new-password",
    refused: Refusal | None = None,
) -> Field:
    """Return a field for a password or a personal code.

    Args:
        visit: The visit.
        name: What it is sent as.
        label: Key of the text beside it.
        policy: What it has to be like, where it is a new one (MIM-37).
        autocomplete: Token of the HTML attribute.
        refused: What was wrong with what was typed.
    """
    told = faults_of(visit, refused).get(name, ())
    return Field(
        name=name,
        label=visit.text(label),
        type=InputType.PASSWORD,
        required=True,
        autocomplete=autocomplete,
        faults=tuple(text for text, error in told if error),
        requirements=policy.explain(visit.language) if policy is not None else (),
        rules=_rules(policy.to_json()) if policy is not None else "",
    )


def plain_field(
    visit: Visit,
    name: str,
    label: str,
    *,
    type: InputType = InputType.TEXT,  # noqa: A002 - the attribute's own name
    value: str = "",
    required: bool = True,
    autocomplete: str = "off",
    hint: str = "",
    refused: Refusal | None = None,
    field: str = "",
) -> Field:
    """Return a field that is not one of the procedure's form.

    Args:
        visit: The visit.
        name: What it is sent as.
        label: Key of the text beside it.
        type: How it is drawn.
        value: What it holds.
        required: Whether it has to be filled in.
        autocomplete: Token of the HTML attribute.
        hint: Key of the text under it.
        refused: What was wrong with what was typed.
        field: Name of the field in faults, where it is another.
    """
    told = faults_of(visit, refused).get(field or name, ())
    return Field(
        name=name,
        label=visit.text(label),
        type=type,
        value=value,
        required=required,
        hint=visit.text(hint) if hint else "",
        autocomplete=autocomplete,
        inputmode="email" if type is InputType.EMAIL else "",
        faults=tuple(text for text, error in told if error),
        warnings=tuple(text for text, error in told if not error),
        told_as=field,
    )


def _rules(policy: Mapping[str, object]) -> str:
    """Return what a script checks while one types; the server decides in any case."""
    return json.dumps(policy, ensure_ascii=False, separators=(",", ":"))


def _hint(field: FormField, visit: Visit, drawn: _Drawn) -> str:
    """Return what stands under a field; what the cascade says is said in its empty choice."""
    if field.kind is FieldKind.PLACE:
        return visit.text("field.place.hint")
    if field.hint is None or drawn.place:
        return ""
    return field.hint.to(visit.language)


def _shown(field: FormField, value: str, places: Places | None) -> str:
    """Return a value as people type it: the name of a place, not its code."""
    if field.kind is FieldKind.PLACE and places is not None and value:
        place = places.resolve(value)
        return place.label if place is not None else value
    return value


_Choices = tuple[tuple[Option, ...], str]


def _options(field: FormField, value: str, visit: Visit, places: Places | None) -> _Choices:
    """Return the choices of a field, and its empty one."""
    make = _CHOICES.get(field.kind)
    if make is None:
        return (), ""
    options = make(field, value, visit, places)
    hint = field.hint
    empty = hint.to(visit.language) if hint is not None else visit.text("field.choose")
    return options, empty


def _named(
    field: FormField, value: str, visit: Visit, _places: Places | None
) -> tuple[Option, ...]:
    """Return the procedure's own choices, in words where the catalogue has them."""
    return tuple(
        Option(
            value=choice,
            label=visit.text(key)
            if visit.has_text(key := f"choice.{field.name}.{choice}")
            else choice,
            selected=choice == value,
        )
        for choice in field.choices
    )


def _documents(
    _field: FormField, value: str, visit: Visit, _places: Places | None
) -> tuple[Option, ...]:
    """Return the types of identity document."""
    return tuple(
        Option(
            value=kind.value,
            label=kind.label.to(visit.language),
            selected=value in {kind.value, kind.label.it},
        )
        for kind in DocumentType
    )


def _nations(
    _field: FormField, value: str, visit: Visit, places: Places | None
) -> tuple[Option, ...]:
    """Return the nations, Italy first."""
    if places is None:
        return ()
    chosen = places.nation(value) if value else None
    return tuple(
        Option(
            value=nation.code,
            label=(nation.name_en or nation.name) if visit.language == "en" else nation.name,
            selected=chosen is not None and nation.code == chosen.code,
        )
        for nation in places.nations()
    )


def _regions(
    _field: FormField, value: str, _visit: Visit, places: Places | None
) -> tuple[Option, ...]:
    """Return the regions."""
    if places is None:
        return ()
    chosen = places.region(value) if value else None
    return tuple(
        Option(value=region.name, label=region.name, selected=region == chosen)
        for region in places.regions()
    )


def _provinces(
    _field: FormField, value: str, _visit: Visit, places: Places | None
) -> tuple[Option, ...]:
    """Return the provinces, under their regions."""
    if places is None:
        return ()
    chosen = places.province(value) if value else None
    return tuple(
        Option(
            value=province.sigla,
            label=province.name,
            selected=chosen is not None and province.sigla == chosen.sigla,
            group=region.name,
        )
        for region in places.regions()
        for province in places.provinces(region.code)
    )


_CHOICES: Mapping[
    FieldKind, Callable[[FormField, str, Visit, Places | None], tuple[Option, ...]]
] = {
    FieldKind.CHOICE: _named,
    FieldKind.DOCUMENT_TYPE: _documents,
    FieldKind.NATION: _nations,
    FieldKind.REGION: _regions,
    FieldKind.PROVINCE: _provinces,
}


def _place_data(visit: Visit, drawn: _Drawn, kinds: set[FieldKind]) -> tuple[tuple[str, str], ...]:
    """Return what the script needs to know of a place (MIM-15).

    A comune that belongs to a cascade is chosen from its provincia; one that stands alone is
    looked for by name.
    """
    place = drawn.place
    if place == "any" and FieldKind.PROVINCE in kinds and FieldKind.NATION in kinds:
        place = "comune"
    return (
        ("place", place),
        ("places-url", visit.url("/places")),
        ("italy", ITALY.code),
        ("choose-nation", visit.text("field.choose_nation")),
        ("choose-region", visit.text("field.choose_region")),
        ("choose-province", visit.text("field.choose_province")),
    )
