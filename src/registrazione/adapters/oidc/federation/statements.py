"""Entity statements: what somebody says of itself, or of who stands below (3)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import attrs

from registrazione.adapters.oidc import jose
from registrazione.adapters.oidc.guards import Guard, check
from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.adapters.oidc.keys import TheirKeys
from registrazione.adapters.oidc.reading import Claims, inner, is_early, is_over, text, texts
from registrazione.ports import IdentityError

MEDIA_TYPE = "application/entity-statement+jwt"
WELL_KNOWN = "/.well-known/openid-federation"
LEEWAY = 60.0
"""Seconds that two clocks may be apart."""

_TYPE = frozenset({"entity-statement+jwt"})


@attrs.frozen(kw_only=True)
class SeenStatement:
    """A statement before it is believed.

    Args:
        claims: What it says.
        issuer: Who should say it.
        subject: Whom it should be about.
        now: When.
    """

    claims: Claims = attrs.field(repr=False)
    issuer: str
    subject: str
    now: datetime


STATEMENT_GUARDS: tuple[Guard, ...] = (
    Guard("statement.issuer", lambda it: it.claims["iss"] == it.issuer),
    Guard("statement.subject", lambda it: it.claims["sub"] == it.subject),
    Guard("statement.ends", lambda it: not is_over(it.claims, it.now, LEEWAY)),
    Guard("statement.issued", lambda it: not is_early(it.claims, "iat", it.now, LEEWAY)),
    Guard("statement.nothing_critical", lambda it: "crit" not in it.claims),
    Guard("statement.keys", lambda it: bool(it.claims["jwks"]["keys"])),
)
"""What has to hold of every statement (3.2)."""

ANSWER_GUARDS: tuple[Guard, ...] = (
    Guard("statement.media_type", lambda answer: answer.content_type == MEDIA_TYPE),
)
"""What has to hold of the answer that it comes in (9.2)."""


@attrs.frozen(kw_only=True)
class Statement:
    """A statement that is believed.

    Args:
        issuer: Who says it.
        subject: Whom it is about.
        claims: What it says.
    """

    issuer: str
    subject: str
    claims: Claims = attrs.field(repr=False)

    @property
    def keys(self) -> TheirKeys:
        """Return the keys of its subject."""
        return TheirKeys.read(inner(self.claims, "jwks"))

    @property
    def ends(self) -> float:
        """Return when it ends, as a NumericDate."""
        return float(self.claims["exp"])


def believed(token: str, keys: TheirKeys, *, issuer: str, subject: str, now: datetime) -> Statement:
    """Return a statement, if its issuer has signed it.

    Args:
        token: The statement as it came.
        keys: The keys of the issuer, from who stands above it.
        issuer: Who should say it.
        subject: Whom it should be about.
        now: When.

    Raises:
        IdentityError: It is somebody else's, or out of date.
    """
    claims = jose.opened(token, keys.fitting, algorithms=jose.SIGNING, types=_TYPE)[1]
    check(STATEMENT_GUARDS, SeenStatement(claims=claims, issuer=issuer, subject=subject, now=now))
    return Statement(issuer=issuer, subject=subject, claims=claims)


def token_in(answer: HttpAnswer) -> str:
    """Return the statement in an answer.

    Args:
        answer: The answer.

    Raises:
        IdentityError: There is none.
    """
    check(ANSWER_GUARDS, answer)
    try:
        return answer.body.decode("ascii").strip()
    except ValueError:
        raise IdentityError("invalid") from None


def authority_hints(claims: Claims) -> tuple[str, ...]:
    """Return who stands above, in the words of who stands below."""
    return texts(claims.get("authority_hints"))


def fetch_endpoint(statement: Statement) -> str:
    """Return where somebody is asked about those below (8.1)."""
    entity = inner(inner(statement.claims, "metadata"), "federation_entity")
    return text(entity, "federation_fetch_endpoint")


def host_of(entity: str) -> str:
    """Return the host in an entity identifier, without the dot of the root that may end it."""
    return (urlsplit(entity).hostname or "").rstrip(".")
