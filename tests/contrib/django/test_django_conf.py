"""The one dict of the project's settings, and the registrars that are opened from it."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from django.core.cache import caches
from django.test import override_settings
from tests.contrib.django.project import empty as _the_project_is_set_up
from tests.world import KEY, NOON

from registrazione.adapters.human_check import TickBox
from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.contrib.django import conf, reading
from registrazione.contrib.django.conf import (
    embedding,
    forget_registrars,
    get_async_registrar,
    get_registrar,
    procedures,
)
from registrazione.contrib.django.limits import AwaitedLimiter, CacheRateLimiter
from registrazione.errors import SettingsError, StoreUnavailable, UnknownBackend
from registrazione.profiles import load
from registrazione.settings import Settings
from registrazione.testing.fakes import FastHasher, ManualClock
from registrazione.testing.laws.kit import race

assert _the_project_is_set_up

MINIMAL = {"profile": "standard", "base_url": "https://example.it/registrazione"}
PROFILE = load("polis")
CLOCK = ManualClock(NOON)


def read(procedure="", **settings):
    """Read what the project has set."""
    with override_settings(REGISTRAZIONE={**MINIMAL, **settings}):
        return embedding(procedure)


def an_observer(record):
    """Be told."""


def an_operator(request):
    """Return nobody."""


# -- reading -------------------------------------------------------------------------------------


def test_two_settings_are_enough() -> None:
    """Storage, mailer, keys and sender are Django's own."""
    with override_settings(DEFAULT_FROM_EMAIL="Il portale <portale@example.it>"):
        settings = read().settings

    assert (settings.storage, settings.mailer) == ("django://", "django://")
    assert settings.sender == "portale@example.it"
    assert len(settings.secret_keys) == 1


def test_djangos_own_sender_is_nobodys() -> None:
    """Where the project has set none, the library's own is used."""
    assert read().settings.sender_address() == "noreply@example.it"


def test_keys_are_derived_from_those_of_the_project() -> None:
    """The newest first, each of 32 bytes, none of them a key of Django."""
    with override_settings(SECRET_KEY="newest", SECRET_KEY_FALLBACKS=["older", b"oldest"]):
        first = read().settings.secret_keys
    with override_settings(SECRET_KEY="older"):
        alone = read().settings.secret_keys

    assert first[1:2] == alone
    assert len(first) == 3
    assert [len(bytes.fromhex(key.text())) for key in first] == [32] * 3
    assert first[0].text() not in {"newest", b"newest".hex()}


def test_keys_of_ones_own_are_kept() -> None:
    """Whoever sets them is not given others."""
    (key,) = read(secret_keys=[KEY]).settings.secret_keys

    assert key.text() == KEY


def test_without_any_key_it_is_said() -> None:
    """Nothing is derived from nothing."""
    with override_settings(SECRET_KEY=""), pytest.raises(SettingsError, match="KEY is empty"):
        read()


def test_a_dotted_path_stands_for_what_it_names() -> None:
    """An instance, a class that needs no arguments, a function, a module."""
    found = read(
        profile=f"{__name__}.PROFILE",
        mailer="registrazione.adapters.mailers.memory.MemoryMailer",
        human_check="registrazione.adapters.human_check.TickBox",
        hasher="registrazione.testing.fakes.FastHasher",
        clock=f"{__name__}.CLOCK",
        observers=[f"{__name__}.an_observer", an_observer, "by-name"],
        plugins=["registrazione.testing.fakes", CLOCK],
        operator=f"{__name__}.an_operator",
        user_fields=f"{__name__}.an_observer",
        erased_user=f"{__name__}.an_observer",
        templates=[Path("letters"), "more.letters"],
    )
    settings = found.settings

    assert settings.profile is PROFILE
    assert isinstance(settings.mailer, MemoryMailer)
    assert isinstance(settings.human_check, TickBox)
    assert isinstance(settings.hasher, FastHasher)
    assert settings.clock is CLOCK
    assert settings.observers == (an_observer, an_observer, "by-name")
    assert settings.plugins[0].__name__ == "registrazione.testing.fakes"
    assert found.operator is an_operator
    assert found.user_fields is found.erased_user is an_observer
    assert settings.templates == (Path("letters"), "more.letters")


def test_names_and_urls_are_no_paths() -> None:
    """They go to the library as they are."""
    settings = read(
        storage="sqlite:///a.b.db", human_check="tick-box", identity_providers=["spid://a.b"]
    ).settings

    assert settings.storage == "sqlite:///a.b.db"
    assert settings.human_check == "tick-box"
    assert settings.identity_providers == ("spid://a.b",)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "need a dict REGISTRAZIONE"),
        ("standard", "need a dict REGISTRAZIONE"),
        ({"profile": "standard"}, r"REGISTRAZIONE\['base_url'\] is missing"),
        ({**MINIMAL, "profil": "x"}, r"\['profil'\] is no setting: 'profile' is"),
        (
            {**MINIMAL, "texts": "x"},
            r"\['texts'\] is no setting: it belongs into REG.*\['pages'\]$",
        ),
        (
            {**MINIMAL, "pages": {"ownr": "x"}},
            r"REGISTRAZIONE\['pages'\]\['ownr'\] is no setting: 'owner' is",
        ),
        ({**MINIMAL, "deliver": "no"}, r"\['deliver'\] is True or False"),
        ({**MINIMAL, "operator": 3}, r"\['operator'\] is a function, or its dotted path"),
        ({**MINIMAL, "pages": 3}, "wrong type"),
        ({**MINIMAL, "zzz": "x"}, r"\['zzz'\] is no setting$"),
        ({**MINIMAL, "clock": "no.such.clock"}, r"\['clock'\]: 'no.such.clock' cannot be imported"),
        ({**MINIMAL, "base_url": "http://example.it"}, "base_url is an https address"),
        ({**MINIMAL, "erased_user": "burn"}, r"\['erased_user'\] is anonymise, delete, or"),
        ({**MINIMAL, "observers": 3}, "wrong type"),
    ],
)
def test_what_cannot_be_used_is_named(given, said) -> None:
    """The error says which setting it is, and what it should be."""
    with override_settings(REGISTRAZIONE=given), pytest.raises(SettingsError, match=said):
        embedding()


def test_every_setting_of_the_library_is_one_of_the_project() -> None:
    """The typed dict names all of them, and those of the project's own side."""
    library = {field.name for field in attrs.fields(Settings)}
    own = {field.name for field in attrs.fields(conf.Embedding)} - {"settings"}

    assert set(reading.ProcedureSettings.__annotations__) == library | own
    assert set(reading.ProjectSettings.__annotations__) == library | own | {"procedures"}


def test_every_setting_of_djangos_side_is_explained() -> None:
    """Each has its row in the reference."""
    page = Path(__file__).parents[3] / "docs" / "reference" / "django.md"
    _, _, part = page.read_text(encoding="utf-8").partition("And these are Django's alone")
    rows = re.findall(r"^\| `(\w+)` \|", part.partition("Wherever")[0], re.MULTILINE)
    own = {field.name for field in attrs.fields(conf.Embedding)} - {"settings"}

    assert set(rows) == own | {"procedures"}


def test_embedding_takes_a_dozen_lines() -> None:
    """Settings and addresses of the guide together are twelve lines at most."""
    page = Path(__file__).parents[3] / "docs" / "how-to" / "embed-in-django.md"
    blocks = re.findall(r"```(?:python|text)\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks[:2] for line in block.splitlines() if line.strip()]

    assert "REGISTRAZIONE" in blocks[0]
    assert "registrazione.contrib.django.urls" in blocks[1]
    assert len(lines) <= 12


# -- several procedures --------------------------------------------------------------------------


def test_a_project_may_have_several_procedures() -> None:
    """Each takes over what is common, and says what is its own."""
    school = {"profile": "mim-students", "base_url": "https://example.it/scuola"}
    with override_settings(REGISTRAZIONE={**MINIMAL, "procedures": {"school": school}}):
        names = procedures()
        common, own = embedding().settings, embedding("school").settings
        with pytest.raises(SettingsError, match="has no 'uni'"):
            embedding("uni")

    assert names == ("", "school")
    assert (common.profile, own.profile) == ("standard", "mim-students")
    assert own.secret_keys == common.secret_keys


def test_without_settings_there_is_one_procedure() -> None:
    """The one without a name, for whoever asks before anything is set."""
    with override_settings(REGISTRAZIONE=None):
        assert procedures() == ("",)


# -- registrars ----------------------------------------------------------------------------------


def test_a_registrar_is_opened_once(default) -> None:
    """Any number of threads get the same one."""
    with override_settings(REGISTRAZIONE=MINIMAL):
        found = race([get_registrar] * 8)

    assert len({id(one) for one in found}) == 1
    assert found[0].profile.name == "standard"


def test_overridden_settings_open_another(default) -> None:
    """A test that overrides a setting gets what it set, and the one before is closed."""
    closed = []

    class Closing(FastHasher):
        def close(self):
            closed.append("blocking")

    class Awaited(MemoryMailer):
        async def close(self):
            closed.append("awaited")

    with override_settings(REGISTRAZIONE={**MINIMAL, "hasher": Closing(), "mailer": Awaited()}):
        first = get_registrar()
        with override_settings(LANGUAGE_CODE="it"):
            same = get_registrar()
        with override_settings(REGISTRAZIONE={**MINIMAL, "profile": "polis"}):
            second = get_registrar()

    assert first is same
    assert (first.profile.name, second.profile.name) == ("standard", "polis")
    assert closed == ["blocking"]


def test_a_fork_opens_its_own(default, monkeypatch) -> None:
    """Threads and connections of the parent are not the child's."""
    with override_settings(REGISTRAZIONE=MINIMAL):
        mine = get_registrar()
        monkeypatch.setattr(os, "getpid", lambda: -1)
        theirs = get_registrar()
        forget_registrars()

    assert mine is not theirs


def test_a_backend_that_is_not_there_is_told(default) -> None:
    """At the first call, with those that there are."""
    with (
        override_settings(REGISTRAZIONE={**MINIMAL, "mailer": "pigeon://"}),
        pytest.raises(UnknownBackend, match="pigeon"),
    ):
        get_registrar()


# -- limits --------------------------------------------------------------------------------------

HOUR = timedelta(hours=1)


@pytest.fixture
def limiter():
    """Return a limiter on an empty cache."""
    caches["default"].clear()
    return CacheRateLimiter()


def hit(limiter, key="anna", now=NOON, limit=3):
    """Count one attempt."""
    return limiter.hit("sign_in.origin", key, limit, HOUR, now)


def test_so_many_attempts_pass_in_a_window(limiter) -> None:
    """The next window begins anew, and somebody else has an own count."""
    mine = [hit(limiter) for _ in range(5)]

    assert mine == [True] * 3 + [False] * 2
    assert hit(limiter, "bruno")
    assert hit(limiter, now=NOON + HOUR)
    assert not hit(limiter, "carla", limit=0)


def test_counting_is_atomic(limiter) -> None:
    """Of many threads at once no more pass than may."""
    passed = race([lambda: hit(limiter, "tutti", limit=5)] * 12)

    assert sum(passed) == 5


def test_a_counter_that_was_dropped_begins_anew(limiter, monkeypatch) -> None:
    """A cache may forget between two questions."""
    hit(limiter)
    cache = caches["default"]

    def forget(*_):
        raise ValueError

    monkeypatch.setattr(cache, "incr", forget)

    assert hit(limiter, limit=1)


def test_a_window_has_a_length(limiter) -> None:
    """One without is a mistake."""
    with pytest.raises(ValueError, match="has a length"):
        limiter.hit("x", "y", 1, timedelta(), NOON)


def test_asynchronous_code_counts_in_a_thread(default, limiter) -> None:
    """The event loop never waits for the cache."""
    settings = {**MINIMAL, "limiter": "registrazione.contrib.django.limits.CacheRateLimiter"}
    threads = []

    class Watched(CacheRateLimiter):
        def hit(self, *arguments):
            threads.append(threading.current_thread())
            return super().hit(*arguments)

    with override_settings(REGISTRAZIONE=settings):
        blocking, awaited = get_registrar().parts.limiter, get_async_registrar().parts.limiter
    passed = asyncio.run(AwaitedLimiter(Watched()).hit("x", "y", 1, HOUR, NOON))

    assert isinstance(blocking, CacheRateLimiter)
    assert isinstance(awaited, AwaitedLimiter)
    assert passed
    assert threads[0] is not threading.current_thread()


def test_nobody_passes_while_the_cache_does_not_answer(limiter, monkeypatch) -> None:
    """What a cache raises is an answer of the contract, whichever cache it is."""

    def say_nothing(*_, **__):
        raise OSError("no route to the cache")

    monkeypatch.setattr(type(caches["default"]), "add", say_nothing)

    with pytest.raises(StoreUnavailable, match="the cache does not answer"):
        limiter.hit("x", "y", 1, HOUR, NOON)
