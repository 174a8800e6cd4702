"""What laws are made of: no test framework, so that they run anywhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from threading import Barrier, Thread
from types import ModuleType
from typing import Any, Generic, TypeVar, cast
from uuid import uuid4

import attrs

from registrazione.core.records import Page
from registrazione.testing.laws.levels import Level

S = TypeVar("S")
T = TypeVar("T")
E = TypeVar("E", bound=Exception)

PATIENCE = 60.0
"""Seconds after which a thread that has not come back counts as lost."""

MOST_PARTS = 1_000
"""How many parts an answer may have before it counts as endless."""


class LawBroken(AssertionError):  # noqa: N818 - it is no malfunction of the kit
    """An adapter does not keep a law; the text says what it did instead."""


@attrs.frozen
class Law(Generic[S]):
    """A promise of a port's contract, and how to find out whether it is kept.

    Args:
        name: What it is called in reports; it never changes.
        sentence: What it promises.
        check: Raises :class:`LawBroken`; takes a function that opens the adapter.
        group: What it is about.
        level: From which level on it has to be kept.
        needs: Capabilities without which it says nothing of an adapter.
        on_request: Whether it takes seconds, and is checked only when asked for.
    """

    name: str
    sentence: str
    check: Callable[[S], None] = attrs.field(repr=False)
    group: str = ""
    level: Level = Level.COMMITS
    needs: frozenset[str] = frozenset()
    on_request: bool = False

    @property
    def headline(self) -> str:
        """The first line of the sentence."""
        return self.sentence.partition("\n")[0]


@attrs.frozen
class Outcome:
    """What came of checking a law.

    Args:
        name: Name of the law.
        sentence: What it promises.
        reason: Why it counts as broken; ``None`` if it was kept.
        group: What the law is about.
        level: The law's level.
        not_applicable: Why the law was not checked; ``None`` if it was.
    """

    name: str
    sentence: str
    reason: str | None = None
    group: str = ""
    level: Level = Level.COMMITS
    not_applicable: str | None = None

    @property
    def kept(self) -> bool:
        """Whether the law was checked, and kept."""
        return self.reason is None and self.not_applicable is None

    @property
    def broken(self) -> bool:
        """Whether the law was checked, and not kept."""
        return self.reason is not None


def outcome_of(law: Law[Any], **more: str) -> Outcome:
    """Return what came of a law.

    Args:
        law: The law.
        more: ``reason`` or ``not_applicable``.
    """
    return Outcome(name=law.name, sentence=law.sentence, group=law.group, level=law.level, **more)


def gather(
    module: ModuleType,
    group: str = "",
    level: Level = Level.COMMITS,
    **more: Any,  # noqa: ANN401 - fields of Law
) -> tuple[Law[Any], ...]:
    """Return the laws of a module in the order in which they stand there.

    Each function whose name begins with ``law_`` is one; its docstring is the sentence.

    Args:
        module: Where the laws stand.
        group: What they are about.
        level: From which level on they have to be kept.
        more: Other fields of :class:`Law` that they share.
    """
    return tuple(
        Law(
            name.removeprefix("law_"),
            inspect.getdoc(function) or "",
            function,
            group,
            level,
            **more,
        )
        for name, function in vars(module).items()
        if name.startswith("law_")
    )


def judge(law: Law[S], subject: S) -> Outcome:
    """Check one law, whatever the adapter does.

    Args:
        law: The law.
        subject: What the law is given.

    Returns:
        Whether the law was kept, and if not, why.
    """
    try:
        law.check(subject)
    except LawBroken as broken:
        return outcome_of(law, reason=str(broken))
    except Exception as error:  # noqa: BLE001 - an adapter under test may raise anything
        return outcome_of(law, reason=f"it raised {type(error).__name__}: {error}")
    return outcome_of(law)


def require(condition: object, sentence: str) -> None:
    """Go on if ``condition`` holds.

    Raises:
        LawBroken: It does not; ``sentence`` says what is wrong.
    """
    if not condition:
        raise LawBroken(sentence)


def expect(error: type[E], action: Callable[[], object], sentence: str) -> E:
    """Do something that has to fail, and return the error.

    Raises:
        LawBroken: It did not fail, or in another way.
    """
    try:
        action()
    except error as raised:
        return raised
    except Exception as other:
        raise LawBroken(f"{sentence}; it raised {type(other).__name__}") from other
    raise LawBroken(f"{sentence}; it raised nothing")


def present(value: T | None, sentence: str) -> T:
    """Return something that has to be there.

    Raises:
        LawBroken: It is missing; ``sentence`` says what is wrong.
    """
    if value is None:
        raise LawBroken(sentence)
    return value


def require_same(read: object, committed: object, sentence: str) -> None:
    """Go on if what was read is what was committed, to the last field and its type.

    ``==`` would not do: a state may be read as plain text, and some fields are not compared.

    Raises:
        LawBroken: They differ; the text is ``sentence`` and the names of the fields.
    """
    if not attrs.has(type(committed)) or type(read) is not type(committed):
        raise LawBroken(sentence)
    kind: Any = type(committed)
    names = [field.name for field in attrs.fields(kind)]
    wrong = [name for name in names if not _alike(getattr(read, name), getattr(committed, name))]
    require(not wrong, f"{sentence}: {', '.join(wrong)}")


def _alike(one: Any, other: Any) -> bool:  # noqa: ANN401 - whatever a field may hold
    """Tell whether one value is the other, and of its kind."""
    kind = cast("Any", type(other))
    if issubclass(kind, Mapping):
        return isinstance(one, Mapping) and {**one} == {**other}
    if not isinstance(one, kind):
        return False
    if issubclass(kind, tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if attrs.has(kind):
        names = [field.name for field in attrs.fields(kind)]
        return all(_alike(getattr(one, name), getattr(other, name)) for name in names)
    return bool(one == other)


def parts(fetch: Callable[[str | None], Page[T]]) -> Iterator[tuple[T, ...]]:
    """Go through a long answer part by part, each fetched when it is asked for.

    Raises:
        LawBroken: There is no end of it.
    """
    cursor: str | None = None
    for _ in range(MOST_PARTS):
        page = fetch(cursor)
        yield page.items
        cursor = page.cursor
        if cursor is None:
            return
    raise LawBroken("an answer in parts has no end")


def unique(prefix: str) -> str:
    """Return a name that nothing else in the store has, whatever ran there before."""
    return f"{prefix}-{uuid4().hex}"


def race(actions: Sequence[Callable[[], T]], patience: float = PATIENCE) -> list[T | Exception]:
    """Do several things at the same moment, each in a thread of its own.

    Returns:
        What each returned or raised, in the order of ``actions``.

    Raises:
        LawBroken: One of them does not come back.
    """
    start = Barrier(len(actions))
    results: dict[int, T | Exception] = {}

    def attempt(number: int, action: Callable[[], T]) -> None:
        start.wait()
        try:
            results[number] = action()
        except Exception as error:  # noqa: BLE001 - the law decides which may be raised
            results[number] = error

    # Daemons: a call that never returns must not keep the process from ending.
    threads = [Thread(target=attempt, args=pair, daemon=True) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    require(len(results) == len(actions), "a call does not return")
    return [results[number] for number in range(len(actions))]


def failures(results: Iterable[object], *allowed: type[Exception]) -> list[str]:
    """Name the errors among some results that are of none of the allowed kinds."""
    return [
        type(result).__name__
        for result in results
        if isinstance(result, Exception) and not isinstance(result, allowed)
    ]
