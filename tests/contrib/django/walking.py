"""The steps of a registration, with whatever registrar a project has."""

from __future__ import annotations

from tests.world import World


class Walk(World):
    """The small world of the other tests, around a registrar that is there already.

    Args:
        profile: The procedure of that registrar.
        registrar: What carries the steps out.
    """

    def __init__(self, profile, registrar):
        """Open nothing."""
        self.opener = _Opened(registrar)
        super().__init__(profile)


class _Opened:
    def __init__(self, registrar):
        self._registrar = registrar

    def open(self, **_):
        """Return what is there."""
        return self._registrar
