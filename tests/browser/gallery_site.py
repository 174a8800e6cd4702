"""The gallery as a site: pages, assets and lists of places, with the headers of the real ones."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

from tests.contrib.web.engines import by_jinja
from tests.contrib.web.gallery import GALLERY, PLACES_URL

from registrazione.checks.places import InstalledPlaces
from registrazione.contrib.web.exchange import Show
from registrazione.contrib.web.headers import headers_for

ASSETS = files("registrazione.contrib.web").joinpath("assets")
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"></svg>'
# The script of a third party, which does nothing here.
NOTHING = b""


def asset(name: str) -> bytes:
    """Return a file of the assets, or a stand-in where it is not one of this folder's."""
    if name.endswith(".svg"):
        return PICTURE
    found = ASSETS.joinpath(name)
    return found.read_bytes() if found.is_file() else NOTHING


def places(path: str, query: dict[str, str]) -> list[dict[str, str]]:
    """Answer what the script asks of the lists of places (MIM-15)."""
    lists = InstalledPlaces()
    day = date.fromisoformat(query["day"]) if "day" in query else None
    if path.endswith("/comuni"):
        found = lists.comuni(query["province"], day)
    else:
        found = lists.find(query["text"], day)
    return [{"code": place.code, "label": place.label} for place in found]


def answer_from(pages, log, make):
    """Return an answer function for ``serving``.

    Args:
        pages: By their names, which are their paths.
        log: A list that gets every request.
        make: Makes the response, from body, content type, status and headers.
    """

    def answer(received):
        log.append(received)
        parts = urlsplit(received.path)
        kind, _, name = parts.path.strip("/").partition("/")
        if kind == "assets":
            return make(asset(name), TYPES[name.rpartition(".")[2]])
        if parts.path.startswith(PLACES_URL):
            query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            return make(json.dumps(places(parts.path, query)).encode(), "application/json")
        if kind not in pages:
            return make(b"", status=204)
        page = pages[kind]
        headers = headers_for(Show(page=page), {})
        return make(by_jinja(page).encode(), headers=headers)

    return answer


__all__ = ["GALLERY", "answer_from"]
