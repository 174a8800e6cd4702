"""What a registrar is assembled from, checked once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Required, TypedDict, cast
from urllib.parse import urlsplit

import attrs

from registrazione.core.places import PlaceFacts
from registrazione.core.profile import Profile
from registrazione.core.secret import Secret
from registrazione.ports import (
    AccountStore,
    AsyncAccountStore,
    BreachList,
    Clock,
    HumanCheck,
    IdentityProvider,
    MailDomains,
    Mailer,
    Observer,
    PasswordHasher,
    PasswordRule,
    Phones,
    Randomness,
    RateLimiter,
)


class SettingsError(ValueError):
    """A setting cannot be used; the text names the setting and never shows a key or password."""


def _secrets(keys: Sequence[str | bytes | Secret]) -> tuple[Secret, ...]:
    """Wrap the keys so that no repr shows them."""
    given = cast("object", keys)
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        message = "secret_keys is a list of keys, the newest first, not a single text"
        raise SettingsError(message)
    return tuple(Secret(key) for key in keys)


def _several(values: Iterable[Any]) -> Any:  # noqa: ANN401 - what is no list is told below
    """Keep what may be read once only."""
    is_list = isinstance(cast("object", values), Iterable) and not isinstance(values, str)
    return tuple(values) if is_list else values


def _a_list(_settings: object, attribute: Any, value: object) -> None:  # noqa: ANN401 - attrs' own
    """Refuse a single value, such as a folder, or a text, which would fall into its letters."""
    if not isinstance(value, tuple):
        message = f"{attribute.name} is a list, not a single value"
        raise SettingsError(message)


def _text_or(*methods: str, wanted: str) -> Callable[[Any, Any, Any], None]:
    """Return what refuses a value that is neither a text nor has the methods of the port."""

    def look(_settings: object, attribute: Any, value: Any) -> None:  # noqa: ANN401 - attrs' own
        if not isinstance(value, str) and not all(hasattr(value, name) for name in methods):
            message = f"{attribute.name} is {wanted}"
            raise SettingsError(message)

    return look


def _procedure(_settings: object, _attribute: object, value: Any) -> None:  # noqa: ANN401 - it is looked at
    """Refuse what is neither a name nor a procedure."""
    if not isinstance(value, str | Profile):
        message = "profile is the name of a procedure, or a Profile"
        raise SettingsError(message)


def _is_web_address(value: object) -> bool:
    """Tell whether links can begin with it."""
    # The parser passes over line ends, which a letter's link would then hold.
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    # What stands before an @ would be in every letter.
    named = bool(parts.hostname) and "@" not in parts.netloc
    return named and parts.scheme in ({"http", "https"} if local else {"https"})


def _web_address(_settings: object, _attribute: object, value: str) -> None:
    """Refuse what cannot stand at the beginning of a link (ASVS 5.0 1.2.2)."""
    if not _is_web_address(value):
        message = "base_url is an https address, such as https://example.it/registrazione"
        raise SettingsError(message)


@attrs.frozen(kw_only=True)
class Settings:
    """The settings of a registrar.

    Args:
        profile: Name of a procedure, or one of one's own.
        storage: URL such as ``sqlite:///accounts.db`` or ``memory://``, or a store.
        mailer: URL such as ``smtp://localhost:1025``, or a mailer.
        secret_keys: The newest first, each of at least 32 bytes.
        encrypt: Whether personal data are encrypted in the store. ``None``: they are, unless the
            store ends with the process, as ``memory://`` does. It needs the extra ``crypto``.
        base_url: Where the pages are; every link in a letter begins with it.
        sender: Address that the letters come from; by default ``noreply@`` the pages' host.
        peppers: Keys mixed into password hashes, the newest first; keep them out of the store.
        hasher: By default Argon2id with OWASP's parameters.
        human_check: Name, URL or instance; by default ALTCHA where the extra ``altcha`` is
            installed, and else a tick box, which stops nobody determined.
        identity_providers: URLs or instances.
        breach_list: By default the most common passwords, which come with the library.
        mail_domains: Asked whether a domain takes letters; by default nobody is, so that no
            registration waits for a name server.
        limiter: By default counters in this process.
        places: By default the installed data of python-codicefiscale. Whoever knows codes only,
            and no lists, will do for procedures whose forms do not ask for region and provincia.
        phones: By default only the shape of a phone number is looked at; with the extra
            ``phone``, ``InstalledPhones()`` knows which numbers there can be.
        plugins: Modules or objects with hooks, beside those installed.
        blocked_plugins: Names of plugins that must not be loaded.
        observers: Names or callables, told of every audit record after its commit.
        password_rules: Names or callables, asked about every new password.
        templates: Folders with letters of one's own.
        options: What back-ends are given beside their URL.
        clock: By default the system's.
        randomness: By default the system's.
    """

    profile: str | Profile = attrs.field(validator=_procedure)
    storage: str | AccountStore | AsyncAccountStore = attrs.field(
        repr=False, validator=_text_or("load", "commit", wanted="a URL or a store")
    )
    mailer: str | Mailer = attrs.field(
        repr=False, validator=_text_or("send", wanted="a URL or a mailer")
    )
    secret_keys: tuple[Secret, ...] = attrs.field(converter=_secrets)
    base_url: str = attrs.field(validator=_web_address)
    encrypt: bool | None = None
    sender: str = ""
    peppers: tuple[Secret, ...] = attrs.field(default=(), converter=_secrets)
    hasher: PasswordHasher | None = None
    human_check: str | HumanCheck | None = None
    identity_providers: Iterable[str | IdentityProvider] = attrs.field(
        default=(), converter=_several, validator=_a_list, repr=False
    )
    breach_list: BreachList | None = None
    mail_domains: MailDomains | None = None
    limiter: RateLimiter | None = None
    places: PlaceFacts | None = None
    phones: Phones | None = None
    plugins: Iterable[object] = attrs.field(default=(), converter=_several, validator=_a_list)
    blocked_plugins: Iterable[str] = attrs.field(default=(), converter=_several, validator=_a_list)
    observers: Iterable[str | Observer] = attrs.field(
        default=(), converter=_several, validator=_a_list
    )
    password_rules: Iterable[str | PasswordRule] = attrs.field(
        default=(), converter=_several, validator=_a_list
    )
    templates: Iterable[str | Path] = attrs.field(default=(), converter=_several, validator=_a_list)
    options: Mapping[str, object] = attrs.field(factory=dict[str, object], repr=False)
    clock: Clock | None = None
    randomness: Randomness | None = None

    def sender_address(self) -> str:
        """Return the address that the letters come from."""
        return self.sender or f"noreply@{urlsplit(self.base_url).hostname}"


class SettingsArguments(TypedDict, total=False):
    """The arguments of :class:`Settings`, so that editors and type checkers know those of `open`.

    A test holds the two equal.
    """

    profile: Required[str | Profile]
    storage: Required[str | AccountStore | AsyncAccountStore]
    mailer: Required[str | Mailer]
    secret_keys: Required[Sequence[str | bytes | Secret]]
    base_url: Required[str]
    encrypt: bool | None
    sender: str
    peppers: Sequence[str | bytes | Secret]
    hasher: PasswordHasher | None
    human_check: str | HumanCheck | None
    identity_providers: Iterable[str | IdentityProvider]
    breach_list: BreachList | None
    mail_domains: MailDomains | None
    limiter: RateLimiter | None
    places: PlaceFacts | None
    phones: Phones | None
    plugins: Iterable[object]
    blocked_plugins: Iterable[str]
    observers: Iterable[str | Observer]
    password_rules: Iterable[str | PasswordRule]
    templates: Iterable[str | Path]
    options: Mapping[str, object]
    clock: Clock | None
    randomness: Randomness | None
