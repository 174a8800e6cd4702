"""A store turned into an awaitable one, and an awaitable one turned back."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

METHODS = (
    "load",
    "find",
    "commit",
    "search",
    "history",
    "outbox_take",
    "outbox_settle",
    "outbox_list",
)


class Awaitable:
    """Make the methods of a store awaitable, as a driver of a database has them."""

    def __init__(self, store: Any) -> None:
        self.store = store

    async def check(self) -> None:
        self.checked = True

    async def close(self) -> None:
        if hasattr(self.store, "close"):
            self.store.close()


def _awaitable(name: str) -> Any:
    async def method(self: Awaitable, *arguments: Any, **more: Any) -> Any:
        await asyncio.sleep(0)
        return getattr(self.store, name)(*arguments, **more)

    return method


for _name in METHODS:
    setattr(Awaitable, _name, _awaitable(_name))


class Blocking:
    """Wait for each answer of an awaitable store, in whichever thread asks."""

    def __init__(self, store: Any) -> None:
        self.awaited = store

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.awaited, name)

        def method(*arguments: Any, **more: Any) -> Any:
            async def call() -> Any:
                result = found(*arguments, **more)
                return await result if inspect.isawaitable(result) else result

            with asyncio.Runner() as runner:
                return runner.run(call())

        return method
