"""Two or more commands at once, step by step: each waits where slow work would make it wait."""

from __future__ import annotations

from collections import deque
from typing import Any

import attrs
from tests.world import World

from registrazione import Answer, Refusal
from registrazione.core.commands import Command
from registrazione.core.questions import Question
from registrazione.service.perform import perform


@attrs.define
class Run:
    """A command on its way.

    Args:
        flow: What decides it.
        ports: Who answers.
    """

    flow: Any
    ports: Any
    waiting: Question[Any] | None = None
    outcome: Answer | Refusal | None = None

    def go_on(self) -> None:
        """Answer questions until the next one for the hasher, or to the end."""
        try:
            question = self.waiting
            while True:
                question = next(self.flow) if question is None else self._answered(question)
                if question.port == "hasher":
                    self.waiting = question
                    return
        except StopIteration as stop:
            self.outcome = stop.value
        except Refusal as refused:
            self.outcome = refused

    def _answered(self, question: Question[Any]) -> Question[Any]:
        method = getattr(getattr(self.ports, question.port), question.method)
        try:
            answer = method(*question.arguments())
        except Exception as error:  # noqa: BLE001 - the flow decides what it means
            return self.flow.throw(error)
        return self.flow.send(answer)


def at_once(world: World, *commands: Command) -> list[Answer | Refusal]:
    """Carry out commands in turns, a slow hash each, and return how each of them ended."""
    now, parts = world.clock.now(), world.registrar.parts
    runs = [Run(perform(command, world.profile, now), parts) for command in commands]
    waiting = deque(runs)
    while waiting:
        run = waiting.popleft()
        run.go_on()
        if run.outcome is None:
            waiting.append(run)
    return [run.outcome for run in runs if run.outcome is not None]


def codes_of(outcomes: list[Answer | Refusal]) -> list[str]:
    """Return the codes of those that were refused; nothing for an answer."""
    return sorted(outcome.code for outcome in outcomes if isinstance(outcome, Refusal))
