"""Two actors in every order, and one of them held at every line."""

from __future__ import annotations

from functools import partial
from threading import Event

import pytest

from registrazione.testing.laws.kit import LawBroken, require
from registrazione.testing.laws.schedules import Scene, in_every_order, paused_anywhere


class Counter:
    """A store of one number."""

    def __init__(self) -> None:
        self.number = 0
        self.seen: list[str] = []

    def note(self, word):
        """Remember a word."""
        self.seen.append(word)
        return word

    def add(self):
        """Read, and write a moment later."""
        number = self.number
        self.number = number + 1

    def fail(self):
        """Raise an error."""
        raise ValueError("no")


def says(counter, word, times):
    """Return an actor that says a word so many times."""
    for _ in range(times):
        yield partial(counter.note, word)
    return word


@pytest.mark.parametrize(("a", "b", "orders"), [(1, 1, 2), (2, 2, 6), (2, 3, 10), (0, 2, 1)])
def test_every_order_comes_once(a, b, orders) -> None:
    """Two actors with so many calls meet in every order there is, each exactly once."""
    met: list[str] = []

    def set_up() -> Scene:
        counter = Counter()
        actors = (says(counter, "A", a), says(counter, "B", b))
        return Scene(actors, lambda _: met.append("".join(counter.seen)))

    assert in_every_order(set_up) == orders
    assert len(set(met)) == len(met) == orders
    assert {len(order) for order in met} == {a + b}


def test_results_and_errors_are_handed_over() -> None:
    """The scene is told what each actor returned, and what stopped it."""
    results: list[object] = []
    counter = Counter()

    def catches():
        try:
            yield counter.fail
        except ValueError:
            return "caught"

    def falls():
        yield counter.fail

    in_every_order(lambda: Scene((catches(), falls()), results.extend))

    assert results[0] == "caught"
    assert isinstance(results[1], ValueError)


def test_a_bad_order_is_told() -> None:
    """The text says in which order it ended badly, so that it can be followed again."""

    def set_up() -> Scene:
        counter = Counter()

        def verify(_) -> None:
            require(counter.seen != ["B", "A"], "B came first")

        return Scene((says(counter, "A", 1), says(counter, "B", 1)), verify)

    with pytest.raises(LawBroken, match="in the order BA: B came first"):
        in_every_order(set_up)


def test_actors_without_end_are_broken_off(monkeypatch) -> None:
    """Actors that go on and on are no reason to wait."""
    monkeypatch.setattr("registrazione.testing.laws.schedules.MOST_ORDERS", 5)

    with pytest.raises(LawBroken, match="do not come to an end"):
        in_every_order(
            lambda: Scene(
                (says(Counter(), "A", 3), says(Counter(), "B", 3)),
                lambda results: require(results, "never said"),
            )
        )


def adding(counter):
    """Return an actor that adds one."""
    yield counter.add


def test_a_pause_goes_inside_a_call() -> None:
    """Between reading and writing the other actor adds too, and one step is lost."""
    counter = Counter()

    def set_up() -> Scene:
        counter.number = 0
        actors = (adding(counter), adding(counter))
        return Scene(actors, lambda _: require(counter.number == 2, "a step was lost"))

    with pytest.raises(
        LawBroken, match=r"with A held at test_schedules\.py:\d+ \(add\): a step was lost"
    ):
        paused_anywhere(counter, set_up)


def test_every_line_is_visited() -> None:
    """Both actors are held at each line of what they call, and at none of anything else."""
    counter = Counter()
    actors = partial(says, counter, times=1)

    held = paused_anywhere(
        counter,
        lambda: Scene(
            (actors("A"), actors("B")),
            lambda results: require(sorted(results) == ["A", "B"], "never said"),
        ),
    )

    # `note` has two lines; so has the actor's own loop, which stands in the same file.
    assert 4 <= held <= 8


def test_a_call_that_hangs_is_told() -> None:
    """Two that wait for each other for ever break the law instead of stopping the run."""
    never = Event()

    class Hangs(Counter):
        def wait(self):
            """Wait."""
            never.wait()

    store = Hangs()

    def waits():
        yield store.wait

    try:
        with pytest.raises(LawBroken, match="does not return"):
            paused_anywhere(
                store,
                lambda: Scene((waits(), waits()), lambda _: require(False, "never said")),
                grace=0.001,
                patience=0.02,
            )
    finally:
        never.set()
