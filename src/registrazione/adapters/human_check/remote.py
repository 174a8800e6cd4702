"""Checks of third parties: reCAPTCHA, hCaptcha, Turnstile (MIM-12, IOL-02)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, cast
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import attrs

from registrazione.core.secret import Secret
from registrazione.ports import HumanChallenge

logger: logging.Logger = logging.getLogger("registrazione")

Post = Callable[[str, Mapping[str, str], float], bytes]
"""Send a form to an address within so many seconds; return the answer's body."""

TIMEOUT = 5.0
"""Seconds that a visitor waits for the third party."""

_LARGEST_ANSWER = 65_536
_LONGEST_TOKEN = 4096


@attrs.frozen(kw_only=True)
class Provider:
    """A third party: where it is asked, and what its widget needs.

    Args:
        name: What the settings call it.
        verify: Address that tokens are verified at.
        field: Field that its script puts the token into.
        script: Address of its script.
        css_class: Class of the element that the script looks for.
        sources: Origins that the widget needs, by directive of the Content-Security-Policy.
        language: Parameter of the script's address for the language; empty: it asks the browser.
    """

    name: str
    verify: str
    field: str
    script: str
    css_class: str
    sources: Mapping[str, str]
    language: str = ""


_HCAPTCHA = "https://hcaptcha.com https://*.hcaptcha.com"
_TURNSTILE = "https://challenges.cloudflare.com"

PROVIDERS: Mapping[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            name="recaptcha",
            verify="https://www.google.com/recaptcha/api/siteverify",
            field="g-recaptcha-response",
            script="https://www.google.com/recaptcha/api.js",
            css_class="g-recaptcha",
            language="hl",
            sources={
                "script-src": "https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/",
                "frame-src": "https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/",
            },
        ),
        Provider(
            name="hcaptcha",
            verify="https://api.hcaptcha.com/siteverify",
            field="h-captcha-response",
            script="https://js.hcaptcha.com/1/api.js",
            css_class="h-captcha",
            language="hl",
            sources={
                "script-src": _HCAPTCHA,
                "frame-src": _HCAPTCHA,
                "style-src": _HCAPTCHA,
                "connect-src": _HCAPTCHA,
            },
        ),
        Provider(
            name="turnstile",
            verify="https://challenges.cloudflare.com/turnstile/v0/siteverify",
            field="cf-turnstile-response",
            script="https://challenges.cloudflare.com/turnstile/v0/api.js",
            css_class="cf-turnstile",
            sources={"script-src": _TURNSTILE, "frame-src": _TURNSTILE},
        ),
    )
}
"""All of them, by name."""


def post_form(url: str, fields: Mapping[str, str], timeout: float) -> bytes:
    """Send a form and return the answer's body.

    Args:
        url: Where to.
        fields: The form.
        timeout: Seconds to wait for each part of the answer.

    Raises:
        OSError: Nobody answers, or with an error.
        ValueError: The address is none of the web.
    """
    if not url.startswith(("https://", "http://")):
        message = "the address that a human check is verified at begins with https"
        raise ValueError(message)
    request = Request(url, data=urlencode(fields).encode("ascii"), method="POST")  # noqa: S310 - looked at above
    with urlopen(request, timeout=timeout) as answer:  # noqa: S310 - as above
        return bytes(answer.read(_LARGEST_ANSWER))


class RemoteHumanCheck:
    """Have a third party judge, which sees every visitor of the page: mind the privacy notice.

    It is asked about the token alone, without the visitor's address. Where it does not answer, or
    not sensibly, nobody passes, and a warning is logged.

    Args:
        provider: Which one.
        site_key: Its public key of the site.
        secret: Its secret key.
        hostname: Host of the pages, where tokens of other sites are to be refused.
        post: Sends the question; by default with the standard library.
        timeout: Seconds to wait.

    Raises:
        ValueError: A key is missing. The text does not show the other.
    """

    __slots__ = ("_hostname", "_post", "_provider", "_secret", "_site_key", "_timeout")

    def __init__(
        self,
        provider: Provider,
        *,
        site_key: str,
        secret: Secret,
        hostname: str = "",
        post: Post = post_form,
        timeout: float = TIMEOUT,
    ) -> None:
        """Check that both keys are there."""
        revealed = secret.reveal()
        if not site_key or not isinstance(revealed, str) or not revealed:
            message = f"{provider.name} needs a site key and a secret key"
            raise ValueError(message)
        self._provider = provider
        self._site_key = site_key
        self._secret = secret
        self._hostname = hostname
        self._post = post
        self._timeout = timeout

    def challenge(self, language: str = "it") -> HumanChallenge:
        """Return what the widget needs."""
        provider = self._provider
        spoken = urlencode({provider.language: language}) if provider.language else ""
        return {
            "kind": "widget",
            "field": provider.field,
            "script": f"{provider.script}?{spoken}".rstrip("?"),
            "css_class": provider.css_class,
            "site_key": self._site_key,
            "sources": provider.sources,
        }

    def response(self, posted: Mapping[str, str]) -> str:
        """Return the token."""
        return posted.get(self._provider.field, "")

    def passed(self, response: str) -> bool:
        """Tell whether the third party says so; each token is good once, which it sees to."""
        given: Any = response
        if not isinstance(given, str) or not 0 < len(given) <= _LONGEST_TOKEN:
            return False
        if not given.isascii() or not given.isprintable():
            return False
        answer = self._asked(given)
        wrong_host = self._hostname and answer.get("hostname") != self._hostname
        return answer.get("success") is True and not wrong_host

    def _asked(self, token: str) -> Mapping[str, object]:
        """Return the third party's answer; an empty one where there is none."""
        form = {
            "secret": self._secret.text(),
            "response": token,
            "sitekey": self._site_key,
        }
        try:
            answer: Any = json.loads(
                self._post(self._provider.verify, form, self._timeout).decode("utf-8")
            )
        except (OSError, HTTPException, ValueError, RecursionError) as error:
            # The text of an error could hold what was sent.
            self._warn("did not answer", type(error).__name__)
            return {}
        if not isinstance(answer, dict):
            self._warn("answered nonsense", type(answer).__name__)
            return {}
        found = cast("dict[str, object]", answer)
        codes = found.get("error-codes")
        if isinstance(codes, list) and {"invalid-input-secret", "missing-input-secret"} & {
            str(code) for code in cast("list[object]", codes)
        }:
            self._warn("refuses", "the secret key")
        return found

    def _warn(self, what: str, detail: str) -> None:
        """Tell the operators, without token and key."""
        logger.warning("the human check %s %s: %s", self._provider.name, what, detail)
