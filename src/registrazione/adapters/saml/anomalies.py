"""What an identity provider says when it lets nobody in: SPID's table of anomalies.

Codes 19 to 25 and 30 are the person's: each has a text and a remedy in the catalogue. All others
are the service's own mistake or the provider's: the person can do nothing about them.

The answers need not be signed, so that they are for showing only: they change no account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.xml import Element, child, only, text

SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
_ANOMALY = re.compile(r"ErrorCode\s+nr", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(rf"{_ANOMALY.pattern}\s?(\d{{1,3}})(?!\d)", re.ASCII | re.IGNORECASE)


@attrs.frozen(kw_only=True)
class Anomaly:
    """One row of the table.

    Args:
        code: Code of the :class:`~registrazione.ports.IdentityError`.
        retry: Whether trying again may help.
    """

    code: str
    retry: bool


ANOMALIES: Mapping[int, Anomaly] = MappingProxyType(
    {
        19: Anomaly(code="spid_19", retry=True),
        20: Anomaly(code="spid_20", retry=False),
        21: Anomaly(code="spid_21", retry=True),
        22: Anomaly(code="spid_22", retry=True),
        23: Anomaly(code="spid_23", retry=False),
        24: Anomaly(code="spid_24", retry=True),
        25: Anomaly(code="spid_25", retry=True),
        30: Anomaly(code="spid_30", retry=True),
    }
)
"""What a person is told, by number (SPID, tabella messaggi di anomalia; Avviso 15)."""

OF_THE_SERVICE: Final = frozenset({8, 9, *range(11, 19)})
"""Mistakes in what this service has sent: whoever runs it has to know (the same table)."""

_BY_STATUS: Mapping[str, Anomaly] = MappingProxyType(
    {
        f"{_STATUS}AuthnFailed": Anomaly(code="spid_19", retry=True),
        f"{_STATUS}NoAuthnContext": Anomaly(code="spid_20", retry=False),
        f"{_STATUS}RequestDenied": Anomaly(code="cancelled", retry=True),
    }
)
"""What providers say that give no number (SAML Core 3.2.2.2)."""


class SpidAnomaly(Rejected):
    """The identity provider let nobody in, and said why.

    Args:
        number: The number of the table, 0 where the provider gave none.
        code: See :class:`~registrazione.ports.IdentityError`.
        retry: Whether trying again may help.
    """

    def __init__(self, number: int, code: str, *, retry: bool) -> None:
        """Keep the number beside the code."""
        super().__init__(f"status.{number}", code, retry=retry)
        self.number = number


def check_status(response: Element) -> None:
    """Make sure that a response says that somebody was let in (SAML Core 3.2.2.1).

    Args:
        response: Signed or not.

    Raises:
        SpidAnomaly: The provider says that nobody was.
        Rejected: It says nothing that can be read.
    """
    status = only(response, "samlp:Status")
    outer = only(status, "samlp:StatusCode")
    value = outer.get("Value")
    message = child(status, "samlp:StatusMessage")
    said = text(message) if message is not None else ""
    if value == SUCCESS:
        # A provider may be polite, but not let somebody in and name an anomaly.
        if len(outer) or _ANOMALY.search(said):
            raise Rejected("status.ambiguous")
        return
    if not value or not value.startswith(_STATUS):
        raise Rejected("status.unknown")
    # Some providers write words beside the number; two numbers are none.
    numbers = {int(found) for found in _NUMBER.findall(said)}
    number = numbers.pop() if len(numbers) == 1 else 0
    inner = child(outer, "samlp:StatusCode")
    told = (inner.get("Value") or "") if inner is not None else ""
    anomaly = ANOMALIES.get(number) if number else _BY_STATUS.get(told)
    if anomaly is None:
        raise SpidAnomaly(number, "unavailable", retry=False)
    raise SpidAnomaly(number, anomaly.code, retry=anomaly.retry)
