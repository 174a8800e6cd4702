"""The catalogue of back-ends, with plugins in real distributions."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import types

import pytest

from registrazione import __version__
from registrazione.adapters.human_check import NoHumanCheck, TickBox
from registrazione.adapters.mailers.console import ConsoleMailer
from registrazione.adapters.mailers.files import FileMailer
from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.adapters.mailers.smtp import SmtpMailer
from registrazione.adapters.memory import MemoryStore
from registrazione.plugins import (
    ACCOUNT_STORE,
    HUMAN_CHECK,
    MAILER,
    PASSWORD_RULE,
    Backend,
    MissingExtra,
    PluginCatalogue,
    PluginConflict,
    PluginError,
    PluginRow,
    UnknownBackend,
    hookimpl,
    manager,
    ready,
)

BUILT_IN = ("django", "mariadb", "memory", "mysql", "postgresql", "sqlite")


def with_built_in(*names):
    """Return the names of the built-in stores and of others, sorted."""
    return tuple(sorted((*BUILT_IN, *names)))


def make_plugin(name, *backends, hook="registrazione_stores"):
    """Return a plugin in a module of that name."""
    module = types.ModuleType(name)

    @hookimpl(specname=hook)
    def implementation():
        return backends

    setattr(module, hook, implementation)
    return module


def store(name, instance=None):
    """Return a back-end for stores."""
    return Backend(ACCOUNT_STORE, name, ready(instance))


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution with one plugin whose module has this source."""
    monkeypatch.syspath_prepend(tmp_path)
    installed = []

    def installer(distribution, version, entry_point, source):
        module = distribution.replace("-", "_")
        installed.append(module)
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(source))
        info = tmp_path / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        (info / "entry_points.txt").write_text(f"[registrazione]\n{entry_point} = {module}\n")

    yield installer
    for module in installed:
        sys.modules.pop(module, None)


SOURCE = """
from registrazione.plugins import ACCOUNT_STORE, Backend, hookimpl, ready

@hookimpl
def registrazione_stores():
    yield Backend(ACCOUNT_STORE, "{name}", ready("{name} it is"))
"""


@pytest.fixture
def no_entry_points(monkeypatch):
    """Fail as soon as entry points are read."""

    def fail(**_):
        raise AssertionError("entry points were read")

    monkeypatch.setattr(manager, "entry_points", fail)


@pytest.mark.parametrize(
    ("port", "choice", "kind"),
    [
        (ACCOUNT_STORE, "memory", MemoryStore),
        (ACCOUNT_STORE, "memory://", MemoryStore),
        (MAILER, "smtp://localhost:1025", SmtpMailer),
        (MAILER, "smtps://localhost", SmtpMailer),
        (MAILER, "console://", ConsoleMailer),
        (MAILER, "file://outbox", FileMailer),
        (MAILER, "memory", MemoryMailer),
        (HUMAN_CHECK, "none", NoHumanCheck),
        (HUMAN_CHECK, "tick-box", TickBox),
    ],
)
@pytest.mark.usefixtures("no_entry_points")
def test_built_in_back_ends_need_no_entry_points(port, choice, kind):
    """By name or by URL scheme, each call a new instance."""
    catalogue = PluginCatalogue()

    assert type(catalogue.build(port, choice)) is kind
    assert catalogue.build(port, choice) is not catalogue.build(port, choice)


@pytest.mark.parametrize("choice", ["sqlite:///{}/a.db", "sqlite+pysqlite:///{}/a.db"])
@pytest.mark.usefixtures("no_entry_points")
def test_the_sql_store_makes_its_tables(choice, tmp_path):
    """A new installation works at once; a driver after the plus changes nothing."""
    opened = PluginCatalogue().build(ACCOUNT_STORE, choice.format(tmp_path))

    assert opened.load("nobody") is None
    opened.close()


@pytest.mark.usefixtures("no_entry_points")
def test_the_sql_store_leaves_tables_alone_where_told(tmp_path):
    """The settings reach the factory."""
    from registrazione.ports import StoreError

    with pytest.raises(StoreError):
        PluginCatalogue().build(
            ACCOUNT_STORE, f"sqlite:///{tmp_path}/a.db", settings={"create": False}
        ).load("nobody")


@pytest.mark.usefixtures("no_entry_points")
def test_the_procedures_that_come_along_are_chosen_by_name():
    """Each of them is built under its own name."""
    from registrazione.plugins import PROFILE

    catalogue = PluginCatalogue()

    assert {catalogue.build(PROFILE, name).name for name in catalogue.names(PROFILE)} == set(
        catalogue.names(PROFILE)
    )


def test_a_missing_extra_is_named(monkeypatch):
    """Without SQLAlchemy the error says what to type."""
    for module in [name for name in sys.modules if name.startswith("registrazione.adapters.sql")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)

    with pytest.raises(MissingExtra, match=r'pip install "registrazione\[sql\]"'):
        PluginCatalogue().build(ACCOUNT_STORE, "sqlite:///a.db")


def test_nothing_is_imported_before_it_is_chosen():
    """A catalogue with all built-in back-ends loads neither SMTP nor SQL nor Argon2."""
    code = """
        import sys
        from registrazione.plugins import ACCOUNT_STORE, MAILER, PluginCatalogue
        catalogue = PluginCatalogue()
        catalogue.resolve(ACCOUNT_STORE, "sqlite:///x.db"), catalogue.resolve(MAILER, "smtp://h")
        loaded = {"smtplib", "sqlalchemy", "argon2"} & set(sys.modules)
        loaded |= {m for m in sys.modules if m.startswith("registrazione.adapters.m")}
        print(sorted(loaded))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


@pytest.mark.parametrize("choice", ["oracle+x://u:s3greto@host/db", "pigeon://", "redis"])
def test_an_unknown_name_lists_the_known_ones(choice):
    """And shows no more of the choice than its scheme."""
    with pytest.raises(UnknownBackend) as caught:
        PluginCatalogue(environ={}).build(ACCOUNT_STORE, choice)

    assert str(caught.value).startswith(f"store: no back-end {choice.partition(':')[0]!r} is")
    assert str(caught.value).endswith(f"known: {', '.join(BUILT_IN)}")
    assert "s3greto" not in str(caught.value)


@pytest.mark.parametrize("choice", ["", "u:s3greto@host", "S3greto!", "://s3greto", "s3 greto"])
def test_what_is_neither_a_name_nor_a_url_is_not_shown(choice):
    """A password in the wrong place stays out of the error (ASVS 5.0 16.2.5)."""
    with pytest.raises(UnknownBackend, match="neither a name nor a URL") as caught:
        PluginCatalogue(environ={}).resolve(MAILER, choice)

    assert "greto" not in str(caught.value)


def test_given_plugins_come_in_without_entry_points(no_entry_points):
    """Modules and objects alike; the URL and the settings reach the factory."""

    class Plugin:
        @hookimpl
        def registrazione_stores(self):
            def factory(url, *, settings):
                return url, dict(settings)

            return [Backend(ACCOUNT_STORE, "mine", factory)]

    module = make_plugin("theirs", store("theirs", 1))
    catalogue = PluginCatalogue([Plugin(), module])

    assert catalogue.build(ACCOUNT_STORE, "mine://x", settings={"a": 1}) == ("mine://x", {"a": 1})
    assert catalogue.build(ACCOUNT_STORE, "mine") == ("mine://", {})
    assert catalogue.build(ACCOUNT_STORE, "theirs") == 1
    assert catalogue.get(ACCOUNT_STORE, "theirs").name == "theirs"
    assert catalogue.names(ACCOUNT_STORE) == with_built_in("mine", "theirs")


def test_hooks_are_called_once_for_each_plugin():
    """However often the catalogue is asked."""
    calls = []
    plugin = types.ModuleType("counted")

    @hookimpl
    def registrazione_stores():
        calls.append(1)
        return [store("counted")]

    plugin.registrazione_stores = registrazione_stores
    catalogue = PluginCatalogue([plugin, make_plugin("other", store("other"))], environ={})
    catalogue.build(ACCOUNT_STORE, "counted")
    catalogue.load_all()
    catalogue.list()

    assert len(calls) == 1


def test_an_installed_plugin_is_found_by_its_name(install):
    """Entry points are read once a name is asked for that nobody else has."""
    install("store-one", "1.2", "one", SOURCE.format(name="one"))
    catalogue = PluginCatalogue(environ={})

    assert catalogue.names(ACCOUNT_STORE) == BUILT_IN
    assert catalogue.build(ACCOUNT_STORE, "one+driver://x") == "one it is"
    assert PluginRow("one", "registrazione_stores", "store-one", "1.2") in catalogue.list()


def test_all_plugins_are_loaded_when_asked_for(install):
    """``registrazione plugins`` shows what is there; asking twice loads nothing twice."""
    install("store-one", "1.2", "one", SOURCE.format(name="one"))
    install("store-two", "2.0", "two", SOURCE.format(name="two"))
    catalogue = PluginCatalogue(environ={})
    catalogue.load_all()
    catalogue.load_all()

    assert catalogue.names(ACCOUNT_STORE) == with_built_in("one", "two")


def test_the_list_names_hook_distribution_and_version():
    """Built-in back-ends are the library's own; given ones name their module."""
    rows = PluginCatalogue([make_plugin("mine", store("mine"))], environ={}).list()

    assert PluginRow("console", "registrazione_mailers", "registrazione", __version__) in rows
    assert PluginRow("mine", "registrazione_stores", "mine", "") in rows
    assert list(rows) == sorted(rows, key=lambda row: (row.hook, row.name))


@pytest.mark.parametrize("how", ["settings", "variable"])
def test_a_blocked_plugin_is_not_even_imported(install, how):
    """By its entry point's name, in the settings or in the environment."""
    install("store-bad", "1", "bad", "raise SystemExit('imported')")
    options = {
        "settings": {"blocked": ["bad"], "environ": {}},
        "variable": {"environ": {"REGISTRAZIONE_BLOCKED_PLUGINS": "worse, bad,"}},
    }[how]

    with pytest.raises(UnknownBackend):
        PluginCatalogue(**options).get(ACCOUNT_STORE, "bad")


def test_a_given_plugin_can_be_blocked_too(monkeypatch):
    """The environment has the last word, by default the process's own."""
    monkeypatch.setenv("REGISTRAZIONE_BLOCKED_PLUGINS", "mine")
    catalogue = PluginCatalogue([make_plugin("mine", store("mine"))])

    assert catalogue.names(ACCOUNT_STORE) == BUILT_IN


def test_two_distributions_with_one_back_end_are_named(install):
    """Both, with their versions: nobody guesses which one was meant."""
    install("store-one", "1.2", "one", SOURCE.format(name="same"))
    install("store-two", "2.0", "two", SOURCE.format(name="same"))

    with pytest.raises(PluginConflict, match="store 'same'") as caught:
        PluginCatalogue(environ={}).load_all()

    assert set(caught.value.sources) == {"store-one 1.2", "store-two 2.0"}


def test_two_distributions_with_one_plugin_name_are_named(install):
    """Blocking by name would otherwise hit one or the other."""
    install("store-one", "1.2", "same", SOURCE.format(name="one"))
    install("store-two", "2.0", "same", SOURCE.format(name="two"))

    with pytest.raises(PluginConflict, match="plugin 'same'") as caught:
        PluginCatalogue(environ={}).load_all()

    assert set(caught.value.sources) == {"store-one 1.2", "store-two 2.0"}


def test_nobody_takes_the_place_of_a_built_in_back_end():
    """A plugin called ``memory`` is a conflict with the library itself."""
    with pytest.raises(PluginConflict) as caught:
        PluginCatalogue([make_plugin("mine", store("memory"))], environ={})

    assert caught.value.sources == (f"registrazione {__version__}", "mine")


def test_one_name_may_serve_two_ports():
    """A mailer and a store may both be called ``memory``."""
    catalogue = PluginCatalogue([make_plugin("mine", store("console"))], environ={})

    assert catalogue.resolve(ACCOUNT_STORE, "console").port == ACCOUNT_STORE
    assert catalogue.resolve(MAILER, "console").port == MAILER


def test_a_plugin_given_and_installed_comes_in_once(install):
    """The same module by two ways is no conflict with itself."""
    install("store-one", "1.2", "one", SOURCE.format(name="one"))
    import store_one

    catalogue = PluginCatalogue([store_one], environ={})
    catalogue.load_all()

    assert catalogue.names(ACCOUNT_STORE) == with_built_in("one")


def test_an_entry_point_without_a_distribution_names_its_module(monkeypatch):
    """As test tools make them."""
    from importlib.metadata import EntryPoint

    entry_point = EntryPoint("nothing", "no_such_module", "registrazione")
    monkeypatch.setattr(manager, "entry_points", lambda **_: [entry_point])

    with pytest.raises(PluginError, match="nothing of no_such_module cannot be loaded"):
        PluginCatalogue(environ={}).load_all()


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("import not_there", "bad of store-bad 1.0 cannot be loaded"),
        ("raise RuntimeError", "bad of store-bad 1.0 cannot be loaded"),
        ("", "bad of store-bad 1.0 implements no hook"),
        (SOURCE.replace("_stores", "_storez"), "unknown hook 'registrazione_storez'"),
        (SOURCE.replace("_stores()", "_stores(url)"), "is no plugin"),
        (SOURCE.replace("yield", "raise ValueError #"), "failed in registrazione_stores"),
        (SOURCE.replace("yield", "return 1 #"), "failed in registrazione_stores"),
        (SOURCE.replace("yield", "yield 1 #"), "returned no back-end from registrazione_stores"),
        (SOURCE.replace("_stores", "_mailers"), "returned no back-end from registrazione_mailers"),
        (SOURCE.replace("{name}", "No name"), "cannot be the scheme of a URL"),
        (
            SOURCE.replace("{name}", "x").replace('is"))', 'is"), contract_version=2)'),
            "for version 2 of the contract",
        ),
    ],
    ids=range(11),
)
def test_whatever_is_wrong_with_a_plugin_stops_the_assembly(install, source, complaint):
    """The error says which plugin of which distribution, and what it did."""
    install("store-bad", "1.0", "bad", source)

    with pytest.raises(PluginError, match=complaint) as caught:
        PluginCatalogue(environ={}).load_all()

    assert "store-bad 1.0" in str(caught.value)


def test_a_hook_may_return_nothing(install):
    """``None`` means that there is no back-end today, as everywhere in pluggy."""
    install("store-none", "1.0", "none", SOURCE.replace("yield", "return None #"))
    catalogue = PluginCatalogue(environ={})
    catalogue.load_all()

    assert catalogue.names(ACCOUNT_STORE) == BUILT_IN


def test_catalogues_share_nothing():
    """Two registrars in one process have their own plugins."""
    one = PluginCatalogue([make_plugin("mine", store("mine"))], environ={})
    other = PluginCatalogue(environ={})

    assert one.names(ACCOUNT_STORE) != other.names(ACCOUNT_STORE)
    assert other.names(PASSWORD_RULE) == ()


def test_a_backend_s_own_check_stops_the_assembly():
    """What a back-end finds wrong with its instance is said, with the name it was chosen by."""

    def complaints(instance):
        return [f"{type(instance).__name__} lacks its table", "and its index"]

    broken = Backend(ACCOUNT_STORE, "broken", ready(MemoryStore()), check=complaints)
    catalogue = PluginCatalogue([make_plugin("of_a_school", broken)])

    with pytest.raises(PluginError, match="'broken': MemoryStore lacks its table; and its index"):
        catalogue.build(ACCOUNT_STORE, "broken://")
