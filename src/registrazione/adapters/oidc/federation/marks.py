"""Trust marks: what somebody above has found somebody to be (7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

import attrs

from registrazione.adapters.oidc import jose
from registrazione.adapters.oidc.federation.statements import LEEWAY
from registrazione.adapters.oidc.guards import Guard, check
from registrazione.adapters.oidc.keys import TheirKeys
from registrazione.adapters.oidc.reading import (
    Claims,
    inner,
    is_early,
    is_over,
    mapping,
    text,
    texts,
)
from registrazione.ports import IdentityError

_TYPE = frozenset({"trust-mark+jwt"})
_DELEGATION = frozenset({"trust-mark-delegation+jwt"})
_MOST = 20


@attrs.frozen(kw_only=True)
class SeenMark:
    """A trust mark before it is believed.

    Args:
        claims: What it says.
        kind: What it should be.
        subject: Whom it should be about.
        issuers: Who may give such marks.
        now: When.
    """

    claims: Claims = attrs.field(repr=False)
    kind: str
    subject: str
    issuers: tuple[str, ...]
    now: datetime

    @property
    def told_kind(self) -> object:
        """What it says that it is; earlier drafts say ``id``."""
        return self.claims.get("trust_mark_type", self.claims.get("id"))


@attrs.frozen(kw_only=True)
class Mark:
    """A trust mark that is believed.

    Args:
        kind: What it is.
        token: It, as it came.
        ends: When it ends, as a NumericDate; ``None``: not by itself.
    """

    kind: str
    token: str = attrs.field(repr=False)
    ends: float | None


MARK_GUARDS: tuple[Guard, ...] = (
    Guard("mark.issuer", lambda it: it.claims["iss"] in it.issuers),
    Guard("mark.subject", lambda it: it.claims["sub"] == it.subject),
    Guard("mark.kind", lambda it: it.told_kind == it.kind),
    Guard("mark.issued", lambda it: not is_early(it.claims, "iat", it.now, LEEWAY)),
    Guard("mark.ends", lambda it: "exp" not in it.claims or not is_over(it.claims, it.now, LEEWAY)),
)
"""What has to hold of a trust mark (7.3)."""


def check_marks(
    leaf: Claims,
    wanted: Iterable[str],
    *,
    anchor: Claims,
    keys: Mapping[str, TheirKeys],
    now: datetime,
) -> tuple[Mark, ...]:
    """Return every mark that is wanted, which somebody bears.

    Args:
        leaf: What it says of itself.
        wanted: The marks.
        anchor: What the trust anchor says of itself: who may give which mark.
        keys: The keys of everybody in the chain above.
        now: When.

    Raises:
        IdentityError: One is missing, or nobody gave it who may.
    """
    borne, believed = _borne(leaf), list[Mark]()
    issuers, owners = inner(anchor, "trust_mark_issuers"), inner(anchor, "trust_mark_owners")
    for kind in wanted:
        token = borne.get(kind)
        giver = text(jose.unverified(token), "iss")
        known = keys.get(giver, TheirKeys())
        claims = jose.opened(token, known.fitting, algorithms=jose.SIGNING, types=_TYPE)[1]
        allowed = texts(issuers.get(kind))
        seen = SeenMark(claims=claims, kind=kind, subject=leaf["sub"], issuers=allowed, now=now)
        check(MARK_GUARDS, seen)
        # Who says that an owner let it give the mark, where there is no owner, says no truth (7.3).
        if kind in owners or "delegation" in claims:
            _check_delegation(seen, mapping(owners.get(kind)))
        believed.append(Mark(kind=kind, token=str(token), ends=claims.get("exp")))
    return tuple(believed)


def _check_delegation(mark: SeenMark, owner: Claims) -> None:
    """Make sure that the owner of a kind of mark lets its issuer give it (7.2).

    Raises:
        IdentityError: It does not.
    """
    keys = TheirKeys.read(inner(owner, "jwks"))
    told = mark.claims.get("delegation")
    claims = jose.opened(told, keys.fitting, algorithms=jose.SIGNING, types=_DELEGATION)[1]
    issuers = (text(owner, "sub"),)
    subject = text(mark.claims, "iss")
    check(MARK_GUARDS, attrs.evolve(mark, claims=claims, subject=subject, issuers=issuers))


def _borne(leaf: Claims) -> Mapping[str, object]:
    """Return the marks that somebody shows, by kind."""
    shown: object = leaf.get("trust_marks", [])
    if not isinstance(shown, list):
        raise IdentityError("invalid")
    rows = [
        cast("dict[str, Any]", row)
        for row in cast("list[object]", shown)[:_MOST]
        if isinstance(row, dict)
    ]
    return {str(row.get("trust_mark_type", row.get("id"))): row.get("trust_mark") for row in rows}
