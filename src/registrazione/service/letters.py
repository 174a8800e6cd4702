"""Letters, written at dispatch: what they carry is derived again, so that none of it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from registrazione.core.account import Account, DerivedCredential
from registrazione.core.places import PlaceFacts, Places
from registrazione.core.profile import Profile
from registrazione.core.records import OutboxMessage
from registrazione.core.tokens import Purpose
from registrazione.ports import Envelope, Vault
from registrazione.service.letter_facts import WITH_FORM, Facts, gather, sender_name
from registrazione.service.letter_templates import Templates
from registrazione.service.message import compose, is_single_address

KINDS = (
    "activation",
    "receipt",
    "credentials",
    "temporary_password",
    "activated",
    "reset",
    "password_changed",
    "username",
    "already_registered",
    "unknown",
    "locked",
    "rejected",
    "enabling",
    "enabled",
    "code_recovery",
    "code_changed",
    "email_change",
    "email_change_asked",
    "email_changed",
    "data_corrected",
    "aligned",
    "identity_only",
    "password_expiring",
    "suspended",
    "reinstated",
    "cancelled",
)
"""Every letter that there is a template for."""

LINKS: Mapping[str, tuple[Purpose, str]] = {
    "activation": (Purpose.ACTIVATION, "activate"),
    "receipt": (Purpose.ACTIVATION, "activate"),
    "reset": (Purpose.RESET, "reset"),
    "email_change": (Purpose.EMAIL, "email"),
}
"""Letters that carry a link: what its token is good for, and the page that it opens."""

_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_PASSWORDS = frozenset({"credentials", "temporary_password"})
_CODES = frozenset({"receipt", "enabling", "code_recovery"})


class _Overtaken(Exception):  # noqa: N818 - an answer, not a malfunction
    """What the letter was to carry is worth nothing any more."""


class UnknownProfile(LookupError):  # noqa: N818 - names what is missing, in the outbox as well
    """A letter belongs to a procedure that this writer was not given."""

    def __init__(self) -> None:
        """Say so; the letter names its procedure itself."""
        super().__init__("the letter belongs to a procedure that is not configured here")


class LetterWriter:
    """Write the letters of the outbox.

    Args:
        profiles: The procedures by name.
        base_url: Where the pages are; all links begin with it, whatever a request said.
        vault: Signs the links' tokens and derives the generated secrets.
        sender: The address that the letters come from.
        template_paths: Folders with templates that replace the packaged ones.
        places: Returns who knows the places, whose names stand on the modulo di adesione; asked
            for with the first of them.

    Raises:
        ValueError: ``base_url`` is not an absolute web address that links can begin with, or
            ``sender`` is not one bare e-mail address.
    """

    def __init__(
        self,
        profiles: Mapping[str, Profile],
        base_url: str,
        vault: Vault,
        sender: str,
        template_paths: Sequence[str | Path] = (),
        *,
        places: Callable[[], PlaceFacts] | None = None,
    ) -> None:
        """Check the settings; templates are looked at with the first letter."""
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("base_url is an absolute http or https address")
        if parts.query or parts.fragment:
            raise ValueError("base_url has no query and no fragment: links go on where it ends")
        if not is_single_address(sender):
            raise ValueError("sender is one bare e-mail address")
        self._profiles = profiles
        self._base_url = base_url.rstrip("/")
        self._host = parts.hostname if _HOST.fullmatch(parts.hostname) else ""
        self._vault = vault
        self._sender = sender
        self._templates = Templates(template_paths)
        self._places = places

    def write(self, message: OutboxMessage, account: Account | None) -> Envelope | None:
        """Return the letter ready to go; the same bytes for the same message and account.

        Args:
            message: The letter as it was committed.
            account: Whose data it is written from, as it is now.

        Returns:
            ``None`` for a letter that was overtaken: its link or secret is not valid any more,
            or what it would tell is gone with the account.

        Raises:
            UnknownProfile: The letter belongs to another procedure.
            UnsafeLetter: A template or the letter's own recipient is not fit for a header.
            jinja2.TemplateError: A template is missing or wrong.
        """
        profile = self._profiles.get(message.profile)
        if profile is None:
            raise UnknownProfile
        language = "en" if message.language == "en" else "it"
        try:
            facts = self._facts(message, account, profile, language)
        except _Overtaken:
            return None
        name = profile.letters.get(message.kind, message.kind)
        words = self._templates.render(name, language, facts.as_context())
        letter = compose(
            sender=self._sender,
            sender_name=sender_name(profile, language),
            recipient=message.to,
            subject=words.subject,
            text=words.text,
            html=words.html,
            message_id=message.id,
            host=self._host,
            date=message.created_at,
            language=language,
        )
        return Envelope(sender=self._sender, recipient=message.to, message=letter)

    def _facts(
        self, message: OutboxMessage, account: Account | None, profile: Profile, language: str
    ) -> Facts:
        """Return what the letter may speak of.

        Raises:
            _Overtaken: There is nothing to be told any more.
        """
        if account is None and message.kind == "username":
            raise _Overtaken
        asked = self._places() if self._places and message.kind in WITH_FORM else None
        return gather(
            message,
            account,
            profile,
            base_url=self._base_url,
            link=self._link(message, account),
            secret=self._secret(message, account, profile),
            language=language,
            places=asked if isinstance(asked, Places) else None,
        )

    def _link(self, message: OutboxMessage, account: Account | None) -> str:
        """Return the letter's link, or nothing for a letter without one.

        Raises:
            _Overtaken: The link would open nothing.
        """
        if message.kind not in LINKS:
            return ""
        if account is None or account.epoch != message.epoch:
            raise _Overtaken
        purpose, page = LINKS[message.kind]
        token = self._vault.sign_token(purpose, account.id, message.epoch, "", message.created_at)
        return f"{self._base_url}/{page}/{token}"

    def _secret(self, message: OutboxMessage, account: Account | None, profile: Profile) -> str:
        """Return the letter's secret, or nothing for a letter without one.

        Raises:
            _Overtaken: It was replaced, or the key that it is made of has retired.
        """
        credential = _credential(message, account, profile)
        if credential is None:
            return ""
        entropy = self._vault.derive(
            credential.kind, message.account_id, credential.generation, credential.key_id
        )
        policy = profile.personal_code if credential.kind == "code" else profile.password
        if entropy is None or policy is None:
            raise _Overtaken
        return policy.generate(entropy)


def _credential(
    message: OutboxMessage, account: Account | None, profile: Profile
) -> DerivedCredential | None:
    """Return what the letter's secret is derived from, or ``None`` for a letter without one.

    Raises:
        _Overtaken: The account has another secret by now, or none.
    """
    if message.kind in _PASSWORDS:
        for found in (account.credential, account.offered) if account else ():
            if isinstance(found, DerivedCredential) and found.generation == message.generation:
                return found
        raise _Overtaken
    if message.kind in _CODES:
        code = account.code_credential if account else None
        if isinstance(code, DerivedCredential) and profile.personal_code is not None:
            return code
        if message.kind != "receipt":
            raise _Overtaken
    return None
