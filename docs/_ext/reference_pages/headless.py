"""The JSON endpoints: the table that the paths are made of, and the statuses of refusals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registrazione.contrib.headless.bodies import Body
from registrazione.contrib.headless.endpoints import endpoints
from registrazione.contrib.headless.federation import OPERATIONS
from registrazione.contrib.headless.problems import STATUSES

from . import markdown
from .markdown import code, codes

ASKED_BY = {
    "nothing": "anybody, or proved by the body",
    "session": "holder",
    "operator": "operator",
    "either": "holder or operator",
}


def table() -> str:
    """Return a row for each endpoint."""
    return markdown.table(
        ["endpoint", "asked by", "body"],
        (
            (code(f"POST {each.path}"), ASKED_BY[each.proof], ", ".join(_properties(each)))
            for each in endpoints()
        ),
    )


def operations() -> str:
    """Return a row for each question to an identity provider."""
    return markdown.table(
        ["endpoint", "what it does", "body"],
        (
            (code(f"POST /{each.name}"), each.summary, ", ".join(_properties(each)))
            for each in OPERATIONS
        ),
    )


def _properties(body: Body) -> Iterator[str]:
    for each in body.inputs:
        yield f"**{code(each.name)}**" if each.required else code(each.name)


def statuses() -> str:
    """Return a row for each status, with the codes and families of codes that have it."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for name, status in STATUSES.items():
        by_status[status].append(name if "." in name else f"{name}.*")
    return markdown.table(
        ["status", "codes"],
        ((str(status), codes(names)) for status, names in sorted(by_status.items())),
    )
