"""What a person, an operator or a timer asks for: one frozen class a command.

Each field says of which kind of text it is; the boundary cleans them all, once, before anything
looks at them (``boundary.enter``). How a command proves who asks is its base class.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar

import attrs

from registrazione.core.draft import Draft
from registrazione.core.profile import Role
from registrazione.core.secret import Secret
from registrazione.core.values import ByValue


class Kind(Enum):
    """Of which kind a command's field is, for the boundary."""

    LINE = "line"
    TEXT = "text"
    CODE = "code"
    IDENTIFIER = "identifier"
    TOKEN = "token"  # noqa: S105 - a kind of field, not a secret
    SECRET = "secret"  # noqa: S105 - a kind of field, not a secret
    EMAIL = "email"
    FORM = "form"
    OPAQUE = "opaque"
    """Checked where it is used: booleans, dates, responses for a port."""


def entry(
    kind: Kind,
    *,
    default: Any = attrs.NOTHING,  # noqa: ANN401 - attrs' own signature
    max_length: int = 100,
    hidden: bool = True,
) -> Any:  # noqa: ANN401 - attrs' own signature
    """Return an attrs field of a command, with its kind."""
    converter: Any = Secret if kind is Kind.SECRET else None
    return attrs.field(
        default=default,
        repr=not hidden,
        converter=converter,
        metadata={"kind": kind, "max": max_length},
    )


@attrs.frozen(kw_only=True, eq=False)
class Operator(ByValue):
    """Somebody who acts for the office; the host has signed them in.

    Args:
        id: The host's identifier, for the audit trail; no name, no address.
        role: What they are.
        office: Which school or office, such as its codice meccanografico.
        account_id: Their own account here, if any: nobody identifies or approves themselves.
    """

    id: str
    role: Role
    office: str = ""
    account_id: str | None = None


@attrs.frozen(kw_only=True, eq=False)
class Command(ByValue):
    """Base of all commands.

    Args:
        origin: Where the request came from, as the host knows it (never a header's word for
            it); counted for limits under a keyed fingerprint and kept nowhere.
    """

    name: ClassVar[str]
    trail: ClassVar[bool] = True
    """Whether the store keeps a line of it. The steps of a form leave none behind,
    nor does what changes nothing."""
    origin: str = entry(Kind.LINE, default="", max_length=200)


@attrs.frozen(kw_only=True, eq=False)
class PublicCommand(Command):
    """Anybody may ask; the answer does not depend on who exists."""


@attrs.frozen(kw_only=True, eq=False)
class DraftCommand(Command):
    """A step of the form."""

    trail = False
    draft: Draft = entry(Kind.OPAQUE)


@attrs.frozen(kw_only=True, eq=False)
class TokenCommand(Command):
    """Proved by a mailed link, or by what the same browser was given before."""

    token: str = entry(Kind.TOKEN)


@attrs.frozen(kw_only=True, eq=False)
class SessionCommand(Command):
    """Proved by a signed-in session."""

    session: str = entry(Kind.TOKEN)


@attrs.frozen(kw_only=True, eq=False)
class OperatorCommand(Command):
    """Asked by an operator, about somebody's account."""

    operator: Operator = entry(Kind.OPAQUE)
    account_id: str = entry(Kind.IDENTIFIER, max_length=64, hidden=False)


@attrs.frozen(kw_only=True, eq=False)
class HolderOrOperatorCommand(Command):
    """Asked by the holder of the account, from a session, or by an operator."""

    session: str = entry(Kind.TOKEN, default="")
    operator: Operator | None = entry(Kind.OPAQUE, default=None)
    account_id: str = entry(Kind.IDENTIFIER, default="", max_length=64, hidden=False)


@attrs.frozen(kw_only=True, eq=False)
class TimerCommand(Command):
    """Asked by the clock, again and again: it leaves a line where something happens."""

    trail = False
    account_id: str = entry(Kind.IDENTIFIER, max_length=64, hidden=False)
