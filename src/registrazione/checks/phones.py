"""How a phone number that somebody typed becomes the one that is stored and called.

The numbering plans are those of phonenumbers, which comes with the extra ``phone``. Where it is
not installed, :class:`ShapeOnly` stands in for it.
"""

from __future__ import annotations

from importlib.util import find_spec

from registrazione.core.phones import phone_shape
from registrazione.core.refusals import Fault, fault

ITALY = "IT"

_LIBRARY = "phonenumbers"


def normalise(
    value: object, field: str = "phone", *, region: str = ITALY, mobile: bool = False
) -> str | Fault:
    """Return the number in the one form of ITU-T E.164, or what makes it none (UNI-05, IOL-21).

    Before the library comes :func:`~registrazione.core.phones.phone_shape`: by itself it reads
    ``tel 333…`` and numbers written with letters. An Italian number keeps its leading zero.

    Args:
        value: What was typed, of any type; ``+`` or ``00`` begins a number of any country.
        field: The field named in the fault.
        region: Whose plan a number without prefix belongs to, ISO 3166 in capitals.
        mobile: Whether only a mobile number will do, such as one that takes text messages.

    Returns:
        The number, or a fault: ``phone.invalid`` where no such number can exist or none answers
        as a person would (premium rate, freephone, voicemail, pager), ``phone.not_mobile``.

    Raises:
        ModuleNotFoundError: The extra ``phone`` is not installed.
    """
    shape = phone_shape(value, field)
    if isinstance(shape, Fault):
        return shape

    # Loaded on first use: it takes longer than all of registrazione's core.
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        PhoneNumberType,
        format_number,
        number_type,
        parse,
    )

    try:
        number = parse(shape, region)
    except NumberParseException:
        return fault("phone.invalid", field)
    kind = number_type(number)
    may_be_mobile = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    if kind not in may_be_mobile | {PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP}:
        return fault("phone.invalid", field)
    if mobile and kind not in may_be_mobile:
        return fault("phone.not_mobile", field)
    e164 = format_number(number, PhoneNumberFormat.E164)
    # Some plans go beyond the fifteen digits that can be dialled from abroad.
    return e164 if phone_shape(e164) == e164 else fault("phone.invalid", field)


class InstalledPhones:
    """Ask the numbering plans that are installed (UNI-05).

    Args:
        region: Whose plan a number without prefix belongs to, ISO 3166 in capitals.

    Raises:
        ModuleNotFoundError: The extra ``phone`` is not installed; the text says how to.
        ValueError: There is no such region.
    """

    __slots__ = ("_region",)

    def __init__(self, region: str = ITALY) -> None:
        """Load the library; the plan of a country is loaded with its first number."""
        try:
            from phonenumbers import SUPPORTED_REGIONS
        except ModuleNotFoundError as missing:
            message = 'packages are missing: pip install "registrazione[phone]"'
            raise ModuleNotFoundError(message, name=missing.name) from None
        if region not in SUPPORTED_REGIONS:
            message = f"region: {region!r} is no region with a numbering plan"
            raise ValueError(message)
        self._region = region

    def normalise(self, number: object, field: str) -> str | Fault:
        """Return the number in the one form of E.164, or what makes it none."""
        return normalise(number, field, region=self._region)


class ShapeOnly:
    """Look at the shape of a number and take it that it exists."""

    __slots__ = ()

    def normalise(self, number: object, field: str) -> str | Fault:
        """Return the number as it was typed, without separators, or what makes it none."""
        return phone_shape(number, field)


def default_phones(region: str = ITALY) -> InstalledPhones | ShapeOnly:
    """Return the installed numbering plans, or where there are none the look at the shape.

    Args:
        region: Whose plan a number without prefix belongs to.
    """
    return InstalledPhones(region) if find_spec(_LIBRARY) else ShapeOnly()
