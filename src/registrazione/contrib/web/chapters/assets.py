"""The files that the pages need, under an address that changes with them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from registrazione.contrib.web.exchange import Outcome, Send
from registrazione.contrib.web.files import assets, version
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit, Work

Running = Generator[Work, Any, Outcome]


def send(visit: Visit) -> Running:
    """Send a file of the package, and nothing else, whatever the name is.

    Under an older version's address the present file is sent, and kept by nobody.
    """
    yield from ()
    asset = assets().get(visit.params["name"])
    if asset is None:
        return Send(body=b"", content_type="text/plain; charset=utf-8", status=404)
    return Send(
        body=asset.body,
        content_type=asset.content_type,
        lasting=visit.params["version"] == version(),
    )


ROUTES: tuple[Route, ...] = (Route("/assets/<version>/<name>", get=send),)
