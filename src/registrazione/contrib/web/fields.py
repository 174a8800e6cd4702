"""The fields of a page's forms, as data."""

from __future__ import annotations

from enum import StrEnum
from itertools import groupby

import attrs


class InputType(StrEnum):
    """How a field is drawn."""

    TEXT = "text"
    EMAIL = "email"
    TEL = "tel"
    DATE = "date"
    PASSWORD = "password"  # noqa: S105 - a kind of field, not a secret
    SELECT = "select"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    TEXTAREA = "textarea"
    SEARCH = "search"
    HUMAN = "human"
    """The human check, drawn after its challenge (MIM-12)."""


@attrs.frozen(kw_only=True)
class Option:
    """One choice of a field.

    Args:
        value: What is sent.
        label: What is read.
        selected: Whether it is chosen.
        group: What it is listed under; options of one group follow each other.
    """

    value: str
    label: str
    selected: bool = False
    group: str = ""


@attrs.frozen(kw_only=True)
class OptionGroup:
    """Choices that are listed under one word.

    Args:
        label: The word; empty where there is none.
        options: The choices.
    """

    label: str
    options: tuple[Option, ...]


@attrs.frozen(kw_only=True)
class Challenge:
    """What the human check needs to be drawn (MIM-12).

    Args:
        kind: ``tick_box``, ``question``, ``altcha`` or ``widget``.
        name: Name of the input that the visitor answers in.
        hidden: Names and values of hidden inputs.
        trap: Name of an input that people leave empty; empty: there is none.
        question: What is asked.
        task: The script's task, as JSON.
        texts: What the script says, as names and values of ``data-`` attributes.
        script: Address of a third party's script.
        site_key: The third party's public key.
        css_class: Class that the third party's script looks for.
        without_script: What is drawn where no script runs.
    """

    kind: str = "tick_box"
    name: str = "human_response"
    hidden: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    trap: str = ""
    question: str = ""
    task: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    script: str = ""
    site_key: str = ""
    css_class: str = ""
    without_script: Challenge | None = None


@attrs.frozen(kw_only=True)
class Field:
    """One field of a form.

    Args:
        name: What it is sent as.
        label: What stands beside it.
        type: How it is drawn.
        value: What it holds; never a password. Anything in a single tick box ticks it.
        required: Whether it carries the asterisk (MIM-22).
        readonly: Whether it is shown and cannot be changed (MIM-13).
        hint: What stands under it.
        placeholder: The first, empty choice of a list.
        faults: What was wrong with what was typed.
        warnings: What should be looked at once more.
        autocomplete: Token of the HTML attribute.
        inputmode: Which keyboard a phone shows.
        spelling: Whether the browser may correct and capitalise.
        max_length: In characters; 0: not said.
        options: Choices.
        data: ``data-`` attributes, for what scripts add.
        requirements: Lines of the box "Requisiti password" (MIM-37).
        rules: The same for scripts, as JSON.
        challenge: What the human check needs to be drawn.
        told_as: Name of the field in faults, where it is another.
    """

    name: str
    label: str
    type: InputType = InputType.TEXT
    value: str = attrs.field(default="", repr=False)
    required: bool = False
    readonly: bool = False
    hint: str = ""
    placeholder: str = ""
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    autocomplete: str = ""
    inputmode: str = ""
    spelling: bool = False
    max_length: int = 0
    options: tuple[Option, ...] = ()
    data: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    requirements: tuple[str, ...] = ()
    rules: str = ""
    challenge: Challenge = Challenge()
    told_as: str = ""

    @property
    def id(self) -> str:
        """Return the element's id, which faults in the summary lead to."""
        return f"field-{self.name.replace('_', '-')}"

    @property
    def limit(self) -> str:
        """Return the longest text as digits, which no template engine groups by thousands."""
        return str(self.max_length) if self.max_length else ""

    @property
    def groups(self) -> tuple[OptionGroup, ...]:
        """Return the choices, those under one word together."""
        return tuple(
            OptionGroup(label=label, options=tuple(options))
            for label, options in groupby(self.options, key=lambda option: option.group)
        )

    @property
    def described_by(self) -> str:
        """Return the ids of what describes the field, for ``aria-describedby``."""
        parts = (
            ("hint", self.hint),
            ("requirements", self.requirements),
            ("faults", self.faults),
            ("warnings", self.warnings),
        )
        return " ".join(f"{self.id}-{name}" for name, there in parts if there)

    @property
    def template(self) -> str:
        """Return the template that draws it."""
        drawn = {
            InputType.SELECT: "select",
            InputType.RADIO: "radio",
            InputType.CHECKBOX: "checkbox",
            InputType.TEXTAREA: "textarea",
            InputType.HUMAN: "human",
        }
        return f"registrazione/fields/{drawn.get(self.type, 'input')}.html"
