"""The two drivers: one flow, blocking or awaited, with the same end."""

from __future__ import annotations

import asyncio
import threading

import attrs
import pytest

from registrazione.core.questions import Question, ask
from registrazione.service.driver import run, run_async


@attrs.frozen(eq=False)
class Double(Question[int]):
    """What is twice this?"""

    port = "store"
    method = "double"
    number: int


@attrs.frozen(eq=False)
class Draw(Question[int]):
    """What do the dice say?"""

    port = "randomness"
    method = "draw"


class Ports:
    """Ports that block, or that are awaited."""

    def __init__(self, *, awaitable=False):
        """Choose the store."""
        self.threads = []
        self.store = AwaitedStore(self) if awaitable else BlockingStore(self)
        self.randomness = self

    def draw(self):
        """Return four, as everybody knows."""
        self.threads.append(threading.get_ident())
        return 4


class BlockingStore:
    """A store that blocks."""

    def __init__(self, ports):
        """Know where to note the threads."""
        self._ports = ports

    def double(self, number):
        """Return twice the number; seven is refused."""
        self._ports.threads.append(threading.get_ident())
        if number == 7:
            raise LookupError("seven")
        return 2 * number


class AwaitedStore(BlockingStore):
    """A store that is awaited."""

    async def double(self, number):
        """Return twice the number, after a turn of the loop."""
        await asyncio.sleep(0)
        return super().double(number)


def both(flow, *, awaitable=False):
    """Run a flow by both drivers, and return what they return."""
    sync = None if awaitable else run(flow(), Ports())
    return sync, asyncio.run(run_async(flow(), Ports(awaitable=awaitable)))


@pytest.mark.parametrize("awaitable", [False, True])
def test_answers_are_sent_back(awaitable):
    """Each question gets its answer, and the flow's result is the driver's."""

    def flow():
        four = yield from ask(Draw())
        eight = yield from ask(Double(four))
        return eight + (yield from ask(Double(eight)))

    sync, awaited = both(flow, awaitable=awaitable)
    assert awaited == 24
    assert awaitable or sync == 24


@pytest.mark.parametrize("awaitable", [False, True])
def test_what_a_port_raises_is_raised_inside_the_flow(awaitable):
    """The flow may make something of it, and go on asking."""

    def flow():
        try:
            yield from ask(Double(7))
        except LookupError as error:
            return (yield from ask(Double(len(str(error)))))
        return None

    sync, awaited = both(flow, awaitable=awaitable)
    assert awaited == 10
    assert awaitable or sync == 10


def test_what_the_flow_lets_out_comes_out():
    """A port's error that nobody takes, and a flow's own."""

    def careless():
        yield from ask(Double(7))

    def broken():
        yield from ask(Draw())
        raise ZeroDivisionError

    for flow, error in ((careless, LookupError), (broken, ZeroDivisionError)):
        with pytest.raises(error):
            run(flow(), Ports())
        with pytest.raises(error):
            asyncio.run(run_async(flow(), Ports()))


def test_a_flow_that_asks_nothing_just_ends():
    """Its result is there at once."""

    def flow():
        yield from ()
        return "done"

    assert both(flow) == ("done", "done")


def test_blocking_ports_never_block_the_loop():
    """They run in another thread; what takes microseconds stays where it is."""

    def flow():
        yield from ask(Draw())
        return (yield from ask(Double(1)))

    async def main():
        """Run in a loop."""
        ports = Ports()
        await run_async(flow(), ports)
        return threading.get_ident(), ports.threads

    loop, (drawn, doubled) = asyncio.run(main())
    assert drawn == loop
    assert doubled != loop


def test_awaited_ports_stay_in_the_loop():
    """What can be awaited needs no thread."""

    async def main():
        """Run in a loop."""
        ports = Ports(awaitable=True)
        await run_async(ask(Double(1)), ports)
        return threading.get_ident(), ports.threads

    loop, threads = asyncio.run(main())
    assert threads == [loop]


def test_a_flow_goes_on_in_the_thread_of_a_blocking_port():
    """One thread is enough for several questions in a row, quick ones among them."""

    def flow():
        yield from ask(Double(1))
        yield from ask(Draw())
        return (yield from ask(Double(2)))

    async def main():
        """Run in a loop."""
        ports = Ports()
        await run_async(flow(), ports)
        return threading.get_ident(), ports.threads

    loop, threads = asyncio.run(main())
    assert len(threads) == 3
    assert loop not in threads
    assert len(set(threads)) == 1


@attrs.frozen(eq=False)
class Send(Question[None]):
    """Take this over."""

    port = "mailer"
    method = "send"


def test_a_flow_comes_back_to_the_loop_for_what_is_awaited():
    """A blocking mailer and an awaitable store each run where they belong."""

    def flow():
        yield from ask(Send())
        return (yield from ask(Double(2)))

    async def main():
        """Run in a loop."""
        ports = Ports(awaitable=True)
        ports.mailer = ports
        ports.send = ports.draw
        return await run_async(flow(), ports), threading.get_ident(), ports.threads

    result, loop, (sent, doubled) = asyncio.run(main())
    assert result == 4
    assert sent != loop
    assert doubled == loop


def test_who_is_cancelled_ends_the_flow_at_its_next_question():
    """What a thread is doing it finishes; then nothing more is asked."""
    began, may_end = threading.Event(), threading.Event()
    ports = Ports()

    def send():
        began.set()
        may_end.wait(30)

    ports.mailer = ports
    ports.send = send

    def flow():
        yield from ask(Send())
        yield from ask(Double(1))

    async def main():
        """Cancel while the first question is being answered."""
        running = asyncio.create_task(run_async(flow(), ports))
        await asyncio.to_thread(began.wait, 30)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        may_end.set()

    # The loop closes when its threads have ended.
    asyncio.run(main())
    assert ports.threads == []
