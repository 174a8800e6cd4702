"""Actors that meet in a store, in every order, so that nothing is left to luck.

An *actor* is a generator that yields one call of the store at a time and is sent the answer::

    def count_up(store, name):
        account = yield lambda: store.load(name)
        yield lambda: store.commit(one_change(replacement(account, failures=1)))

:func:`in_every_order` carries the calls of several actors out in every order that there is.
:func:`paused_anywhere` goes inside the calls: it holds one actor at every line of the store's own
code, one after the other, and lets the other actor run meanwhile.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

import attrs

from registrazione.testing.blocking import BlockingStore, held_at_awaits
from registrazione.testing.laws.kit import LawBroken, require

Actor = Generator[Callable[[], Any], Any, Any]
"""Yields calls, is sent their answers or thrown their errors, and returns how it ended."""

MOST_ORDERS = 5_000
"""How many orders there may be before the actors count as endless."""

MOST_PAUSES = 80
"""At how many lines an actor is held at most."""

_NOWHERE = -1

GRACE = 0.004
"""Seconds for which a held actor waits for the other one, which may itself wait for a lock."""

PATIENCE = 30.0
"""Seconds after which an actor that has not come back counts as lost."""


@attrs.frozen
class Scene:
    """Actors that are about to meet.

    Args:
        actors: They have not begun yet.
        verify: Is given what each returned or raised, and raises
            :class:`~registrazione.testing.laws.kit.LawBroken` if that must not be.
    """

    actors: tuple[Actor, ...]
    verify: Callable[[Sequence[Any]], None]


@attrs.define
class _Run:
    """An actor on its way."""

    actor: Actor
    call: Callable[[], Any] | None = None
    result: Any = None

    def begin(self) -> None:
        """Come as far as the first call."""
        self._resume(partial(next, self.actor))

    def step(self) -> None:
        """Carry one call out, and come as far as the next one."""
        call, self.call = self.call, None
        if call is None:
            return
        try:
            answer = call()
        except Exception as error:  # noqa: BLE001 - the actor decides what it means
            self._resume(partial(self.actor.throw, error))
        else:
            self._resume(partial(self.actor.send, answer))

    def finish(self) -> None:
        """Carry all calls out that are left."""
        while self.call is not None:
            self.step()

    def _resume(self, go_on: Callable[[], Callable[[], Any]]) -> None:
        try:
            self.call = go_on()
        except StopIteration as end:
            self.result = end.value
        except Exception as error:  # noqa: BLE001 - the scene decides what it means
            self.result = error


def in_every_order(set_up: Callable[[], Scene]) -> int:
    """Let actors meet in every order of their calls.

    Args:
        set_up: Makes the scene anew for each order.

    Returns:
        How many orders there were.

    Raises:
        LawBroken: The scene does not end well in one of them; the text says in which.
    """
    waiting: list[tuple[int, ...]] = [()]
    done = 0
    while waiting:
        done += 1
        require(done <= MOST_ORDERS, "the actors do not come to an end")
        waiting.extend(_in_one_order(set_up(), waiting.pop()))
    return done


def _in_one_order(scene: Scene, prefix: Sequence[int]) -> list[tuple[int, ...]]:
    """Follow an order as far as it is given, then the first actor first.

    Returns:
        The orders that begin in the same way and were not followed.
    """
    runs = [_Run(actor) for actor in scene.actors]
    for run in runs:
        run.begin()
    order: list[int] = []
    others: list[tuple[int, ...]] = []
    while ready := [number for number, run in enumerate(runs) if run.call is not None]:
        if len(order) < len(prefix):
            chosen = prefix[len(order)]
        else:
            chosen = ready[0]
            others.extend((*order, number) for number in ready[1:])
        runs[chosen].step()
        order.append(chosen)
    _verify(scene, runs, f"in the order {''.join('ABCDEFGH'[number] for number in order)}")
    return others


def _verify(scene: Scene, runs: Sequence[_Run], when: str) -> None:
    """Verify a scene that is over, and say when it ended badly.

    Raises:
        LawBroken: It did.
    """
    try:
        scene.verify([run.result for run in runs])
    except LawBroken as broken:
        raise LawBroken(f"{when}: {broken}") from broken


def paused_anywhere(
    store: object,
    set_up: Callable[[], Scene],
    *,
    visits: int = 1,
    grace: float = GRACE,
    patience: float = PATIENCE,
) -> int:
    """Hold one of two actors at every line of the store's own code, and let the other one run.

    One that waits for an asynchronous store is held at every ``await`` instead. Each line counts
    at its first visits; of more than :data:`MOST_PAUSES` on the way it is every second one, or
    every third. The other actor runs to its end, unless it has to wait for the held one: then the
    held one goes on after a moment. That the moment is short costs strength at most, never
    justice: nothing is judged before both are through.

    Args:
        store: Whose code it is: the files of its classes and those beside them.
        set_up: Makes the scene of two actors anew each time.
        visits: How many visits of a line count; a loop over locks shows at the second one.
        grace: Seconds of that moment.
        patience: Seconds for both to come to their end.

    Returns:
        At how many lines an actor was held.

    Raises:
        LawBroken: The scene does not end well, or does not end.
    """
    more: dict[str, Any] = {
        "set_up": set_up,
        "folders": _folders(store),
        "visits": visits,
        "grace": grace,
        "patience": patience,
    }
    return sum(_hold_one(partial(_meeting, turned=turned, **more)) for turned in (False, True))


def _hold_one(meeting: Callable[[int], _Pause]) -> int:
    """Hold one of the actors at every line, or at so many of them, and return at how many."""
    lines = meeting(_NOWHERE).lines
    numbers = range(0, lines, -(-lines // MOST_PAUSES) or 1)
    for number in numbers:
        meeting(number)
    return len(numbers)


def _meeting(
    number: int,
    *,
    turned: bool,
    set_up: Callable[[], Scene],
    folders: tuple[str, ...],
    visits: int,
    grace: float,
    patience: float,
) -> _Pause:
    """Hold the first actor (the second, if ``turned``) at one line."""
    scene = set_up()
    runs = [_Run(actor) for actor in scene.actors]
    held, other = reversed(runs) if turned else runs
    meanwhile = Thread(target=_whole, args=(other,), daemon=True)
    pause = _Pause(number, folders, partial(_let_run, meanwhile, grace), visits)
    running = Thread(target=_watched, args=(held, pause), daemon=True)
    running.start()
    running.join(patience)
    if not running.is_alive():
        if not meanwhile.ident:
            meanwhile.start()
        meanwhile.join(patience)
    where = f"held at {pause.place or 'its end'}"
    through = not running.is_alive() and not meanwhile.is_alive()
    require(through, f"{where}: a call does not return")
    _verify(scene, runs, f"with {'B' if turned else 'A'} {where}")
    return pause


# Called from a trace function, while whatever measures coverage looks on at nothing.
def _let_run(thread: Thread, grace: float) -> None:  # pragma: no cover - see the line before
    """Start the other actor and wait for it, as long as it may be waiting for the held one."""
    thread.start()
    thread.join(grace)


def _whole(run: _Run) -> None:
    """Let an actor run from its beginning to its end."""
    run.begin()
    run.finish()


def _watched(run: _Run, pause: _Pause) -> None:
    """Let an actor run while somebody looks at every line of it."""
    before = sys.gettrace()
    run.begin()
    sys.settrace(pause.enter)
    try:
        with held_at_awaits(pause.at_await):
            run.finish()
    finally:
        sys.settrace(before)


@attrs.define(eq=False)
class _Pause:
    """Holds a thread at one of the lines of the store's own code.

    Args:
        number: How many lines are passed before.
        folders: Where that code is.
        meanwhile: What happens then.
        visits: How many visits of a line count.
        place: Where it is held, once it is.
        lines: How many lines, or awaits, were passed.
    """

    number: int
    folders: tuple[str, ...]
    meanwhile: Callable[[], None]
    visits: int = 1
    place: str = ""
    lines: int = 0
    _seen: Counter[tuple[str, int]] = attrs.field(factory=Counter[tuple[str, int]])

    def enter(  # pragma: no cover - a trace function is not traced itself
        self,
        frame: FrameType,
        _event: str,
        _argument: object,
    ) -> Callable[..., Any] | None:
        """Follow the lines of a function, if it is the store's own."""
        own = frame.f_code.co_filename.startswith(self.folders)
        return self._line if own and not self.place else None

    def at_await(self, place: str) -> Callable[[], None] | None:
        """Count an await of an asynchronous store; return what happens there, if it is the one."""
        if self.place:
            return None
        number, self.lines = self.lines, self.lines + 1
        if number != self.number:
            return None
        self.place = place
        return self.meanwhile

    def _line(  # pragma: no cover - as above
        self,
        frame: FrameType,
        event: str,
        _argument: object,
    ) -> Callable[..., Any] | None:
        """Look at one line, and hold the thread if it is the one."""
        here = (frame.f_code.co_filename, frame.f_lineno)
        if event == "line" and not self.place and self._seen[here] < self.visits:
            if self.lines == self.number:
                self.place = f"{Path(here[0]).name}:{here[1]} ({frame.f_code.co_name})"
                self.meanwhile()
            self._seen[here] += 1
            self.lines += 1
        return self._line


def _folders(store: object) -> tuple[str, ...]:
    """Return the folders of a store's files; one that is awaited runs in another thread."""
    if isinstance(store, BlockingStore):
        return ()
    return tuple({str(Path(file).parent) for file in _files(store)})


def _files(store: object) -> Iterator[str]:
    """Name the files that a store's classes are written in, built-in ones excepted."""
    for base in type(store).__mro__:
        module = sys.modules.get(base.__module__)
        file = getattr(module, "__file__", None)
        standard = base.__module__.partition(".")[0] in sys.stdlib_module_names
        if file and not standard:
            yield file
