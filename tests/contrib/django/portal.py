"""A portal embedded in the project of these tests, whose settings are its own."""

from __future__ import annotations

from contextlib import contextmanager

from django.test import override_settings
from tests.contrib.django.project import empty as _the_project_is_set_up
from tests.world import World

from registrazione.contrib.django.conf import get_registrar

assert _the_project_is_set_up


class _Project:
    """Opens nothing: the project's own registrar is asked."""

    @staticmethod
    def open(**_):
        return None


class Portal(World):
    """The small world of the other tests, with ``REGISTRAZIONE`` in place of ``open``.

    While it is entered, the settings of the project are those of the portal.
    """

    opener = _Project

    def __init__(self, profile="unimi-external", **settings):
        """Write the settings down."""
        super().__init__(profile, **{"storage": "django://", "observers": [], **settings})
        self._overridden = override_settings(REGISTRAZIONE=self.settings)

    def __enter__(self):
        self._overridden.enable()
        return self

    def __exit__(self, *_):
        self._overridden.disable()

    @property
    def registrar(self):
        """The registrar of the project."""
        return get_registrar()

    @registrar.setter
    def registrar(self, _):
        """Take what was opened, which is nothing."""


@contextmanager
def events_told():
    """Collect the signals that are sent."""
    from registrazione.contrib.django.signals import happened

    told = []

    def receive(**given):
        told.append({k: v for k, v in given.items() if k != "signal"})

    happened.connect(receive, weak=False)
    yield told
    happened.disconnect(receive)


class Undone(Exception):  # noqa: N818 - as a driver has it
    """What a driver says of a transaction that was undone for another's sake."""

    sqlstate = "40P01"
