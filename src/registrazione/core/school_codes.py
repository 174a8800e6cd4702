"""The codice meccanografico: the code of ten characters by which the ministry knows a school.

Two letters for the province, then letters and digits for the kind of school, the school and a
check character. How that last one is made is published nowhere, so it is not checked, and a
code of the right shape is no proof that the school exists.
"""

from __future__ import annotations

import re

from registrazione.core.refusals import Fault, fault
from registrazione.core.text import clean_code

_SHAPE = re.compile(r"[A-Z]{2}[A-Z0-9]{8}")

# Plates of the provinces, with the old ones of Forlì (FO) and Pesaro (PS), and for Bolzano one
# for each language of its schools: Italian (IB), German (TB) and Ladin (LB). In the ministry's
# open data no code has BZ, FC, FM, PU or SU: Fermo is still under AP, South Sardinia under CA.
_PREFIXES = """
    AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT CA CB CE CH CL CN CO CR CS CT CZ EN
    FE FG FI FO FR GE GO GR IB IM IS KR LB LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU
    OR PA PC PD PE PG PI PN PO PR PS PT PV PZ RA RC RE RG RI RM RN RO SA SI SO SP SR SS SV TA
    TB TE TN TO TP TR TS TV UD VA VB VC VE VI VR VT VV
"""
_KNOWN_PREFIXES = frozenset(_PREFIXES.split())


def read_school_code(value: object, field: str = "school_code") -> str | Fault:
    """Return the code of a school, trimmed and in capitals, as the ministry's open data have it.

    Args:
        value: What was typed, of any type.
        field: The field named in the fault.

    Returns:
        The canonical code or the fault found: ``school_code.shape``, ``school_code.prefix``
        where no school's code begins so, or what no code at all may be.
    """
    code = clean_code(value, field=field)
    if isinstance(code, Fault):
        return code
    if _SHAPE.fullmatch(code) is None:
        return fault("school_code.shape", field)
    if code[:2] not in _KNOWN_PREFIXES:
        return fault("school_code.prefix", field)
    return code
