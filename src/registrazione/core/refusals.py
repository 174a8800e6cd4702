"""What the library answers instead of doing as asked: faults, and the refusal that carries them.

A fault has a stable code. Its texts, its help topic and its row in the documentation come from
one catalogue, ``locale/refusals.toml``; the core names codes and never writes sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import attrs

_EMPTY: Mapping[str, object] = MappingProxyType({})


class Severity(StrEnum):
    """How much a fault weighs: only an error refuses."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@attrs.frozen
class Fault:
    """One thing found wrong, or worth knowing, about one field.

    Args:
        code: Stable name, such as ``password.too_short``; a key of the catalogue.
        field: The field it belongs to, or ``None`` for the form as a whole.
        severity: ``error`` refuses; ``warning`` and ``info`` travel with the answer.
        params: Numbers and fixed words for the text. Never a secret, never a codice fiscale,
            never what was typed.
    """

    code: str
    field: str | None = None
    severity: Severity = Severity.ERROR
    params: Mapping[str, object] = attrs.field(default=_EMPTY, hash=False)

    @property
    def is_error(self) -> bool:
        """Tell whether this fault alone refuses the command."""
        return self.severity is Severity.ERROR

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes: the view of the parameters cannot, its content can."""
        return _fault_again, (self.code, self.field, self.severity, dict(self.params))


def fault(
    code: str,
    field: str | None = None,
    *,
    severity: Severity = Severity.ERROR,
    **params: object,
) -> Fault:
    """Return a :class:`Fault`, with the text's parameters as keywords."""
    return Fault(code, field, severity, MappingProxyType(params) if params else _EMPTY)


def _fault_again(
    code: str, field: str | None, severity: Severity, params: dict[str, object]
) -> Fault:
    return fault(code, field, severity=severity, **params)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a malfunction
    """The command was understood and is refused; nothing of it was done.

    Args:
        faults: All faults of the form at once, the errors first. At least one.

        ticket: A token for the way on, where the refusal opens one: somebody who signed in
            rightly before activation may have the link sent again with it (UNI-08).

    The text of the exception holds codes and field names only.
    """

    def __init__(self, *faults: Fault, ticket: str = "") -> None:
        """Keep the faults, errors first, otherwise in the order given."""
        self.ticket = ticket
        self.faults: tuple[Fault, ...] = tuple(sorted(faults, key=lambda f: not f.is_error))
        super().__init__(", ".join(f"{f.code}[{f.field}]" if f.field else f.code for f in faults))

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes with the faults and the ticket."""
        return _refusal_again, (type(self), self.faults, self.ticket)

    @property
    def code(self) -> str:
        """Return the code of the first fault: the reason, where there is only one."""
        return self.faults[0].code

    @property
    def codes(self) -> tuple[str, ...]:
        """Return all codes, the errors first."""
        return tuple(f.code for f in self.faults)


def _refusal_again(kind: type[Refusal], faults: tuple[Fault, ...], ticket: str) -> Refusal:
    return kind(*faults, ticket=ticket)


def refusal(code: str, field: str | None = None, **params: object) -> Refusal:
    """Return a refusal with a single fault."""
    return Refusal(Fault(code, field, params=MappingProxyType(params)))


def refuse_errors(faults: tuple[Fault, ...] | list[Fault]) -> tuple[Fault, ...]:
    """Raise if there is an error among ``faults``; return the warnings otherwise.

    Raises:
        Refusal: With every fault, the errors first.
    """
    if any(f.is_error for f in faults):
        raise Refusal(*faults)
    return tuple(faults)
