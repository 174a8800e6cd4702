"""The command line, as it tells itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from .markdown import code, prose, table


def pages() -> str:
    """Return a section for each command of ``registrazione``."""
    from registrazione.cli.app import cli  # noqa: PLC0415 - its libraries are an extra

    return "\n".join(_sections(cli, context_of(cli, "registrazione"), 2))


def _sections(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    path = context.command_path
    yield f"{'#' * level} `{path}`\n"
    yield from (_paragraph(text) for text in inspect.cleandoc(command.help or "").split("\n\n"))
    if not isinstance(command, click.Group):
        usage = " ".join(command.collect_usage_pieces(context))
        yield f"```text\n{path} {usage}\n```\n"
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    if options:
        yield table(["option", "what it does"], (_option(option) for option in options))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                below = context_of(inner, name, context)
                yield from _sections(inner, below, min(level + 1, 4))


def _paragraph(text: str) -> str:
    """Return a paragraph of help; click marks with a backspace those whose lines must stay."""
    mark, _, lines = text.partition("\n")
    if mark.strip() in {"\b", r"\b"}:
        return f"```text\n{lines}\n```\n"
    return f"{prose(text)}\n"


def _option(option: click.Option) -> tuple[str, str]:
    names = ", ".join((*option.opts, *option.secondary_opts))
    return code(names), prose(option.help or "")


def context_of(
    command: click.Command, name: str, parent: click.Context | None = None
) -> click.Context:
    """Return a context as a run would make it: a command remembers its first one's help option."""
    return click.Context(command, info_name=name, parent=parent, **command.context_settings)
