"""The laws as classes of pytest: a subclass that says how the adapter is opened is a test suite.

::

    class TestMyStore(StoreConformance):
        capabilities = frozenset({"durable"})

        @pytest.fixture
        def open_store(self, tmp_path):
            return lambda: MyStore(tmp_path / "accounts")

Each law is a test of its own, ``test_<name of the law>``. None can be overridden or removed,
except by an expected failure that says why::

        @pytest.mark.xfail(reason="our database keeps milliseconds, issue 12")
        def test_microseconds(self, open_store): ...
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, ClassVar

import pytest

from registrazione.ports.stores import AccountStore, AsyncAccountStore
from registrazione.testing.blocking import BlockingStore, EventLoop, close_store
from registrazione.testing.laws.kit import Law, Outcome, judge
from registrazione.testing.laws.levels import AWAITABLE, declared_level
from registrazione.testing.laws.mailers import MAILER_LAWS, MailerUnderTest
from registrazione.testing.laws.providers import PROVIDER_LAWS, ProviderUnderTest
from registrazione.testing.laws.stores import MORE_STORE_LAWS, STORE_LAWS, OpenStore, check_law
from registrazione.testing.report import why_not

_ALL_STORE_LAWS = (*STORE_LAWS, *MORE_STORE_LAWS)


class Overridden(TypeError):  # noqa: N818 - it says what is wrong
    """A conformance suite overrides or removes laws.

    Args:
        suite: Name of the class.
        names: Which tests.
    """

    def __init__(self, suite: str, names: Iterable[str]) -> None:
        """Name them."""
        super().__init__(
            f"{suite} overrides {', '.join(names)}: a law is kept, or marked "
            "with pytest.mark.xfail and a reason"
        )


def _has_reason(test: object) -> bool:
    """Tell whether a test is marked as one that fails, and why."""
    marks: Sequence[pytest.Mark] = getattr(test, "pytestmark", ())
    return any(mark.name == "xfail" and mark.kwargs.get("reason") for mark in marks)


class _Suite:
    """What the suites have in common: laws, and the guard over them."""

    laws: ClassVar[tuple[Law[Any], ...]] = ()
    capabilities: ClassVar[frozenset[str]] = frozenset()
    """What the adapter can do beyond the contract; laws that need more are left out."""
    inherent: ClassVar[frozenset[str]] = frozenset()
    """What every adapter of the suite can do, and nobody declares."""
    stress: ClassVar[bool] = False
    """Whether the laws are checked too that take seconds."""

    def __init_subclass__(cls, **more: object) -> None:
        """Refuse a subclass that overrides laws without a reason; leave out what does not apply."""
        super().__init_subclass__(**more)
        own = vars(cls)
        guarded = [name for name in ("laws", _GUARD) if name in own]
        tests = [f"test_{law.name}" for law in cls.laws]
        wrong = [name for name in tests if name in own and not _has_reason(own[name])]
        if guarded or wrong:
            raise Overridden(cls.__name__, [*guarded, *wrong])
        for law, name in zip(cls.laws, tests, strict=True):
            if not _applies(cls, law):
                setattr(cls, name, None)
            elif getattr(cls, name, None) is None:
                setattr(cls, name, _TESTS[law])

    def test_every_law_is_there(self) -> None:
        """No law that applies was removed or replaced after the class was made."""
        wanting = [
            law.name
            for law in self.laws
            if _applies(type(self), law) and not _is_kept(type(self), law)
        ]
        if wanting:
            raise Overridden(type(self).__name__, wanting)


_GUARD = "test_every_law_is_there"
_TESTS: dict[Law[Any], Callable[..., None]] = {}


def _applies(suite: type[_Suite], law: Law[Any]) -> bool:
    """Tell whether a law says something of what a suite is about."""
    words = suite.capabilities | suite.inherent
    return why_not(law, words, declared_level(words), stress=suite.stress) is None


def _is_kept(suite: type[_Suite], law: Law[Any]) -> bool:
    """Tell whether a suite still has the test of a law, or one that is expected to fail."""
    test = getattr(suite, f"test_{law.name}", None)
    return test is _TESTS[law] or _has_reason(test)


def _with_laws(suite: type[_Suite], laws: Sequence[Law[Any]], fixture: str) -> None:
    """Give a suite a test for each law, which asks for a fixture."""
    suite.laws = tuple(laws)
    for law in laws:
        _TESTS[law] = _test_of(law, fixture)
        setattr(suite, f"test_{law.name}", _TESTS[law])


def _test_of(law: Law[Any], fixture: str) -> Callable[..., None]:
    """Return the test of a law."""

    def test(_suite: object, **given: Any) -> None:  # noqa: ANN401 - whatever the law is about
        outcome = _check(law, given[fixture])
        if outcome.reason is not None:
            pytest.fail(f"{law.sentence}\n{outcome.reason}", pytrace=False)

    # pytest reads the names of the fixtures here.
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    names = ("self", fixture)
    vars(test)["__signature__"] = inspect.Signature([inspect.Parameter(n, kind) for n in names])
    test.__name__, test.__doc__ = f"test_{law.name}", law.sentence
    return test


def _check(law: Law[Any], subject: Any) -> Outcome:  # noqa: ANN401 - whatever the law is about
    """Check a law; stores that it opens are closed."""
    return check_law(law, subject) if law in _ALL_STORE_LAWS else judge(law, subject)


class StoreConformance(_Suite):
    """Every law of :class:`~registrazione.ports.AccountStore`; override one fixture.

    ``store`` returns one store for all that a law does. ``open_store`` returns a function that
    opens one, which a store that is ``durable`` or ``shared`` needs. ``capabilities`` are those of
    the store's :class:`~registrazione.plugins.Backend`.
    """

    @pytest.fixture
    def store(self) -> Any:  # noqa: ANN401 - the suite of asynchronous stores has another type
        """Return the store to be tested."""
        raise NotImplementedError("override the fixture `store` or `open_store`")

    @pytest.fixture
    def open_store(self, request: pytest.FixtureRequest) -> OpenStore:
        """Return a function that opens the store to be tested."""
        store: AccountStore = request.getfixturevalue("store")
        kept: Any = _Kept(store)
        return lambda: kept


class _Kept:
    """A store that belongs to a fixture: the laws do not close it."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of the port
        if name == "close":
            raise AttributeError(name)
        return getattr(self._store, name)


_with_laws(StoreConformance, _ALL_STORE_LAWS, "open_store")


class AsyncStoreConformance(StoreConformance):
    """The same laws for an :class:`~registrazione.ports.AsyncAccountStore`.

    ``store`` returns the store, or an awaitable of it: it is awaited in the event loop in which
    the store is then used. No plugin for asynchronous tests is needed. Beside the laws of every
    store it has to keep those of calls that are cancelled.
    """

    inherent: ClassVar[frozenset[str]] = frozenset({AWAITABLE})

    @pytest.fixture
    def event_loop_of_store(self) -> Generator[EventLoop]:
        """Run an event loop in a thread."""
        loop = EventLoop()
        yield loop
        loop.close()

    @pytest.fixture
    def open_store(
        self, request: pytest.FixtureRequest, event_loop_of_store: EventLoop
    ) -> Generator[OpenStore]:
        """Return a function that gives the store to blocking callers; close what was awaited."""
        given: Any = request.getfixturevalue("store")
        loop = event_loop_of_store
        awaited = inspect.isawaitable(given)
        store: AsyncAccountStore = loop.wait_for(given) if awaited else given
        yield lambda: BlockingStore(store, loop)
        if awaited:
            loop.wait_for(close_store(store))


class MailerConformance(_Suite):
    """Every law of :class:`~registrazione.ports.Mailer`; override ``mailer_under_test``."""

    @pytest.fixture
    def mailer_under_test(self) -> MailerUnderTest:
        """Return the mailer, and how to see what became of its letters."""
        raise NotImplementedError("override the fixture `mailer_under_test`")


_with_laws(MailerConformance, MAILER_LAWS, "mailer_under_test")


class ProviderConformance(_Suite):
    """Every law of :class:`~registrazione.ports.IdentityProvider`; override the fixture."""

    @pytest.fixture
    def provider_under_test(self) -> ProviderUnderTest:
        """Return the provider, and responses that it has to accept or refuse."""
        raise NotImplementedError("override the fixture `provider_under_test`")


_with_laws(ProviderConformance, PROVIDER_LAWS, "provider_under_test")
