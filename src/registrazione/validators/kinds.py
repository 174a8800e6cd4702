"""The kinds of data that come as one text each: one table, three functions for every row.

``is_x`` says yes or no, ``check_x`` returns all faults, ``read_x`` returns the canonical value or
raises :exc:`~registrazione.validators.validator.InvalidValue`. ``x`` itself is the validator whose
methods they are, and goes into a field of an attrs class. ``value`` is what was typed, of any type;
``field`` is the name of the field in the faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any

from registrazione.checks import emails, phones
from registrazione.core import addresses, documents, health_cards, school_codes, usernames
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.documents import DocumentType
from registrazione.core.emails import EmailAddress
from registrazione.core.pec import check_pec as remarks_on_pec
from registrazione.core.refusals import Fault
from registrazione.core.substitute_codes import ProvisionalSchoolCode, TemporaryHealthCode
from registrazione.validators.texts import in_field, plain_text
from registrazione.validators.validator import Validator


@cache
def _phones() -> phones.InstalledPhones | phones.ShapeOnly:
    return phones.default_phones()


def _phone(value: object, field: str) -> str | Fault:
    return _phones().normalise(value, field)


def _username(value: object, field: str) -> str | Fault | tuple[Fault, ...]:
    text = plain_text(value, field)
    if isinstance(text, Fault):
        return text
    found = usernames.check_username(text)
    return in_field(found, {usernames.FIELD: field}) or usernames.canonical_username(text)


codice_fiscale: Validator[CodiceFiscale] = Validator("codice_fiscale", "cf", CodiceFiscale.parse)
"""A codice fiscale of sixteen characters, or the provisional one of eleven digits (MIM-11)."""

# The other two are in the core, where they are ready before this module could be.


def read_codice_fiscale(value: object, field: str = "cf") -> CodiceFiscale:
    """Return a codice fiscale, or raise what is wrong with it (MIM-11)."""
    return codice_fiscale.read(value, field)


email: Validator[EmailAddress] = Validator("email", "email", emails.normalise)
"""An e-mail address (RFC 5321, 5322, 5891); no name server is asked."""


def is_email(value: object) -> bool:
    """Tell whether a text is an e-mail address (RFC 5321)."""
    return email.accepts(value)


def check_email(value: object, field: str = "email") -> tuple[Fault, ...]:
    """Return what is wrong with an e-mail address (RFC 5321)."""
    return email.check(value, field)


def read_email(value: object, field: str = "email") -> EmailAddress:
    """Return an e-mail address, or raise what is wrong with it (RFC 5321)."""
    return email.read(value, field)


pec: Validator[EmailAddress] = Validator("pec", "pec", emails.normalise, remarks_on_pec)
"""A certified e-mail address; a domain that does not look like one is only remarked on."""


def is_pec(value: object) -> bool:
    """Tell whether a text is the address of a certified mailbox (DPR 68/2005)."""
    return pec.accepts(value)


def check_pec(value: object, field: str = "pec") -> tuple[Fault, ...]:
    """Return what is wrong with the address of a certified mailbox (DPR 68/2005)."""
    return pec.check(value, field)


def read_pec(value: object, field: str = "pec") -> EmailAddress:
    """Return the address of a certified mailbox, or raise what is wrong with it."""
    return pec.read(value, field)


phone: Validator[str] = Validator("phone", "phone", _phone)
"""A phone number in the form of E.164; only its shape without the extra ``phone`` (UNI-05)."""


def is_phone(value: object) -> bool:
    """Tell whether a text is a phone number (UNI-05)."""
    return phone.accepts(value)


def check_phone(value: object, field: str = "phone") -> tuple[Fault, ...]:
    """Return what is wrong with a phone number (UNI-05)."""
    return phone.check(value, field)


def read_phone(value: object, field: str = "phone") -> str:
    """Return a phone number in the form of E.164, or raise what is wrong (UNI-05)."""
    return phone.read(value, field)


def phone_validator(*, region: str = phones.ITALY, mobile: bool = False) -> Validator[str]:
    """Return a validator of the phone numbers of another region, or of mobile ones only (UNI-05).

    Args:
        region: Whose plan a number without prefix belongs to, ISO 3166 in capitals.
        mobile: Whether only a mobile number will do.

    Raises:
        ModuleNotFoundError: The extra ``phone`` is not installed; the text says how to.
        ValueError: There is no such region.
    """
    phones.InstalledPhones(region)
    reader = partial(phones.normalise, region=region, mobile=mobile)
    return Validator("phone", "phone", reader)


cap: Validator[str] = Validator("cap", "cap", addresses.read_cap)
"""An Italian postal code (IOL-21)."""


def is_cap(value: object) -> bool:
    """Tell whether a text is an Italian postal code (IOL-21)."""
    return cap.accepts(value)


def check_cap(value: object, field: str = "cap") -> tuple[Fault, ...]:
    """Return what is wrong with an Italian postal code (IOL-21)."""
    return cap.check(value, field)


def read_cap(value: object, field: str = "cap") -> str:
    """Return the five digits of a CAP, or raise what is wrong (IOL-21)."""
    return cap.read(value, field)


sigla: Validator[str] = Validator("sigla", "province", addresses.read_sigla)
"""The two letters of a province; whether there is one is for the places to say (IOL-21)."""


def is_sigla(value: object) -> bool:
    """Tell whether a text is the two letters of a province (IOL-21)."""
    return sigla.accepts(value)


def check_sigla(value: object, field: str = "province") -> tuple[Fault, ...]:
    """Return what is wrong with the two letters of a province (IOL-21)."""
    return sigla.check(value, field)


def read_sigla(value: object, field: str = "province") -> str:
    """Return the two capitals of a province, or raise what is wrong (IOL-21)."""
    return sigla.read(value, field)


document_type: Validator[DocumentType] = Validator(
    "document_type", "document_type", documents.read_document_type
)
"""A type of identity document, in SPID's word for it or a usual one (POL-06, IOL-21)."""


def is_document_type(value: object) -> bool:
    """Tell whether a text is a type of identity document (POL-06)."""
    return document_type.accepts(value)


def check_document_type(value: object, field: str = "document_type") -> tuple[Fault, ...]:
    """Return what is wrong with a type of identity document (POL-06)."""
    return document_type.check(value, field)


def read_document_type(value: object, field: str = "document_type") -> DocumentType:
    """Return a type of identity document, or raise that it is none (POL-06)."""
    return document_type.read(value, field)


document_number: Validator[str] = Validator(
    "document_number", "document_number", documents.read_document_number
)
"""The number of an identity document of any type (POL-06, IOL-21)."""


def is_document_number(value: object) -> bool:
    """Tell whether a text is the number of an identity document (POL-06)."""
    return document_number.accepts(value)


def check_document_number(value: object, field: str = "document_number") -> tuple[Fault, ...]:
    """Return what is wrong with the number of an identity document (POL-06)."""
    return document_number.check(value, field)


def read_document_number(value: object, field: str = "document_number") -> str:
    """Return the number of a document without spaces, or raise what is wrong (POL-06)."""
    return document_number.read(value, field)


school_code: Validator[str] = Validator("school_code", "school_code", school_codes.read_school_code)
"""The codice meccanografico of a school (MIM-14, IST-10)."""


def is_school_code(value: object) -> bool:
    """Tell whether a text is the codice meccanografico of a school (IST-10)."""
    return school_code.accepts(value)


def check_school_code(value: object, field: str = "school_code") -> tuple[Fault, ...]:
    """Return what is wrong with the codice meccanografico of a school (IST-10)."""
    return school_code.check(value, field)


def read_school_code(value: object, field: str = "school_code") -> str:
    """Return the code of a school in capitals, or raise what is wrong (IST-10)."""
    return school_code.read(value, field)


health_card: Validator[str] = Validator(
    "health_card", "health_card", health_cards.read_health_card, health_cards.check_health_card
)
"""The number of a tessera sanitaria; a doubtful last digit is only warned of (POL-06)."""


def is_health_card(value: object) -> bool:
    """Tell whether a text is the number of a tessera sanitaria (POL-06)."""
    return health_card.accepts(value)


def check_health_card(value: object, field: str = "health_card") -> tuple[Fault, ...]:
    """Return what is wrong with the number of a tessera sanitaria (POL-06)."""
    return health_card.check(value, field)


def read_health_card(value: object, field: str = "health_card") -> str:
    """Return the twenty digits of a card, or raise what is wrong (POL-06)."""
    return health_card.read(value, field)


temporary_health_code: Validator[TemporaryHealthCode] = Validator(
    "temporary_health_code", "stp", TemporaryHealthCode.parse
)
"""An STP or ENI code, which is no codice fiscale (IOL-23)."""


def is_temporary_health_code(value: object) -> bool:
    """Tell whether a text is an STP or ENI code (IOL-23)."""
    return temporary_health_code.accepts(value)


def check_temporary_health_code(value: object, field: str = "stp") -> tuple[Fault, ...]:
    """Return what is wrong with an STP or ENI code (IOL-23)."""
    return temporary_health_code.check(value, field)


def read_temporary_health_code(value: object, field: str = "stp") -> TemporaryHealthCode:
    """Return an STP or ENI code, or raise what is wrong with it (IOL-23)."""
    return temporary_health_code.read(value, field)


provisional_school_code: Validator[ProvisionalSchoolCode] = Validator(
    "provisional_school_code", "provisional_code", ProvisionalSchoolCode.parse
)
"""The code that the school system gives to a pupil without a codice fiscale (IOL-22)."""


def is_provisional_school_code(value: object) -> bool:
    """Tell whether a text is a pupil's provisional code (IOL-22)."""
    return provisional_school_code.accepts(value)


def check_provisional_school_code(
    value: object, field: str = "provisional_code"
) -> tuple[Fault, ...]:
    """Return what is wrong with a pupil's provisional code (IOL-22)."""
    return provisional_school_code.check(value, field)


def read_provisional_school_code(
    value: object, field: str = "provisional_code"
) -> ProvisionalSchoolCode:
    """Return a pupil's provisional code, or raise what is wrong with it (IOL-22)."""
    return provisional_school_code.read(value, field)


username: Validator[str] = Validator("username", "username", _username)
"""A username that somebody chose, in lower case (UNI-05)."""


def is_username(value: object) -> bool:
    """Tell whether a text is a username (UNI-05)."""
    return username.accepts(value)


def check_username(value: object, field: str = "username") -> tuple[Fault, ...]:
    """Return what is wrong with a username (UNI-05)."""
    return username.check(value, field)


def read_username(value: object, field: str = "username") -> str:
    """Return a username in lower case, or raise what is wrong with it (UNI-05)."""
    return username.read(value, field)


VALIDATORS: Mapping[str, Validator[Any]] = MappingProxyType(
    {
        validator.name: validator
        for validator in (
            codice_fiscale,
            email,
            pec,
            phone,
            cap,
            sigla,
            document_type,
            document_number,
            school_code,
            health_card,
            temporary_health_code,
            provisional_school_code,
            username,
        )
    }
)
"""Every kind by its name: what a form of any framework makes its own validators from."""
