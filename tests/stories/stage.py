"""One text, played in four ways: on memory and on SQLite, with either registrar."""

from __future__ import annotations

import asyncio
import inspect

import pytest

from registrazione import AsyncRegistrar, Refusal, Registrar
from registrazione.refusals import help_for
from registrazione.stories.base import Stage
from registrazione.testing.fakes import FastHasher

WAYS = ("memory-sync", "memory-async", "sqlite-sync", "sqlite-async")


class AwaitedRegistrar:
    """An asynchronous registrar whose answers are waited for, one after the other."""

    def __init__(self, registrar, loop):
        self._registrar = registrar
        self._loop = loop

    def __getattr__(self, name):
        """Return what the registrar has by that name; a method is waited for."""
        found = getattr(self._registrar, name)
        return self._waiting(found) if callable(found) else found

    def _waiting(self, method):
        def call(*args, **kwargs):
            result = method(*args, **kwargs)
            return self._loop.run_until_complete(result) if inspect.isawaitable(result) else result

        return call


class Theatre:
    """Opens stages, all of one way, and closes them."""

    def __init__(self, way, database=None):
        self.storage = "memory://" if database is None else f"sqlite:///{database}"
        self._loop = asyncio.new_event_loop() if way.endswith("async") else None
        self._stages = []

    def __call__(self, profile, begins, **settings):
        """Return a stage for a procedure, on the day on which it begins."""
        stage = Stage(
            profile,
            begins,
            **{
                "storage": self.storage,
                "hasher": FastHasher(),
                "opener": self._open,
                **settings,
            },
        )
        self._stages.append(stage)
        return stage

    def _open(self, **settings):
        if self._loop is None:
            return Registrar.open(**settings)
        return AwaitedRegistrar(AsyncRegistrar.open(**settings), self._loop)

    def close(self):
        """Close every stage, and the loop with its threads."""
        for stage in self._stages:
            stage.close()
        if self._loop is not None:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()


def refusal_of(call, *args, **kwargs):
    """Return the refusal that a call ends in."""
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    return caught.value


def codes(call, *args, **kwargs):
    """Return every code of the refusal that a call ends in."""
    return set(refusal_of(call, *args, **kwargs).codes)


def tree(call, *args, **kwargs):
    """Return the codes of a refusal by the field they belong to."""
    found = {}
    for fault in refusal_of(call, *args, **kwargs).faults:
        found.setdefault(fault.field, set()).add(fault.code)
    return found


def help_with(profile, refusal):
    """Return where a procedure says that help with a refusal is to be had."""
    return help_for(refusal.faults[0], profile)


def words(letter):
    """Return the words of a letter, however its lines are broken."""
    return " ".join(letter.text.split())
