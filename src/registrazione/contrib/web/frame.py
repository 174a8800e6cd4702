"""What surrounds every page: the title, the ways that are always there, the languages."""

from __future__ import annotations

from collections.abc import Mapping

from registrazione.contrib.web.files import version
from registrazione.contrib.web.pages import Button, Form, Frame, Link, Tone
from registrazione.contrib.web.setup import SiteSetup
from registrazione.core.profile import Profile

_SIGNED_OUT = (("sign_in", "/sign-in"), ("register", "/register"), ("recover", "/recover"))
"""Ways while nobody is signed in; "Registrati" is on every page (IOL-01)."""
_SIGNED_IN = (
    ("services", "/area"),
    ("profile", "/profile"),
    ("history", "/history"),
)
"""Ways of somebody who is signed in (MIM-38)."""


def frame_of(
    profile: Profile,
    setup: SiteSetup,
    *,
    path: str,
    language: str,
    languages: Mapping[str, str],
    signed_in: bool,
) -> Frame:
    """Return the frame of a page.

    Args:
        profile: The procedure.
        setup: What the site is.
        path: Of the page, below the site.
        language: ``it`` or ``en``.
        languages: Address of the same page in each language.
        signed_in: Whether somebody is.
    """
    ways = _SIGNED_IN if signed_in else _SIGNED_OUT
    word = setup.words.text
    return Frame(
        title=profile.title.to(language),
        owner=setup.owner or profile.sender_name or profile.title.to(language),
        home=setup.home or f"{setup.base}/",
        links=tuple(
            Link(
                label=word(f"frame.{name}", language),
                url=f"{setup.base}{target}",
                current=path == target or path.startswith(f"{target}/"),
            )
            for name, target in ways
        ),
        languages=tuple(
            Link(
                label=word(f"frame.language.{other}", language),
                url=url,
                current=other == language,
                language=other,
            )
            for other, url in languages.items()
        ),
        sign_out=_sign_out(setup, language) if signed_in else None,
        assets=setup.assets or f"{setup.base}/assets/{version()}/",
        style=setup.style,
    )


def _sign_out(setup: SiteSetup, language: str) -> Form:
    """Return the button that logs out (MIM-42)."""
    label = setup.words.text("frame.sign_out", language)
    button = Button(label=label, tone=Tone.SECONDARY)
    return Form(action=f"{setup.base}/sign-out", buttons=(button,), label=label, compact=True)
