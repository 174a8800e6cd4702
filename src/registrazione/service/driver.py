"""The two drivers: one flow, run by blocking calls or by awaited ones.

A driver knows nothing of registration. It takes the question that a flow yields, calls the port
that the question names, and sends the answer back; what the port raises is raised inside the
flow. However many flows there are, this is all that differs between sync and async.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from threading import Event
from typing import Any, NamedTuple, TypeVar

from registrazione.core.questions import Flow, Question

T = TypeVar("T")
Ports = Any
"""An object with one attribute for each port, by the name that questions use."""

_QUICK = frozenset({"vault", "randomness", "clock"})
"""Ports whose answers take microseconds: a thread would cost more than the call."""


class _End(NamedTuple):
    """A flow has come to its end, and this is what it returns."""

    result: Any


def run(flow: Flow[T], ports: Ports) -> T:
    """Run a flow to its end with blocking calls, and return what it returns.

    Raises:
        Exception: Whatever the flow lets out.
    """
    asked = _next(next, flow)
    while not isinstance(asked, _End):
        asked = _answered(flow, ports, asked)
    result: T = asked.result
    return result


async def run_async(flow: Flow[T], ports: Ports) -> T:
    """Run a flow to its end without blocking the event loop, and return what it returns.

    Ports with awaitable methods are awaited; those that block are called in a thread, in which
    the flow goes on until it asks something that is awaited. A port that says ``quick = True`` is
    called where it is. Whoever is cancelled meanwhile ends the flow at its next question.

    Raises:
        Exception: Whatever the flow lets out.
    """
    asked = _next(next, flow)
    while not isinstance(asked, _End):
        if iscoroutinefunction(_method(ports, asked)):
            asked = await _awaited(flow, ports, asked)
        elif asked.port in _QUICK or getattr(getattr(ports, asked.port), "quick", False):
            asked = _answered(flow, ports, asked)
        else:
            asked = await _in_thread(flow, ports, asked)
    result: T = asked.result
    return result


def _next(step: Callable[..., Question[Any]], *arguments: Any) -> Question[Any] | _End:  # noqa: ANN401 - of a generator
    """Run a flow up to its next question, or to its end."""
    try:
        return step(*arguments)
    except StopIteration as stop:
        return _End(stop.value)


def _method(ports: Ports, question: Question[Any]) -> Callable[..., Any]:
    """Return the method of the port that answers the question."""
    method: Callable[..., Any] = getattr(getattr(ports, question.port), question.method)
    return method


def _answered(flow: Flow[Any], ports: Ports, question: Question[Any]) -> Question[Any] | _End:
    """Answer a question with a blocking call; return what is asked next."""
    try:
        answer = _method(ports, question)(*question.arguments())
    except Exception as error:  # noqa: BLE001 - the flow decides what it means
        return _next(flow.throw, error)
    return _next(flow.send, answer)


async def _awaited(flow: Flow[Any], ports: Ports, question: Question[Any]) -> Question[Any] | _End:
    """Answer a question with an awaited call; return what is asked next."""
    try:
        answer = await _method(ports, question)(*question.arguments())
    except Exception as error:  # noqa: BLE001 - as above
        return _next(flow.throw, error)
    return _next(flow.send, answer)


async def _in_thread(
    flow: Flow[Any], ports: Ports, question: Question[Any]
) -> Question[Any] | _End:
    """Answer questions in a thread, until one has to be awaited; return that one."""
    # Who awaits has asyncio loaded already; who does not shall not pay for it.
    from asyncio import to_thread  # noqa: PLC0415

    cancelled = Event()

    def go_on(asked: Question[Any] | _End) -> Question[Any] | _End:
        while not (isinstance(asked, _End) or cancelled.is_set()):
            if iscoroutinefunction(_method(ports, asked)):
                break
            asked = _answered(flow, ports, asked)
        return asked

    try:
        return await to_thread(go_on, question)
    finally:
        cancelled.set()
