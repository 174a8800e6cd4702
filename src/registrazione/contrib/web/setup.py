"""What a site is, as its developer says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import attrs

from registrazione.contrib.web.local import is_local
from registrazione.contrib.web.words import Words, read_words
from registrazione.settings import SettingsError

_NOTHING: Mapping[str, str] = MappingProxyType({})


def _all_local(_setup: object, field: attrs.Attribute[Any], urls: Mapping[str, object]) -> None:
    """Refuse addresses elsewhere: a receipt, and the token against forgery, stay on this host.

    Raises:
        SettingsError: One of them leads elsewhere.
    """
    for service, url in urls.items():
        if not isinstance(url, str) or not is_local(url):
            raise SettingsError(f"{field.name}: {service!r} needs the path of a page on this host")


def several(paths: str | Path | Iterable[str | Path]) -> tuple[str | Path, ...]:
    """Return one path or several as several."""
    return (paths,) if isinstance(paths, str | Path) else tuple(paths)


@attrs.frozen(kw_only=True)
class SiteSetup:
    """Settings of the pages; all but the first have a sensible default.

    Args:
        base_url: Where the pages are, as in the registrar's settings.
        services: Where each service is, by its name in the procedure; a person who enters one
            is sent there. Those that are not named are shown as entered on a page of their own.
        submissions: Where the receipt of a signed application is sent, by service: paths of
            pages on this host, to which a form posts ``receipt``, ``service`` and ``digest``
            (POL-03). An address elsewhere is refused.
        owner: Whose site it is; by default the procedure's sender.
        home: The first page of the site that the pages are a part of.
        style: Style sheet, by name in the assets or as an address of this site.
        assets: Where style sheet and scripts are, if the site serves them itself.
        desk: Whether there is an operators' desk.
        texts: Files with texts of the site's own; see :mod:`registrazione.contrib.web.words`.

    Raises:
        SettingsError: One of ``submissions`` leads to another host, or ``texts`` do not fit.
    """

    base_url: str
    services: Mapping[str, str] = _NOTHING
    submissions: Mapping[str, str] = attrs.field(default=_NOTHING, validator=_all_local)
    owner: str = ""
    home: str = ""
    style: str = "registrazione.css"
    assets: str = ""
    desk: bool = False
    texts: tuple[str | Path, ...] = attrs.field(default=(), converter=several)
    words: Words = attrs.field(
        init=False,
        repr=False,
        eq=False,
        default=attrs.Factory(lambda self: read_words(self.texts), takes_self=True),
    )

    @property
    def base(self) -> str:
        """Return the path of the pages, without a slash at the end."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def sources(self) -> Mapping[str, str]:
        """Return other origins that pages lead to, by directive of the content policy.

        Some browsers hold ``form-action`` against where a form's answer leads as well.
        """
        parts = [urlsplit(url) for url in self.services.values()]
        origins = sorted({f"{part.scheme}://{part.netloc}" for part in parts if part.netloc})
        return {"form-action": " ".join(origins)} if origins else {}

    @property
    def secure(self) -> bool:
        """Return whether the pages are served by https."""
        return urlsplit(self.base_url).scheme == "https"
