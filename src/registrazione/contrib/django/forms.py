"""Fields of forms for Italian personal data, one for each kind that the library knows.

::

    class Person(forms.Form):
        code = CodiceFiscaleField(label="Codice fiscale")
        phone = PhoneField(label="Telefono", required=False)

What is cleaned is the canonical text: capitals, no spaces, a number in the form of E.164. Errors
are those of :class:`~registrazione.contrib.django.validators.ItalianValidator`.
"""
# mypy: disable-error-code="import-untyped,misc,valid-type"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from registrazione.contrib.django.languages import language
from registrazione.contrib.django.validators import errors_of
from registrazione.core.documents import DocumentType
from registrazione.core.emails import EmailAddress
from registrazione.validators import VALIDATORS, InvalidValue

# To type checkers a class of an untyped package is one of which nothing is known.
if TYPE_CHECKING:
    _CharField = object
    _ChoiceField = object
else:
    _CharField = forms.CharField
    _ChoiceField = forms.ChoiceField

_NOTHING: Mapping[str, str] = MappingProxyType({})


class ItalianField(_CharField):
    """A field for one kind of Italian personal data; its arguments are those of ``CharField``."""

    kind: ClassVar[str]
    """A name of ``registrazione.validators.VALIDATORS``."""
    input_type: ClassVar[str] = "text"
    attributes: ClassVar[Mapping[str, str]] = _NOTHING
    """Attributes of the input: which keyboard a phone shows, what a browser may fill in."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Django's own options
        """Take the options of Django's field."""
        init: Any = super().__init__
        init(**{"widget": forms.TextInput, **options})

    def widget_attrs(self, widget: Any) -> dict[str, Any]:  # noqa: ANN401 - Django has no types
        """Return the attributes of the input.

        Args:
            widget: What draws it.
        """
        inherited: Any = super()
        widget.input_type = self.input_type
        return {**inherited.widget_attrs(widget), "spellcheck": "false", **self.attributes}

    def to_python(self, value: object) -> str:
        """Return the canonical text of what was typed.

        Args:
            value: What was typed.

        Raises:
            ValidationError: With everything that is wrong.
        """
        inherited: Any = super()
        return _canonical(self.kind, inherited.to_python(value))


def _canonical(kind: str, text: str) -> str:
    """Return the canonical text of what was typed, if anything was.

    Raises:
        ValidationError: With everything that is wrong.
    """
    if not text:
        return text
    try:
        read = VALIDATORS[kind].read(text)
    except InvalidValue as refused:
        raise errors_of(fault for fault in refused.faults if fault.is_error) from None
    if isinstance(read, str):
        return str(read)
    # Written as text, the values of the core are masked.
    return str(read.address if isinstance(read, EmailAddress) else read.code)


class CodiceFiscaleField(ItalianField):
    """A codice fiscale of sixteen characters, or the provisional one of eleven digits (MIM-11)."""

    kind: ClassVar[str] = "codice_fiscale"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"autocapitalize": "characters", "autocomplete": "off"}
    )


class EmailField(ItalianField):
    """An e-mail address (RFC 5321); its domain in the form that name servers know."""

    kind: ClassVar[str] = "email"
    input_type: ClassVar[str] = "email"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"autocomplete": "email", "inputmode": "email"}
    )


class PecField(EmailField):
    """The address of a certified mailbox (DPR 68/2005)."""

    kind: ClassVar[str] = "pec"


class PhoneField(ItalianField):
    """A phone number in the form of E.164 (UNI-05)."""

    kind: ClassVar[str] = "phone"
    input_type: ClassVar[str] = "tel"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"autocomplete": "tel", "inputmode": "tel"}
    )


class CapField(ItalianField):
    """An Italian postal code (IOL-21)."""

    kind: ClassVar[str] = "cap"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"autocomplete": "postal-code", "inputmode": "numeric"}
    )


class SiglaField(ItalianField):
    """The two letters of a province (IOL-21)."""

    kind: ClassVar[str] = "sigla"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType({"autocapitalize": "characters"})


class DocumentTypeField(_ChoiceField):
    """A type of identity document, chosen from a list; cleaned to SPID's word for it (POL-06)."""

    kind: ClassVar[str] = "document_type"

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Django's own options
        """Take the options of Django's field."""
        init: Any = super().__init__
        init(**{"choices": _document_types, **options})

    def to_python(self, value: object) -> str:
        """Return SPID's word for a type, which may have come in a usual one.

        Args:
            value: What was sent.

        Raises:
            ValidationError: It is none.
        """
        inherited: Any = super()
        return _canonical(self.kind, inherited.to_python(value))


class DocumentNumberField(ItalianField):
    """The number of an identity document of any type (POL-06)."""

    kind: ClassVar[str] = "document_number"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"autocapitalize": "characters", "autocomplete": "off"}
    )


class SchoolCodeField(ItalianField):
    """The codice meccanografico of a school (IST-10)."""

    kind: ClassVar[str] = "school_code"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"autocapitalize": "characters", "autocomplete": "off"}
    )


class HealthCardField(ItalianField):
    """The number of a tessera sanitaria (POL-06)."""

    kind: ClassVar[str] = "health_card"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"autocomplete": "off", "inputmode": "numeric"}
    )


class TemporaryHealthCodeField(ItalianField):
    """An STP or ENI code, which is no codice fiscale (IOL-23)."""

    kind: ClassVar[str] = "temporary_health_code"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"autocapitalize": "characters", "autocomplete": "off"}
    )


class ProvisionalSchoolCodeField(ItalianField):
    """The code that the school system gives to a pupil without a codice fiscale (IOL-22)."""

    kind: ClassVar[str] = "provisional_school_code"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"autocapitalize": "characters", "autocomplete": "off"}
    )


class UsernameField(ItalianField):
    """A username that somebody chooses, in lower case (UNI-05)."""

    kind: ClassVar[str] = "username"
    attributes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"autocapitalize": "none", "autocomplete": "username"}
    )


FIELDS: Mapping[str, type[Any]] = MappingProxyType(
    {
        field.kind: field
        for field in (
            CodiceFiscaleField,
            EmailField,
            PecField,
            PhoneField,
            CapField,
            SiglaField,
            DocumentTypeField,
            DocumentNumberField,
            SchoolCodeField,
            HealthCardField,
            TemporaryHealthCodeField,
            ProvisionalSchoolCodeField,
            UsernameField,
        )
    }
)
"""The field of each kind of data, by its name in ``registrazione.validators.VALIDATORS``."""


def _document_types() -> Iterator[tuple[str, str]]:
    """Yield the types, with what they are called in the language that Django has activated."""
    yield "", "---------"
    for kind in DocumentType:
        yield kind.value, kind.label.to(language())
