"""The table of the site's addresses: which handler answers which."""

from __future__ import annotations

import re

import attrs

from registrazione.contrib.web.visit import Handler

_PARAMETER = re.compile(r"<(path:)?(\w+)>")


def _pattern_of(path: str) -> re.Pattern[str]:
    """Return what fits a path, whatever stands in the places of its parameters.

    What begins with ``path:`` may hold slashes, as in Flask and Django.
    """

    def place(found: re.Match[str]) -> str:
        return f"(?P<{found[2]}>{'.+' if found[1] else '[^/]+'})"

    return re.compile(_PARAMETER.sub(place, path))


@attrs.frozen
class Route:
    """One address, or all of one shape.

    Args:
        path: Below the site, such as ``/activate/<token>``.
        get: Answers GET and HEAD, and changes nothing.
        post: Answers POST; ``None``: nothing can be sent there.
        foreign: Whether other sites may post here, as an identity provider does.
    """

    path: str
    get: Handler | None = None
    post: Handler | None = None
    foreign: bool = False
    pattern: re.Pattern[str] = attrs.field(
        init=False,
        repr=False,
        eq=False,
        default=attrs.Factory(lambda self: _pattern_of(self.path), takes_self=True),
    )

    def methods(self) -> tuple[str, ...]:
        """Return the methods that are answered."""
        return (*(("GET", "HEAD") if self.get else ()), *(("POST",) if self.post else ()))


@attrs.frozen
class Routes:
    """All addresses of a site.

    Args:
        table: In order; the first that fits counts.
    """

    table: tuple[Route, ...]

    def find(self, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route of a path with the parts of the path that it names."""
        for route in self.table:
            found = route.pattern.fullmatch(path)
            if found is not None:
                return route, found.groupdict()
        return None
