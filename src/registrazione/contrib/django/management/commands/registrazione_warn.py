"""``manage.py registrazione_warn``."""

from __future__ import annotations

from registrazione.contrib.django.management.base import RegistrarCommand
from registrazione.core.texts import Text
from registrazione.registrar import Registrar


class Command(RegistrarCommand):
    """Write to those whose password is about to expire (POL-17)."""

    help = "Write to those whose password is about to expire. Run it daily."

    def work(self, registrar: Registrar, **_: object) -> None:
        """Make the round; nobody is written to twice about the same password."""
        report = registrar.warn_expiring_passwords(self.seen())
        self.say_round(report, Text("avvisati", "written to"))
