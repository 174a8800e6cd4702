"""``manage.py registrazione_expire``."""

from __future__ import annotations

from registrazione.contrib.django.management.base import RegistrarCommand
from registrazione.core.texts import Text
from registrazione.registrar import Registrar


class Command(RegistrarCommand):
    """End what was not activated or used in time, and erase what ended long ago (UNI-06)."""

    help = "End what was not activated or used in time. Run it every few minutes."

    def work(self, registrar: Registrar, **_: object) -> None:
        """Make the round; one that is broken off is resumed by the next."""
        report = registrar.expire_due(self.seen())
        self.say_round(report, Text("conclusi", "done"))
