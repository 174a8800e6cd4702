"""Which of the services behind one button: the page where people choose theirs (MIM-08, POL-01).

Nothing here knows the services: a provider's back-end names them, in an order drawn anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from registrazione.contrib.web.chapters.identity_ways import origin_of
from registrazione.contrib.web.exchange import Show
from registrazione.contrib.web.local import is_local
from registrazione.contrib.web.pages import Link, Links, Prose
from registrazione.contrib.web.visit import Visit
from registrazione.ports import Choice

MOST_ORIGINS = 40
"""Sites that pictures come from; servers refuse headers of more than about 8,000 characters."""

SUPPORT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "spid": (
        ("identity.choose.spid.about", "https://www.spid.gov.it"),
        ("identity.choose.spid.none", "https://www.spid.gov.it/richiedi-spid"),
        ("identity.choose.spid.help", "https://www.spid.gov.it/serve-aiuto"),
    ),
}
"""What stands below the services, by provider: text and address (SPID, pulsante)."""


def show_choices(visit: Visit, choices: Iterable[Choice]) -> Show:
    """Show the services, each a link that goes on with it.

    Args:
        visit: The visit; its query goes along, so that nothing that was wanted is forgotten.
        choices: In the order in which they are shown.
    """
    provider = visit.params["provider"]
    shown: set[str] = set()
    tiles = tuple(
        Link(label=choice.title, url=_address(visit, choice), logo=_logo(choice.logo, shown))
        for choice in choices
    )
    if shown:
        visit.allow("img-src", " ".join(sorted(shown)))
    more = tuple(Link(label=visit.text(key), url=url) for key, url in SUPPORT.get(provider, ()))
    return visit.show(
        "identity.choose",
        Prose(paragraphs=(visit.text("identity.choose.text"),)),
        Links(items=tiles, tiles=True),
        *((Links(items=more),) if more else ()),
        help_topic="identity",
    )


def _address(visit: Visit, choice: Choice) -> str:
    """Return where a service's link leads."""
    query = visit.request.query
    kept = {name: query[name] for name in ("ticket", "service") if query.get(name)}
    written = urlencode({**kept, "choice": choice.name}, errors="replace")
    return visit.url(f"/identity/{visit.params['provider']}?{written}")


def _logo(url: str, shown: set[str]) -> str:
    """Return the address of a picture, if the content policy can let it come.

    Args:
        url: Whatever the provider told.
        shown: Origins that pictures of this page come from; that of this one is added.
    """
    if is_local(url):
        return url
    origin = origin_of(url)
    if not origin.startswith("https:") or (origin not in shown and len(shown) == MOST_ORIGINS):
        return ""
    shown.add(origin)
    return url
