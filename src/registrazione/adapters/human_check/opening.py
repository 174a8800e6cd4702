"""The human checks by name, as the settings choose them."""

from __future__ import annotations

from collections.abc import Mapping

from registrazione.adapters.human_check import NoHumanCheck, TickBox
from registrazione.adapters.human_check.tools import Tools
from registrazione.core.secret import Secret
from registrazione.plugins import needs_extra
from registrazione.ports import HumanCheck

REMOTE = ("recaptcha", "hcaptcha", "turnstile")
"""Those of third parties; their URL holds the site key, as in ``turnstile://0x4AAA``."""
NAMES = ("tick-box", "none", "question", "altcha", "honeypot", *REMOTE)
"""All of them."""


def open_check(url: str, *, settings: Mapping[str, object]) -> HumanCheck:
    """Return the check that a URL names.

    Args:
        url: Such as ``altcha://``; ``honeypot://altcha`` puts the traps around another one.
        settings: ``vault``, ``clock`` and ``randomness``, and what the check itself takes.

    Raises:
        ValueError: The settings do not fit; the text shows no key.
        MissingExtra: It needs packages that are not there.
    """
    name, _, rest = url.partition("://")
    match name:
        case "none":
            return NoHumanCheck()
        case "question":
            from registrazione.adapters.human_check.question import Question

            return Question(Tools.of(settings))
        case "altcha":
            return _altcha(settings)
        case "honeypot":
            return _honeypot(rest, settings)
        case _ if name in REMOTE:
            return _remote(name, rest, settings)
        case _:
            return TickBox()


def _altcha(settings: Mapping[str, object]) -> HumanCheck:
    with needs_extra("altcha"):
        from registrazione.adapters.human_check.altcha import COST, TRIES, AltchaCheck
    return AltchaCheck(
        Tools.of(settings),
        cost=_number(settings, "altcha_cost", COST),
        tries=_number(settings, "altcha_tries", TRIES),
        question=settings.get("altcha_question", True) is not False,
    )


def _honeypot(inner: str, settings: Mapping[str, object]) -> HumanCheck:
    from registrazione.adapters.human_check.honeypot import Honeypot

    name = inner.partition("://")[0] or "tick-box"
    if name not in NAMES or name == "honeypot":
        message = "honeypot:// is followed by the name of another human check of the library"
        raise ValueError(message)
    checked = open_check(inner if "://" in inner else f"{name}://", settings=settings)
    return Honeypot(checked, Tools.of(settings))


def _remote(name: str, site_key: str, settings: Mapping[str, object]) -> HumanCheck:
    from registrazione.adapters.human_check.remote import PROVIDERS, RemoteHumanCheck

    hostname = settings.get("human_check_hostname", "")
    return RemoteHumanCheck(
        PROVIDERS[name],
        site_key=site_key,
        secret=Secret(settings.get("human_check_secret", "")),
        hostname=hostname if isinstance(hostname, str) else "",
    )


def _number(settings: Mapping[str, object], name: str, default: int) -> int:
    """Return a setting that is a whole number."""
    number = settings.get(name, default)
    if not isinstance(number, int) or isinstance(number, bool):
        message = f"{name} is a whole number"
        raise ValueError(message)  # noqa: TRY004 - a setting that cannot be used
    return number
