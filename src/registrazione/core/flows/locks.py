"""What an identity provider told, and the holder may therefore not change."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from registrazione.core.account import Account
from registrazione.core.flows.common import Context
from registrazione.core.flows.fields import read_field
from registrazione.core.form import CODICE_FISCALE, EMAIL, FormField
from registrazione.core.questions import Flow
from registrazione.core.refusals import Fault, Refusal, fault
from registrazione.core.sources import locked_fields, said

_OUTSIDE: Mapping[str, FormField] = MappingProxyType({"cf": CODICE_FISCALE, "email": EMAIL})
"""Fields that many forms do not have, and every account does."""


def unlocked(
    ctx: Context, account: Account, typed: Mapping[str, object]
) -> Flow[tuple[Mapping[str, object], tuple[Fault, ...]]]:
    """Return what was typed of what the holder may change, and what is wrong with the rest.

    Saying once more what the account says changes nothing, so nothing is wrong with it.

    Args:
        ctx: The context.
        account: Whose.
        typed: By name of field.
    """
    left = dict(typed)
    faults: list[Fault] = []
    locked = locked_fields(account, ctx.profile)
    for name in [name for name in typed if name in locked]:
        field = ctx.profile.field(name) or _OUTSIDE.get(name)
        if field is None:
            # Of another procedure of the realm: whoever reads the form knows no such field.
            continue
        optional = attrs.evolve(field, required=False)
        read = yield from read_field(optional, left.pop(name), ctx.now.date())
        if read != said(account, name):
            faults.append(fault("data.vouched", name))
    return left, tuple(faults)


def check_unlocked(ctx: Context, account: Account, name: str, value: str) -> Flow[None]:
    """Refuse a new value of what an identity provider told and the holder may not change.

    Raises:
        Refusal: ``data.vouched``.
    """
    _, faults = yield from unlocked(ctx, account, {name: value})
    if faults:
        raise Refusal(*faults)
