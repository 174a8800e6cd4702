"""The classes of pytest: every law is a test, and none can be put out of the way."""

from __future__ import annotations

import pytest
from tests.testing.test_blocking import AwaitableStore

from registrazione.adapters.memory import MemoryStore
from registrazione.testing import AsyncStoreConformance, StoreConformance
from registrazione.testing.conformance import Overridden
from registrazione.testing.laws.stores import STORE_LAWS

pytest_plugins = ["pytester"]

SUITE = """
import pytest
from registrazione.testing import StoreConformance
from registrazione.testing.zoo import ZOO

(fault,) = [fault for fault in ZOO if fault.name == "TurnsHistory"]

class TestTurned(StoreConformance):
    @pytest.fixture
    def store(self):
        return fault.open_store()
"""


CLOSING = """
import pytest
from registrazione.testing import AsyncStoreConformance
from tests.testing.test_blocking import AwaitableStore

closed = []

class Closing(AwaitableStore):
    async def aclose(self):
        closed.append(self)

class TestClosing(AsyncStoreConformance):
    capabilities = frozenset({"level-1"})

    @pytest.fixture
    def store(self):
        async def opened():
            return Closing()
        return opened()

def test_closed():
    assert len(closed) == 1

class TestHandedOver(AsyncStoreConformance):
    capabilities = frozenset({"level-1"})

    @pytest.fixture
    def store(self):
        return Closing()

def test_closed_once():
    assert len(closed) == 1
"""


class TestMemoryStore(StoreConformance):
    """The store in memory, by a fixture."""

    @pytest.fixture
    def store(self):
        """Return a new one."""
        return MemoryStore()


class TestAwaitableStore(AsyncStoreConformance):
    """An asynchronous store that has to be awaited."""

    capabilities = frozenset({"level-3"})

    @pytest.fixture
    def store(self):
        """Return an awaitable of it."""

        async def opened():
            return AwaitableStore()

        return opened()


def test_each_law_is_a_test() -> None:
    """What applies is there under its own name; what does not is left out, and comes back."""
    assert all(getattr(TestMemoryStore, f"test_{law.name}") for law in STORE_LAWS)
    assert TestMemoryStore.test_accounts_outlive is None
    assert TestAwaitableStore.test_race_to_claim is None
    assert TestAwaitableStore.test_cancelled_commit is None
    assert AsyncStoreConformance.test_cancelled_commit is not None
    assert TestMemoryStore.test_cancelled_commit is None

    class Durable(TestMemoryStore):
        capabilities = frozenset({"durable"})

    assert Durable.test_accounts_outlive is not None


@pytest.mark.parametrize(
    "body", [{"test_erase": None}, {"laws": ()}, {"test_every_law_is_there": 1}]
)
def test_a_law_is_not_overridden(body) -> None:
    """A subclass that takes a law away is an error when it is made, and names the law."""
    with pytest.raises(Overridden, match=next(iter(body))):
        type("TestMine", (StoreConformance,), body)


def test_a_law_that_is_removed_later_is_missed() -> None:
    """The guard looks again when the tests run."""
    suite = type("Mine", (StoreConformance,), {})
    suite.test_erase = None

    with pytest.raises(Overridden, match="erase"):
        suite().test_every_law_is_there()


def test_an_expected_failure_with_a_reason_may_stand() -> None:
    """Whoever says why may have a law fail."""

    class Mine(StoreConformance):
        @pytest.mark.xfail(reason="milliseconds")
        def test_microseconds(self, open_store):
            """Prove nothing: it only stands in the law's place."""
            with pytest.raises(LookupError):
                raise NotImplementedError

    Mine().test_every_law_is_there()
    assert Mine.test_microseconds.pytestmark[0].name == "xfail"


def test_what_the_suite_has_awaited_the_suite_closes(pytester, monkeypatch) -> None:
    """A store that was made by a coroutine belongs to nobody else; one handed over does."""
    pytester.makepyfile(CLOSING)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = pytester.runpytest_inprocess(
        "-p", "no:cacheprovider", "-p", "no:randomly", "-k", "created_once or test_closed"
    )

    result.stdout.fnmatch_lines(["*4 passed*"])
    assert result.ret == 0


def test_a_broken_law_fails_with_its_sentence(pytester, monkeypatch) -> None:
    """The failure says what was promised, and what the store did."""
    pytester.makepyfile(SUITE)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = pytester.runpytest_subprocess(
        "-p", "no:cacheprovider", "-k", "history or every_law or erase"
    )

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*the history is not told in its order*"])


@pytest.mark.parametrize("name", ["store", "mailer_under_test", "provider_under_test"])
def test_a_fixture_has_to_be_overridden(pytester, monkeypatch, name) -> None:
    """A suite that does not say what to test fails, and says which fixture is missing."""
    suite = {"store": "Store", "mailer_under_test": "Mailer", "provider_under_test": "Provider"}
    base = f"{suite[name]}Conformance"
    pytester.makepyfile(f"from registrazione.testing import {base}\nclass TestIt({base}): pass\n")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-x")

    assert result.ret == 1
    result.stdout.fnmatch_lines([f"*NotImplementedError: override the fixture `{name}`*"])
