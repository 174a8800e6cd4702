"""The command line, as it tells itself."""

from __future__ import annotations

from collections.abc import Iterator

import click

from .markdown import code, prose, table


def pages() -> str:
    """Return a section for each command of ``registrazione``."""
    from registrazione.cli import main  # noqa: PLC0415 - its libraries are an extra

    return "\n".join(_sections(main, "registrazione", 2))


def _sections(command: click.Command, path: str, level: int) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    yield f"{'#' * level} `{path}`\n"
    yield f"{prose((command.help or '').replace(chr(8), '').strip())}\n"
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"```text\n{path} {usage}\n```\n"
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    if options:
        yield table(
            ["option", "what it does"],
            ((code(", ".join(option.opts)), option.help or "") for option in options),
        )
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _sections(inner, f"{path} {name}", min(level + 1, 4))
