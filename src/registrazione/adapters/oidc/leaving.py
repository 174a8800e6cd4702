"""The end of a session at the provider: ours asks for it, or the provider tells of it.

Only what the provider has signed ends a session here (OIDC Back-Channel Logout 1.0). Front-channel
logout is not spoken: nothing in it is signed, and browsers leave our cookies out of its frame.
"""

from __future__ import annotations

import json
from typing import cast

from registrazione.adapters.oidc.asking import with_query
from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.metadata import ProviderMetadata
from registrazione.adapters.oidc.reading import Claims
from registrazione.adapters.oidc.rules import is_session_id
from registrazione.ports import IdentityError, Outgoing

MOST = 600
"""Characters of what a host keeps of a session: it may have to fit into a cookie."""

TOKEN_TYPES = frozenset({"", "jwt", "logout+jwt"})
"""What ``typ`` may say of a token that ends a session."""


def session_text(issuer: str, sid: str) -> str:
    """Return how a session is written down: by who has it, and what it is called there.

    Args:
        issuer: The provider.
        sid: What it calls the session; empty: it did not say.
    """
    return json.dumps([issuer, sid], separators=(",", ":"))


def session_of(metadata: ProviderMetadata, told: Claims) -> str:
    """Return the session that goes on at the provider; empty where nobody can end it.

    Args:
        metadata: The provider.
        told: The claims of the ID token.
    """
    sid: str = told["sid"] if is_session_id(told.get("sid")) else ""
    if not sid and not metadata.end_session_endpoint:
        return ""
    written = session_text(metadata.issuer, sid)
    return written if len(written) <= MOST else ""


def read_session(session: object) -> tuple[str, str]:
    """Return issuer and name of a session that was written down.

    Args:
        session: What :func:`session_text` returned, or something else.

    Raises:
        IdentityError: It is something else.
    """
    try:
        read: object = json.loads(session) if isinstance(session, str) else None
    except (RecursionError, ValueError):
        read = None
    pair = cast("list[object]", read) if isinstance(read, list) else []
    if [type(part) for part in pair] != [str, str]:
        raise IdentityError("invalid")
    return str(pair[0]), str(pair[1])


def leaving(
    client: Client, metadata: ProviderMetadata, session: str, state: str
) -> Outgoing | None:
    """Return where a browser goes to end the provider's session (OIDC RP-Initiated Logout 1.0, 2).

    ID tokens are not kept, so none goes along: the provider asks the person whether to leave, or
    knows the session by the hint.

    Args:
        client: Who we are.
        metadata: The provider, whose endpoint may have gone since.
        session: What :func:`session_of` returned.
        state: Comes back.
    """
    issuer, sid = read_session(session)
    if issuer != metadata.issuer or not metadata.end_session_endpoint:
        return None
    back = {"post_logout_redirect_uri": client.logout_uri, "state": state}
    wanted = {
        "client_id": client.client_id,
        "logout_hint": sid,
        **(back if client.logout_uri else {}),
    }
    query = {name: value for name, value in wanted.items() if value}
    return Outgoing(url=with_query(metadata.end_session_endpoint, query))
