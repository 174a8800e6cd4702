"""The two drivers: one flow, run by blocking calls or by awaited ones.

A driver knows nothing of registration. It takes the question that a flow yields, calls the port
that the question names, and sends the answer back; what the port raises is raised inside the
flow. However many flows there are, this is all that differs between sync and async.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from registrazione.core.questions import Flow, Question

T = TypeVar("T")
Ports = Any
"""An object with one attribute for each port, by the name that questions use."""


def _call(ports: Ports, question: Question[Any]) -> Callable[..., Any]:
    """Return the method of the port that answers the question."""
    method: Callable[..., Any] = getattr(getattr(ports, question.port), question.method)
    return method


def run(flow: Flow[T], ports: Ports) -> T:
    """Run a flow to its end with blocking calls, and return what it returns.

    Raises:
        Exception: Whatever the flow lets out.
    """
    try:
        question = next(flow)
        while True:
            try:
                answer = _call(ports, question)(*question.arguments())
            except Exception as error:  # noqa: BLE001 - the flow decides what it means
                question = flow.throw(error)
            else:
                question = flow.send(answer)
    except StopIteration as stop:
        result: T = stop.value
        return result


async def run_async(flow: Flow[T], ports: Ports) -> T:
    """Run a flow to its end without blocking the event loop, and return what it returns.

    Ports with awaitable methods are awaited; those that block are called in a thread.

    Raises:
        Exception: Whatever the flow lets out.
    """
    try:
        question = next(flow)
        while True:
            try:
                answer = await _await(_call(ports, question), question)
            except Exception as error:  # noqa: BLE001 - the flow decides what it means
                question = flow.throw(error)
            else:
                question = flow.send(answer)
    except StopIteration as stop:
        result: T = stop.value
        return result


async def _await(method: Callable[..., Any], question: Question[Any]) -> Any:  # noqa: ANN401
    """Call a port's method in the way that suits it."""
    if inspect.iscoroutinefunction(method):
        return await method(*question.arguments())
    if question.port in _QUICK:
        return method(*question.arguments())
    # Who awaits has asyncio loaded already; who does not shall not pay for it.
    from asyncio import to_thread  # noqa: PLC0415

    return await to_thread(method, *question.arguments())


_QUICK = frozenset({"vault", "randomness", "limiter", "clock"})
"""Ports whose answers take microseconds: a thread would cost more than the call."""
