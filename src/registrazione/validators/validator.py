"""What every validator is: a reader of the core, and the ways of asking it.

The core's readers return a value or what is wrong with the text. Here that becomes an answer of
yes or no, a list of faults, a value or an exception, or a validator of attrs, whichever the caller
needs. What was typed is in none of them but the value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

import attrs

from registrazione.core.refusals import Fault, Refusal

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class InvalidValue(Refusal, ValueError):  # noqa: N818 - a refusal is an answer, as its base is
    """A value is refused; also a ``ValueError``, which argparse, click and pydantic ask for.

    The text of the exception holds codes and field names only, so that it may be logged.
    """

    def messages(self, language: str = "it") -> tuple[str, ...]:
        """Return the words of what refuses the value, without its warnings.

        Args:
            language: ``it`` or ``en``.
        """
        return _words(self.faults, language)


def accepted(outcome: T | Fault | tuple[Fault, ...]) -> T:
    """Return what a reader of the core made of a text.

    Args:
        outcome: The value, a fault or several faults.

    Raises:
        InvalidValue: The outcome is no value.
    """
    if isinstance(outcome, Fault):
        raise InvalidValue(outcome)
    if isinstance(outcome, tuple):
        raise InvalidValue(*cast("tuple[Fault, ...]", outcome))
    return outcome


def _nothing(_value: object, _field: str) -> tuple[Fault, ...]:
    return ()


@attrs.frozen(repr=False)
class Validator(Generic[T_co]):
    """One kind of data: what it is called, and how a text is read as it.

    Args:
        name: What the kind is called.
        field: The field named in the faults where the caller names none.
        reader: Returns the value, a fault or several, or raises a refusal.
        remarks: What there is to say about a value that was read: warnings only.

    What is checked is text, as somebody typed it. A value such as
    :class:`~registrazione.core.codice_fiscale.CodiceFiscale` is sound wherever there is one: it
    comes from :meth:`read`, which can be an attrs converter, and needs no validator.
    """

    name: str
    field: str
    _reader: Callable[[object, str], T_co | Fault | tuple[Fault, ...]]
    _remarks: Callable[[Any, str], tuple[Fault, ...]] = _nothing

    def __repr__(self) -> str:
        """Return the name of the kind."""
        return f"<validator {self.name}>"

    def __call__(self, _instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        """Validate an attribute of an attrs class.

        Args:
            attribute: The attribute; its name is the field of the faults.
            value: The value to be set.

        Raises:
            InvalidValue: The value is refused. Warnings are let pass.
        """
        self.read(value, attribute.name)

    def read(self, value: object, field: str | None = None) -> T_co:
        """Return the canonical value of what was typed.

        Args:
            value: What was typed, of any type.
            field: The field named in the faults; the kind has a name for it.

        Raises:
            InvalidValue: With all faults.
        """
        try:
            return accepted(self._reader(value, self.field if field is None else field))
        except InvalidValue:
            raise
        except Refusal as refusal:
            raise InvalidValue(*refusal.faults) from None

    def check(self, value: object, field: str | None = None) -> tuple[Fault, ...]:
        """Return what is wrong with what was typed, warnings and information included.

        Args:
            value: What was typed, of any type.
            field: The field named in the faults; the kind has a name for it.
        """
        try:
            read = self.read(value, field)
        except InvalidValue as refusal:
            return refusal.faults
        return self._remarks(read, self.field if field is None else field)

    def accepts(self, value: object) -> bool:
        """Tell whether what was typed is right, without saying why not.

        Args:
            value: What was typed, of any type.

        Returns:
            ``True`` where :meth:`check` finds no error.
        """
        return not any(found.is_error for found in self.check(value))

    def messages(self, value: object, language: str = "it") -> tuple[str, ...]:
        """Return the words of what is wrong, none where :meth:`accepts` says yes.

        Args:
            value: What was typed, of any type.
            language: ``it`` or ``en``.
        """
        return _words(self.check(value), language)


def _words(faults: tuple[Fault, ...], language: str) -> tuple[str, ...]:
    from registrazione.refusals import text_of  # noqa: PLC0415 - the catalogue is read when needed

    return tuple(text_of(found, language) for found in faults if found.is_error)
