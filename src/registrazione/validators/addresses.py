"""An address: several fields that are right or wrong only together."""

from __future__ import annotations

from registrazione.core import addresses
from registrazione.core.addresses import Address
from registrazione.core.refusals import Fault
from registrazione.validators.validator import InvalidValue, accepted


def read_address(
    *,
    street: object,
    place: object,
    province: object = None,
    cap: object = None,
    nation: object = None,
    prefix: str = "residence",
) -> Address | None:
    """Return the address made of what was typed, or ``None`` where nothing was (IOL-21).

    Args:
        street: Street and number.
        place: Name or Belfiore code of the comune; abroad, the city.
        province: Sigla of the province.
        cap: Italian postal code.
        nation: Name or code of the nation; nothing, or Italy, for an Italian address.
        prefix: What the names of the fields begin with, such as ``residence`` in
            ``residence_cap``.

    Raises:
        InvalidValue: With all faults.
    """
    return accepted(
        addresses.check_address(
            street=street, place=place, province=province, cap=cap, nation=nation, prefix=prefix
        )
    )


def check_address(
    *,
    street: object,
    place: object,
    province: object = None,
    cap: object = None,
    nation: object = None,
    prefix: str = "residence",
) -> tuple[Fault, ...]:
    """Return what is wrong with an address; nothing is wrong with none at all (IOL-21).

    Args:
        street: Street and number.
        place: Name or Belfiore code of the comune; abroad, the city.
        province: Sigla of the province.
        cap: Italian postal code.
        nation: Name or code of the nation; nothing, or Italy, for an Italian address.
        prefix: What the names of the fields begin with, such as ``residence`` in
            ``residence_cap``.
    """
    try:
        read_address(
            street=street, place=place, province=province, cap=cap, nation=nation, prefix=prefix
        )
    except InvalidValue as refusal:
        return refusal.faults
    return ()
