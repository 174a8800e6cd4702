"""From settings to the ports that the drivers call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from importlib.util import find_spec
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import attrs

from registrazione.core.account import Account
from registrazione.core.profile import Profile
from registrazione.core.profile_checks import problems_of
from registrazione.core.records import Criteria
from registrazione.plugins import (
    ACCOUNT_STORE,
    HUMAN_CHECK,
    IDENTITY_PROVIDER,
    MAILER,
    OBSERVER,
    PASSWORD_RULE,
    PROFILE,
    MissingExtra,
    PluginCatalogue,
    needs_extra,
)
from registrazione.ports import (
    AccountStore,
    AsyncAccountStore,
    BreachList,
    Clock,
    HumanCheck,
    IdentityProvider,
    MailDomains,
    PasswordHasher,
    Randomness,
    RateLimiter,
    StoreError,
    Vault,
)
from registrazione.service.checks import Checks
from registrazione.service.clock import SystemClock
from registrazione.service.identities import Identities
from registrazione.service.letters import KINDS, LetterWriter
from registrazione.service.mail_domains import AnyDomain
from registrazione.service.observers import Observers
from registrazione.service.randomness import SystemRandomness
from registrazione.service.vault import KeyVault
from registrazione.settings import Settings, SettingsError

logger: logging.Logger = logging.getLogger("registrazione")


@attrs.frozen(kw_only=True)
class Parts:
    """A registrar's ports, by the names that questions use, and the writer of its letters."""

    profile: Profile
    base_url: str
    clock: Clock
    store: Any
    mailer: Any
    vault: Vault
    hasher: PasswordHasher
    randomness: Randomness
    limiter: RateLimiter
    human_check: HumanCheck
    breach_list: BreachList
    mail_domains: MailDomains
    checks: Checks
    identities: Identities
    observers: Observers
    letters: LetterWriter
    catalogue: PluginCatalogue = attrs.field(repr=False)


def assemble(settings: Settings, *, look: bool = True, awaited: bool = False) -> Parts:
    """Return the parts that the settings ask for.

    Args:
        settings: The settings.
        look: Whether to look at what is in the store, and refuse it if the settings do not fit.
        awaited: Whether whoever gets the parts can await.

    Raises:
        SettingsError: A setting cannot be used.
        UnknownBackend: A name or URL names nothing that is installed.
        MissingExtra: A back-end needs packages that are not there; the error says which.
    """
    catalogue = PluginCatalogue(settings.plugins, blocked=settings.blocked_plugins)
    profile = _profile(settings, catalogue)
    try:
        vault = KeyVault(settings.secret_keys, profile.realm)
    except (TypeError, ValueError) as error:
        raise SettingsError(str(error)) from None
    clock = settings.clock or SystemClock()
    randomness = settings.randomness or SystemRandomness()
    store = _store(catalogue, settings, randomness)
    looked = not look or _looked_into(store, settings, profile.realm)
    if awaited:
        store = _awaitable(store, catalogue, settings, randomness)
    if not (looked or getattr(store, "volatile", False)):
        store = _looked_into_later(store, profile.realm)
    rules = _listed(catalogue, PASSWORD_RULE, settings.password_rules, settings)
    checks = Checks(rules, settings.places, settings.phones)
    base_url = settings.base_url.rstrip("/")
    tools = {"vault": vault, "clock": clock, "randomness": randomness, "base_url": base_url}
    return Parts(
        profile=profile,
        base_url=base_url,
        clock=clock,
        store=store,
        mailer=_made(catalogue, MAILER, settings.mailer, settings),
        vault=vault,
        hasher=settings.hasher or _argon2(settings, vault),
        randomness=randomness,
        limiter=settings.limiter or _limiter(),
        human_check=_human_check(settings, profile, catalogue, tools),
        mail_domains=settings.mail_domains or AnyDomain(),
        breach_list=settings.breach_list or _common_passwords(),
        checks=checks,
        identities=Identities(_providers(settings, catalogue, tools)),
        observers=Observers(_listed(catalogue, OBSERVER, settings.observers, settings)),
        letters=_letters(settings, profile, vault, checks),
        catalogue=catalogue,
    )


def _profile(settings: Settings, catalogue: PluginCatalogue) -> Profile:
    """Return the procedure, whole and in itself consistent."""
    chosen = settings.profile
    profile = chosen if isinstance(chosen, Profile) else catalogue.build(PROFILE, chosen)
    problems = problems_of(profile)
    if problems:
        raise SettingsError(f"the procedure {profile.name!r} cannot be used: {'; '.join(problems)}")
    return profile


def _made(catalogue: PluginCatalogue, port: Any, chosen: Any, settings: Settings) -> Any:  # noqa: ANN401 - a port's own type
    """Return an instance, or what a URL names."""
    if isinstance(chosen, str):
        return catalogue.build(port, chosen, settings=settings.options)
    return chosen


def _store(
    catalogue: PluginCatalogue, settings: Settings, randomness: Randomness
) -> AccountStore | AsyncAccountStore:
    """Return the store, with personal data encrypted in it unless the settings do without."""
    store: AccountStore | AsyncAccountStore = _made(
        catalogue, ACCOUNT_STORE, settings.storage, settings
    )
    volatile = bool(getattr(store, "volatile", False))
    wanted = not volatile if settings.encrypt is None else settings.encrypt
    if not wanted:
        if not volatile:
            logger.warning("personal data can be read by whoever reads the store: encrypt=False")
        return store
    try:
        with needs_extra("crypto"):
            from registrazione.adapters.sealed import Keyring, seal  # noqa: PLC0415 - as below
    except MissingExtra as missing:
        message = f"encrypt: {missing}, or open with encrypt=False"
        raise SettingsError(message) from None
    return seal(store, Keyring(settings.secret_keys), randomness)


def _looked_into(store: Any, settings: Settings, realm: str) -> bool:  # noqa: ANN401 - either protocol
    """Refuse a store whose data the keys do not open, or are not as ``encrypt`` says: one read.

    Returns:
        Whether it was looked into. What is awaited cannot be asked here, what is lazy does not
        want to be, and what does not answer now may answer later.

    Raises:
        SettingsError: The settings do not fit.
    """
    if getattr(store, "lazy", False) or iscoroutinefunction(store.search):
        return False
    from registrazione.adapters.sealed.heads import SAMPLE, Misfit  # noqa: PLC0415 - as below

    try:
        if hasattr(store, "check_keys"):
            store.check_keys(realm)
        else:
            _look_at(store)(store.search(Criteria(realm=realm), None, SAMPLE).items)
    except Misfit as misfit:
        if isinstance(settings.storage, str) and hasattr(store, "close"):
            store.close()
        message = f"storage: {misfit}"
        raise SettingsError(message) from None
    except StoreError:
        return False
    return True


def _looked_into_later(store: Any, realm: str) -> Any:  # noqa: ANN401 - either protocol
    """Return the store, to be looked into at its first call."""
    from registrazione.adapters.sealed.first_look import looked_into  # noqa: PLC0415 - as below

    if not hasattr(store, "sealing"):
        return looked_into(store, realm, _look_at(store))
    # A copy: the store may be somebody else's.
    store = copy(store)
    store.inner = looked_into(store.inner, realm, _look_at(store))
    return store


def _look_at(store: Any) -> Callable[[Iterable[Account]], None]:  # noqa: ANN401 - either protocol
    """Return what sees whether the accounts of a store are as it expects them."""
    from registrazione.adapters.sealed.heads import check_readable  # noqa: PLC0415 - as below

    sealing = getattr(store, "sealing", None)
    return check_readable if sealing is None else sealing.check_keys


def _awaitable(
    store: Any,  # noqa: ANN401 - either protocol
    catalogue: PluginCatalogue,
    settings: Settings,
    randomness: Randomness,
) -> Any:  # noqa: ANN401 - as above
    """Return the store that can be awaited, where a URL names one, instead of the blocking one.

    The blocking one has made the tables, was checked and looked into, and is closed.
    """
    if not isinstance(settings.storage, str):
        return store
    made = catalogue.build_awaitable(settings.storage, settings=settings.options)
    if made is None:
        return store
    if hasattr(store, "close"):
        store.close()
    if not hasattr(store, "sealing"):
        return made
    from registrazione.adapters.sealed import seal  # noqa: PLC0415 - the extra is there

    return seal(made, store.sealing.keys, randomness)


def _listed(
    catalogue: PluginCatalogue,
    port: Any,  # noqa: ANN401 - a port's own type
    chosen: Iterable[Any],
    settings: Settings,
) -> tuple[Any, ...]:
    """Return what the settings list, and all that the plugins they hand over bring."""
    brought = catalogue.names(port)
    listed = tuple(chosen)
    names = (*(name for name in brought if name not in listed), *listed)
    return tuple(_made(catalogue, port, name, settings) for name in names)


def _providers(
    settings: Settings, catalogue: PluginCatalogue, tools: Mapping[str, object]
) -> tuple[IdentityProvider, ...]:
    """Return the identity providers; of two with one name, one would be out of reach.

    Args:
        settings: The settings.
        catalogue: The back-ends.
        tools: What a factory is given beside the options.
    """
    told = {**settings.options, **tools}
    try:
        made: list[IdentityProvider] = [
            catalogue.build(IDENTITY_PROVIDER, chosen, settings=told)
            if isinstance(chosen, str)
            else chosen
            for chosen in settings.identity_providers
        ]
    except ValueError as error:
        message = f"identity_providers: {error}"
        raise SettingsError(message) from None
    names = [provider.name for provider in made]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        message = f"there are several identity providers named {', '.join(twice)}"
        raise SettingsError(message)
    return tuple(made)


def _human_check(
    settings: Settings,
    profile: Profile,
    catalogue: PluginCatalogue,
    tools: Mapping[str, object],
) -> HumanCheck:
    """Return the human check; a mere tick box is said to be one where it matters.

    Args:
        settings: The settings.
        profile: The procedure.
        catalogue: The back-ends.
        tools: What its factory is given beside the options.
    """
    chosen = settings.human_check
    if chosen is None and profile.human_check and find_spec("altcha") is not None:
        chosen = "altcha"
    if chosen is None:
        chosen = "tick-box"
        if profile.human_check:
            logger.warning(
                "the human check of %s is a mere tick box: install registrazione[altcha], "
                "or give human_check=… for a public site",
                profile.name,
            )
    if not isinstance(chosen, str):
        return chosen
    try:
        return catalogue.build(HUMAN_CHECK, chosen, settings={**settings.options, **tools})
    except ValueError as error:
        message = f"human_check: {error}"
        raise SettingsError(message) from None


def _letters(settings: Settings, profile: Profile, vault: Vault, checks: Checks) -> LetterWriter:
    """Return the writer of the letters.

    Raises:
        SettingsError: The sender is no address, or a folder or a letter is not there: what was
            written for it would silently not be used.
    """
    unknown = sorted(set(profile.letters) - set(KINDS))
    if unknown:
        message = f"letters of {profile.name!r} that nobody sends: {', '.join(unknown)}"
        raise SettingsError(message)
    missing = [str(folder) for folder in settings.templates if not Path(folder).is_dir()]
    if missing:
        message = f"templates: there is no folder {', '.join(missing)}"
        raise SettingsError(message)
    try:
        return LetterWriter(
            {profile.name: profile},
            settings.base_url,
            vault,
            settings.sender_address(),
            template_paths=tuple(settings.templates),
            places=checks.places,
        )
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _argon2(settings: Settings, vault: KeyVault) -> PasswordHasher:
    """Return the default hasher."""
    from registrazione.adapters.argon2 import Argon2Hasher  # noqa: PLC0415 - loaded when needed

    pepper = None if settings.peppers else vault.history_pepper()
    return Argon2Hasher(peppers=settings.peppers, history_pepper=pepper)


def _limiter() -> RateLimiter:
    """Return the default counters."""
    from registrazione.adapters.limits import MemoryRateLimiter  # noqa: PLC0415 - as above

    return MemoryRateLimiter()


def _common_passwords() -> BreachList:
    """Return the default breach list."""
    from registrazione.checks.breach import CommonPasswords  # noqa: PLC0415 - as above

    return CommonPasswords()
