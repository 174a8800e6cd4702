"""From settings to the ports that the drivers call."""

from __future__ import annotations

import asyncio
import logging
import sys

import attrs
import pytest
from tests.adapters.sealed.wrappers import Awaitable
from tests.world import BASE_URL, KEY, MARIO, PROFILES, AllPlaces
from tests.wrapped import Wrapped

from registrazione import Secret, Settings, SettingsError, assembly
from registrazione.adapters.argon2 import Argon2Hasher
from registrazione.adapters.human_check import NoHumanCheck, TickBox
from registrazione.adapters.human_check.altcha import AltchaCheck
from registrazione.adapters.limits import MemoryRateLimiter
from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.adapters.sealed import Keyring, SealedStore, seal
from registrazione.adapters.sealed.first_look import bare
from registrazione.adapters.sql import SqlStore
from registrazione.assembly import assemble
from registrazione.checks.breach import CommonPasswords
from registrazione.core.records import Criteria
from registrazione.core.refusals import fault
from registrazione.plugins import (
    IDENTITY_PROVIDER,
    OBSERVER,
    PASSWORD_RULE,
    Backend,
    PluginError,
    UnknownBackend,
    hookimpl,
)
from registrazione.ports.stores import StoreError, StoreUnavailable
from registrazione.profiles import load
from registrazione.service.clock import SystemClock
from registrazione.service.randomness import SystemRandomness
from registrazione.testing.builders import a_letter, a_record, an_account, creation, one_change


def parts(**changes):
    """Return the parts of settings that differ from the least there is."""
    least = {
        "profile": "standard",
        "storage": "memory://",
        "mailer": "memory://",
        "secret_keys": [KEY],
        "base_url": BASE_URL,
    }
    return assemble(Settings(**{**least, **changes}))


class Plugin:
    """A plugin with one of everything that is additive."""

    def __init__(self):
        """Start with nothing heard."""
        self.heard = []

    @hookimpl
    def registrazione_observers(self):
        """Return an observer."""
        return [Backend(OBSERVER, "listener", lambda *_, **__: self.heard.append)]

    @hookimpl
    def registrazione_password_rules(self):
        """Return a rule."""
        refuse = (fault("password.weak", "password"),)
        return [Backend(PASSWORD_RULE, "never", lambda *_, **__: lambda _password: refuse)]

    @hookimpl
    def registrazione_identity_providers(self):
        """Return a provider that notes what its factory is given."""

        def factory(url, *, settings):
            return ScriptedProvider(url.partition("://")[0], {"mario": MARIO.vouched("gateway")})

        return [Backend(IDENTITY_PROVIDER, "gateway", factory)]


# -- defaults -------------------------------------------------------------------------------


def test_every_part_has_a_default():
    """Five settings make a whole registrar, with the real clock, dice and hasher."""
    made = parts()

    assert isinstance(made.clock, SystemClock)
    assert isinstance(made.randomness, SystemRandomness)
    assert isinstance(made.hasher, Argon2Hasher)
    assert isinstance(made.limiter, MemoryRateLimiter)
    assert isinstance(made.breach_list, CommonPasswords)
    assert isinstance(made.human_check, TickBox)
    assert isinstance(made.store, MemoryStore)
    assert isinstance(made.mailer, MemoryMailer)


def test_what_is_given_is_used():
    """Instances go in as they are, names and URLs as what they name."""
    given = {
        "storage": MemoryStore(),
        "mailer": MemoryMailer(),
        "clock": SystemClock(),
        "randomness": SystemRandomness(),
        "limiter": MemoryRateLimiter(),
        "human_check": NoHumanCheck(),
        "breach_list": CommonPasswords(),
    }
    made = parts(**given, places=(places := AllPlaces()))

    for name, part in given.items():
        assert getattr(made, {"storage": "store"}.get(name, name)) is part
    assert made.checks.places() is places
    assert isinstance(parts(human_check="none").human_check, NoHumanCheck)


def test_two_registrars_share_nothing():
    """Each has a store of its own, where none is given."""
    assert parts().store is not parts().store


@pytest.mark.parametrize("pepper", [(), ["p" * 32]], ids=["none", "own"])
def test_the_history_s_pepper_is_the_vault_s_unless_there_are_own_ones(pepper):
    """A tag is never made without a pepper, and another pepper makes another tag."""
    tag = parts(peppers=pepper).hasher.tag(Secret("Password1"), b"0" * 16)
    same = parts(peppers=pepper).hasher.tag(Secret("Password1"), b"0" * 16)
    other = parts(peppers=["q" * 32]).hasher.tag(Secret("Password1"), b"0" * 16)

    assert tag == same != other


# -- the procedure --------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROFILES)
def test_every_procedure_is_opened_by_its_name_and_by_itself(name):
    """A name of the library's, or a value of one's own."""
    assert parts(profile=name).profile == parts(profile=load(name)).profile == load(name)


def test_a_procedure_that_cannot_work_is_refused():
    """What is wrong with it is said when the registrar is opened."""
    broken = attrs.evolve(load("standard"), form=())

    with pytest.raises(SettingsError, match="the procedure 'standard' cannot be used: "):
        parts(profile=broken)


@pytest.mark.requirement("MIM-12", "IOL-02")
@pytest.mark.parametrize(("name", "kind"), [("mim-students", AltchaCheck), ("standard", TickBox)])
def test_altcha_is_the_default_where_a_procedure_has_a_human_check(name, kind, caplog):
    """With the extra installed nobody has to choose; its tasks are signed with the keys."""
    with caplog.at_level(logging.WARNING, "registrazione"):
        check = parts(profile=name).human_check

    assert isinstance(check, kind)
    assert caplog.records == []


def test_a_human_check_that_cannot_be_made_is_a_setting_that_does_not_fit():
    """The setting is named, and no key is shown."""
    with pytest.raises(SettingsError, match=r"^human_check: turnstile needs a site key"):
        parts(human_check="turnstile://", options={"human_check_secret": "the-secret"})


@pytest.mark.requirement("MIM-12", "IOL-02")
@pytest.mark.parametrize(("name", "lines"), [("mim-students", 1), ("standard", 0)])
def test_a_mere_tick_box_is_said_to_be_one(name, lines, caplog, monkeypatch):
    """A procedure that asks for a human check says so when there is no real one."""
    monkeypatch.setattr(assembly, "find_spec", lambda _: None)
    with caplog.at_level(logging.WARNING, "registrazione"):
        parts(profile=name)
        parts(profile=name, human_check="tick-box")

    assert len(caplog.records) == lines
    assert all("tick box" in line.getMessage() for line in caplog.records)


# -- plugins --------------------------------------------------------------------------------


def test_plugins_bring_observers_rules_and_providers():
    """Additive ones are all taken, beside those that are given; others by their name."""
    plugin, mine = Plugin(), []
    made = parts(plugins=[plugin], observers=[mine.append], identity_providers=["gateway"])
    made.observers.notify([a_record()])

    assert len(plugin.heard) == len(mine) == 1
    assert [f.code for f in made.checks.extra_rules(Secret("x"))] == ["password.weak"]
    assert made.identities.verify("gateway", {"person": "mario"}) == MARIO.vouched("gateway")


@pytest.mark.parametrize("setting", ["storage", "mailer", "profile"])
def test_a_name_of_nothing_is_an_error(setting):
    """The error lists what there is."""
    with pytest.raises(UnknownBackend):
        parts(**{setting: "nothing"})


def test_a_plugin_that_is_none_stops_the_assembly():
    """Whatever is wrong with it comes out at once."""
    with pytest.raises(PluginError):
        parts(plugins=[object()])


# -- settings that cannot be used -----------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"secret_keys": []}, "secret_keys is a list of at least one key"),
        ({"secret_keys": [KEY, "short"]}, r"secret_keys\[1\] is too short"),
        ({"secret_keys": [5]}, r"secret_keys\[0\] is neither text nor bytes"),
        ({"base_url": "https://example.it/?a=b"}, "base_url has no query"),
        ({"sender": "two@example.it, three@example.it"}, "sender is one bare e-mail address"),
    ],
    ids=["no key", "short key", "no text", "query", "two senders"],
)
def test_the_setting_is_named_and_not_shown(settings, said):
    """The error says which one and what is wanted."""
    with pytest.raises(SettingsError, match=said) as caught:
        parts(**settings)
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_two_identity_providers_with_one_name_are_an_error():
    """One of them would be out of reach, so the assembly says which name it is."""
    twins = [ScriptedProvider("spid", {}), ScriptedProvider("spid", {})]

    with pytest.raises(SettingsError, match="several identity providers named spid"):
        parts(identity_providers=[*twins, ScriptedProvider("cie", {})])


# -- encryption -----------------------------------------------------------------------------


def test_a_procedure_s_letters_have_to_be_letters():
    """A name that is mistyped would leave the library's own letter in place, unnoticed."""
    profile = load("standard")
    assert parts(profile=attrs.evolve(profile, letters={"activation": "mine"})).letters

    with pytest.raises(SettingsError, match=r"letters of 'standard' that nobody sends: activatoin"):
        parts(profile=attrs.evolve(profile, letters={"activatoin": "mine"}))


def test_a_folder_of_letters_has_to_be_there(tmp_path):
    """One that is mistyped would leave the library's own letters in place, unnoticed."""
    (tmp_path / "letters").mkdir()
    assert parts(templates=[tmp_path / "letters"]).letters

    with pytest.raises(SettingsError, match=r"^templates: there is no folder lettrs$"):
        parts(templates=[tmp_path / "letters", "lettrs"])


def test_a_store_that_outlives_the_process_is_encrypted(tmp_path):
    """By URL or handed over; one that is sealed already, by another registrar, stays as it is."""
    url = f"sqlite:///{tmp_path / 'accounts.db'}"
    by_url = parts(storage=url).store
    handed_over = parts(storage=by_url.inner).store

    assert isinstance(by_url, SealedStore)
    assert isinstance(handed_over, SealedStore)
    assert parts(storage=by_url).store is by_url
    by_url.close()


def test_a_store_in_memory_is_encrypted_if_it_is_wanted():
    """It ends with the process: by default it is not."""
    assert isinstance(parts().store, MemoryStore)
    assert isinstance(parts(encrypt=True).store, SealedStore)


def test_doing_without_encryption_is_said(tmp_path, caplog):
    """Where the data stay, the log warns; where they do not, there is nothing to warn of."""
    with caplog.at_level(logging.WARNING, "registrazione"):
        parts(encrypt=False)
        assert caplog.text == ""
        store = parts(storage=f"sqlite:///{tmp_path / 'accounts.db'}", encrypt=False).store

    assert not isinstance(store, SealedStore)
    assert "encrypt=False" in caplog.text
    store.close()


def test_a_missing_package_is_named(monkeypatch):
    """Nobody's data are written in the clear because a package is not there."""
    for name in [name for name in sys.modules if name.startswith("registrazione.adapters.sealed")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)

    with pytest.raises(SettingsError, match=r"^encrypt: .*registrazione\[crypto\].*encrypt=False"):
        parts(encrypt=True)


def test_nonces_come_from_the_randomness_of_the_settings():
    """A test that fixes the randomness fixes the ciphertexts as well."""
    asked = []

    class Asked(SystemRandomness):
        def draw(self, size):
            asked.append(size)
            return super().draw(size)

    store = parts(encrypt=True, randomness=Asked()).store
    store.commit(one_change(letters=(a_letter(),)))

    assert asked == [12]


OTHER = "another key of at least thirty-two characters"


class Late(SqlStore):
    """A store that is to be left alone until somebody needs it."""

    lazy = True


def filled(url, **more):
    """Put an account into a store that outlives the process."""
    store = parts(storage=url, **more).store
    store.commit(one_change(creation(an_account(realm="standard", email="anna@example.it"))))
    store.close()


@pytest.fixture
def url(tmp_path):
    """Address of a database that lasts."""
    return f"sqlite:///{tmp_path / 'accounts.db'}"


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({}, {"secret_keys": [OTHER]}, "looked up with a key that is not there"),
        ({}, {"encrypt": False}, "re-encrypt --plain"),
        ({"encrypt": False}, {}, "data from before encryption"),
    ],
    ids=["another key", "without encryption", "never encrypted"],
)
def test_a_store_that_the_settings_do_not_fit_is_refused(url, before, now, told):
    """Before anybody is looked up in it and not found, and registers once more."""
    filled(url, **before)

    with pytest.raises(SettingsError, match=f"^storage: .*{told}"):
        parts(storage=url, **now)
    handed_over = SqlStore.open(url)
    with pytest.raises(SettingsError, match=told):
        parts(storage=handed_over, **now)
    assert handed_over.load("nobody") is None
    handed_over.close()
    parts(storage=url, **before).store.close()


def test_another_key_beside_the_old_one_fits(url):
    """In front or behind: that is how keys are rotated."""
    filled(url)

    for keys in ([OTHER, KEY], [KEY, OTHER]):
        opened = parts(storage=url, secret_keys=keys)
        assert len(opened.store.search(Criteria(realm="standard"), None, 10).items) == 1
        opened.store.close()


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({}, {"secret_keys": [OTHER]}, "looked up with a key that is not there"),
        ({}, {"encrypt": False}, "re-encrypt --plain"),
        ({"encrypt": False}, {}, "data from before encryption"),
    ],
    ids=["another key", "without encryption", "never encrypted"],
)
@pytest.mark.parametrize("awaited", [False, True], ids=["lazy", "awaited"])
def test_a_store_that_is_lazy_or_awaited_is_looked_into_at_the_first_call(
    url, before, now, told, awaited
):
    """Nobody is looked up in it and not found, whatever is asked first."""
    filled(url, **before)
    late = Late.open(url)
    given = Awaitable(late) if awaited else late
    store = parts(storage=given, **now).store

    with pytest.raises(StoreError, match=told):
        asyncio.run(store.load("nobody")) if awaited else store.load("nobody")
    fitting = parts(storage=given, **before).store
    found = asyncio.run(fitting.load("nobody")) if awaited else fitting.load("nobody")
    assert found is None
    late.close()


def test_a_sealed_store_that_is_handed_over_stays_as_it_is(url):
    """What is opened has a first look of its own: two portals may share the store."""
    late = Late.open(url, create=True)
    mine = seal(late, Keyring([KEY]))
    theirs = parts(storage=mine).store

    assert theirs is not mine
    assert mine.inner is bare(theirs.inner) is late
    late.close()


def test_a_store_that_does_not_answer_may_answer_later(url):
    """A portal that starts before its database is none the worse for it, nor any the wiser."""
    filled(url)
    inner = SqlStore.open(url)
    store = Wrapped(inner)
    store.script("before", "search", StoreUnavailable())
    opened = parts(storage=store, encrypt=False).store

    with pytest.raises(StoreError, match="re-encrypt --plain"):
        opened.load("nobody")
    inner.close()
