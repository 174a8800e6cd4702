"""What a provider's other side reads about this service: metadata, the statement of an entity."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from registrazione.contrib.web.exchange import Outcome, Send
from registrazione.contrib.web.headers import DOCUMENTS_KEPT_FOR
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.refusals import Refusal

_OK = 200


def send(visit: Visit) -> Generator[Work, Any, Outcome]:
    """Send what a provider publishes at this path, or answers there, byte for byte."""
    provider, path = visit.params["provider"], visit.params["document"]
    query = visit.request.raw_query
    try:
        found = yield lambda r: r.identity_document(provider, path, query)
    except Refusal as refused:
        if refused.code != "identity.unknown_provider":
            return visit.show("unavailable", status=503)
        found = None
    if found is None:
        return visit.show("not_found", status=404)
    return Send(
        body=found.body,
        content_type=found.media_type,
        max_age=DOCUMENTS_KEPT_FOR if found.status == _OK else 0,
        status=found.status,
    )


ROUTES: tuple[Route, ...] = (Route("/identity/<provider>/<path:document>", get=send),)
