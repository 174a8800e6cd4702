"""The hooks with their examples, and the back-ends that come with the library."""

from __future__ import annotations

import inspect
import textwrap
from collections import defaultdict

from registrazione.plugins import PORTS, PluginCatalogue, Port, hookspecs

from .markdown import code, codes, prose, table

CHOSEN_BY = {
    "registrazione_stores": "the setting `storage`",
    "registrazione_mailers": "the setting `mailer`",
    "registrazione_identity_providers": "the setting `identity_providers`",
    "registrazione_password_rules": "the setting `password_rules`; all of `plugins` are asked",
    "registrazione_human_checks": "the setting `human_check`",
    "registrazione_profiles": "the setting `profile`",
    "registrazione_observers": "the setting `observers`; all of `plugins` are told",
    "registrazione_commands": "being installed: the command line takes all of them",
}


def hooks() -> str:
    """Return a section for each hook: what it is for, and an example.

    Raises:
        KeyError: Nobody has said how what comes in by a hook is chosen.
    """
    return "\n".join(_section(port) for port in PORTS)


def _section(port: Port[object]) -> str:
    documented = inspect.getdoc(getattr(hookspecs, port.hook)) or ""
    text, _, example = documented.partition("Example::")
    return "\n".join(
        [
            f"## `{port.hook}`\n",
            f"{prose(text.strip())}\n",
            f"What comes in is chosen by {CHOSEN_BY[port.hook]}.\n",
            f"```python\n{textwrap.dedent(example).strip()}\n```\n",
        ]
    )


def back_ends() -> str:
    """Return the names that can be used without any plugin."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in PluginCatalogue(environ={}).list():
        names[row.hook].append(row.name)
    return table(
        ["port", "hook", "there already"],
        ((port.name, code(port.hook), codes(names[port.hook])) for port in PORTS),
    )
