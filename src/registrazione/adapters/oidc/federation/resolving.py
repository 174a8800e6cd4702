"""What we found out about providers, for others who ask (8.3).

SPID and CIE have every member of the federation answer this. Nobody is asked anything because
somebody asks us: what is told is what was found out, and believed, before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from registrazione.adapters.oidc import jose
from registrazione.adapters.oidc.federation.chain import Chain
from registrazione.adapters.oidc.federation.entity import Entity
from registrazione.adapters.oidc.federation.source import KIND, FederatedMetadata
from registrazione.ports import Document

MEDIA_TYPE = "application/resolve-response+jwt"

ERRORS: Mapping[str, int] = {
    "invalid_request": 400,
    "invalid_trust_anchor": 404,
    "not_found": 404,
}
"""What the answer is where there is none, and its status (8.9; SPID and CIE, errori)."""

_MOST_FIELDS = 20
_TYPE = "resolve-response+jwt"
_JSON = "application/json"
# Earlier drafts call them so, and so do the rules of SPID and CIE.
_EARLIER: Mapping[str, str] = {"anchor": "trust_anchor", "type": "entity_type"}


def resolved(
    entity: Entity, sources: Iterable[FederatedMetadata], query: str, now: datetime
) -> Document:
    """Return what we know about a provider, signed, or why we tell nothing.

    Args:
        entity: Who we are.
        sources: Those whose providers we know.
        query: ``sub``, ``trust_anchor`` and perhaps ``entity_type``.
        now: When.
    """
    asked = _asked(query)
    subjects, anchors = asked.get("sub", []), asked.get("trust_anchor", [])
    if len(subjects) != 1 or not anchors:
        return _refused("invalid_request")
    ours = list(sources)
    if not any(anchor in one.federation.anchors for one in ours for anchor in anchors):
        return _refused("invalid_trust_anchor")
    chains = (one.chain() for one in ours if one.issuer == subjects[0])
    chain = next((one for one in chains if one is not None and one.anchor in anchors), None)
    if chain is None or KIND not in asked.get("entity_type", [KIND]):
        return _refused("not_found")
    told = jose.signed(_claims(entity, chain, now), entity.key, typ=_TYPE)
    return Document(media_type=MEDIA_TYPE, body=told.encode("ascii"))


def _asked(query: str) -> Mapping[str, list[str]]:
    """Return what is asked, by the names of today; nothing where it is no question."""
    try:
        read = parse_qs(query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {_EARLIER.get(name, name): values for name, values in read.items()}


def _claims(entity: Entity, chain: Chain, now: datetime) -> Mapping[str, Any]:
    moment = now.timestamp()
    marks = [mark for mark in chain.marks if mark.ends is None or moment < mark.ends]
    ends = [chain.ends.timestamp(), *(mark.ends for mark in marks if mark.ends is not None)]
    return {
        "iss": entity.client.client_id,
        "sub": chain.subject,
        "iat": int(moment),
        "exp": int(min(ends)),
        "metadata": {KIND: chain.metadata},
        "trust_marks": [
            {"id": mark.kind, "trust_mark_type": mark.kind, "trust_mark": mark.token}
            for mark in marks
        ],
        "trust_chain": list(chain.statements),
    }


def _refused(error: str) -> Document:
    described = {"error": error, "error_description": error.replace("_", " ")}
    body = json.dumps(described).encode("ascii")
    return Document(media_type=_JSON, body=body, status=ERRORS[error])
