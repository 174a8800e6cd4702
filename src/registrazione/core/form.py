"""The form of a procedure, as data: which fields, of which kind, who may change them later."""

from __future__ import annotations

from enum import StrEnum

import attrs

from registrazione.core.texts import Text


class FieldKind(StrEnum):
    """How a field is read."""

    LINE = "line"
    """One line of text."""
    NAME = "name"
    """A person's name, compared with the codice fiscale where there is one."""
    DATE = "date"
    """A day, ISO 8601."""
    CHOICE = "choice"
    """One of the field's choices."""
    NATION = "nation"
    """A nation of the lists. After a foreign one, region and provincia are not asked for."""
    REGION = "region"
    """One of the twenty regions, by name."""
    PROVINCE = "province"
    """A provincia, by name or sigla; it lies in the region of the same place (MIM-15)."""
    PLACE = "place"
    """A comune or a nation, by Belfiore code such as ``H501`` or ``Z110``, or by name."""
    CAP = "cap"
    """An Italian postal code."""
    EMAIL = "email"
    PEC = "pec"
    """A certified mailbox; one that does not look like it is hinted at."""
    PHONE = "phone"
    CODE = "code"
    """Letters and digits, upper-cased."""
    DOCUMENT_TYPE = "document_type"
    """A type of identity document. Its number and dates are the fields of the same prefix:
    ``document_number``, ``document_issued``, ``document_expires``."""
    DOCUMENT_NUMBER = "document_number"
    SCHOOL_CODE = "school_code"
    """A codice meccanografico."""
    HEALTH_CARD = "health_card"
    """The number of a tessera sanitaria."""
    CODICE_FISCALE = "codice_fiscale"
    USERNAME = "username"
    PASSWORD = "password"  # noqa: S105 - a kind of field, not a secret


class Editable(StrEnum):
    """Who may change a field after the form is confirmed."""

    NEVER = "never"
    PERSON = "person"
    """The person, from a full session (IOL-21)."""
    OPERATOR = "operator"
    """An operator only, with a reason (IOL-22)."""


@attrs.frozen(kw_only=True)
class FormField:
    """One field of the form.

    Args:
        name: Key in the values, and the ``field`` of its faults.
        label: What stands beside it.
        kind: How it is read.
        required: Whether it carries the asterisk (MIM-22).
        max_length: In characters.
        choices: Values of a choice.
        editable: Who may change it later.
        hint: What stands under it.
        autocomplete: Token of the HTML attribute, so that browsers fill it in.
    """

    name: str
    label: Text
    kind: FieldKind = FieldKind.LINE
    required: bool = True
    max_length: int = 100
    choices: tuple[str, ...] = ()
    editable: Editable = Editable.OPERATOR
    hint: Text | None = None
    autocomplete: str = ""


CREDENTIAL_KINDS = frozenset({FieldKind.USERNAME, FieldKind.PASSWORD})
"""What the person chooses to sign in with: no identity provider tells it, no operator sets it."""
CONFIRMATIONS = {"email_again": "email", "password_again": "password"}
"""Fields that repeat another one and are kept nowhere."""

NAME = FormField(
    name="name", label=Text("Nome", "Name"), kind=FieldKind.NAME, autocomplete="given-name"
)
SURNAME = FormField(
    name="surname",
    label=Text("Cognome", "Surname"),
    kind=FieldKind.NAME,
    autocomplete="family-name",
)
BIRTH_DATE = FormField(
    name="birth_date",
    label=Text("Data di nascita", "Date of birth"),
    kind=FieldKind.DATE,
    autocomplete="bday",
)
BIRTH_NATION = FormField(
    name="birth_nation",
    label=Text("Nazione di nascita", "Country of birth"),
    kind=FieldKind.NATION,
)
BIRTH_REGION = FormField(
    name="birth_region",
    label=Text("Regione di nascita", "Region of birth"),
    kind=FieldKind.REGION,
    hint=Text("È necessario selezionare una nazione", "Choose a country first"),
)
BIRTH_PROVINCE = FormField(
    name="birth_province",
    label=Text("Provincia di nascita", "Province of birth"),
    kind=FieldKind.PROVINCE,
    hint=Text("È necessario selezionare una regione", "Choose a region first"),
)
BIRTH_PLACE = FormField(
    name="birth_place",
    label=Text("Comune di nascita", "Municipality of birth"),
    kind=FieldKind.PLACE,
    hint=Text("È necessario selezionare una provincia", "Choose a province first"),
)
SEX = FormField(
    name="sex",
    label=Text("Sesso", "Sex"),
    kind=FieldKind.CHOICE,
    choices=("M", "F"),
    autocomplete="sex",
)
CODICE_FISCALE = FormField(
    name="cf",
    label=Text("Codice fiscale", "Italian tax code"),
    kind=FieldKind.CODICE_FISCALE,
    editable=Editable.OPERATOR,
)
EMAIL = FormField(
    name="email", label=Text("Email", "E-mail"), kind=FieldKind.EMAIL, autocomplete="email"
)
EMAIL_AGAIN = FormField(
    name="email_again",
    label=Text("Conferma email", "E-mail again"),
    kind=FieldKind.EMAIL,
    autocomplete="email",
)
PHONE = FormField(
    name="phone",
    label=Text("Telefono", "Phone"),
    kind=FieldKind.PHONE,
    editable=Editable.PERSON,
    autocomplete="tel",
)
USERNAME = FormField(
    name="username",
    label=Text("Nome utente", "Username"),
    kind=FieldKind.USERNAME,
    editable=Editable.NEVER,
    autocomplete="username",
)
PASSWORD = FormField(
    name="password",
    label=Text("Password", "Password"),
    kind=FieldKind.PASSWORD,
    editable=Editable.NEVER,
    autocomplete="new-password",
)
PASSWORD_AGAIN = FormField(
    name="password_again",
    label=Text("Conferma password", "Password again"),
    kind=FieldKind.PASSWORD,
    editable=Editable.NEVER,
    autocomplete="new-password",
)
CATEGORY = FormField(
    name="category",
    label=Text("Categoria", "Category"),
    kind=FieldKind.CHOICE,
    required=False,
)


def _optional(name: str, it: str, en: str, kind: FieldKind, autocomplete: str = "") -> FormField:
    """Return an optional field that the person may change."""
    return FormField(
        name=name,
        label=Text(it, en),
        kind=kind,
        required=False,
        editable=Editable.PERSON,
        autocomplete=autocomplete,
    )


MOBILE_PHONE = _optional("mobile_phone", "Cellulare", "Mobile phone", FieldKind.PHONE, "tel")
DOCUMENT = (
    _optional("document_type", "Documento", "Identity document", FieldKind.DOCUMENT_TYPE),
    _optional(
        "document_number", "Numero del documento", "Document number", FieldKind.DOCUMENT_NUMBER
    ),
    _optional("document_issuer", "Rilasciato da", "Issued by", FieldKind.LINE),
    _optional("document_issued", "Rilasciato il", "Issued on", FieldKind.DATE),
    _optional("document_expires", "Scadenza", "Expires", FieldKind.DATE),
)
"""The identity document's data (POL-06, IOL-21)."""
HEALTH_CARD = _optional(
    "health_card", "Numero della tessera sanitaria", "Health card number", FieldKind.HEALTH_CARD
)
"""The tessera sanitaria, which carries the codice fiscale (POL-06)."""
RESIDENCE = (
    _optional("residence_address", "Residenza", "Residence", FieldKind.LINE, "street-address"),
    _optional("residence_place", "Comune di residenza", "Municipality", FieldKind.LINE),
    _optional("residence_province", "Provincia di residenza", "Province", FieldKind.PROVINCE),
    _optional("residence_cap", "CAP", "Postal code", FieldKind.CAP, "postal-code"),
    _optional("domicile_address", "Domicilio", "Domicile", FieldKind.LINE),
    _optional("domicile_place", "Comune di domicilio", "Municipality", FieldKind.LINE),
    _optional("domicile_province", "Provincia di domicilio", "Province", FieldKind.PROVINCE),
    _optional("domicile_cap", "CAP del domicilio", "Postal code", FieldKind.CAP),
)
"""Residence and domicile (IOL-21)."""
