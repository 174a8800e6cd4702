"""``manage.py registrazione_check``."""

from __future__ import annotations

from registrazione.contrib.django.management.base import RegistrarCommand
from registrazione.core.texts import Text
from registrazione.registrar import Registrar

_WELL = Text(
    "{profile}: il registro si apre, e la base di dati risponde con le chiavi configurate.",
    "{profile}: the registrar opens, and the database answers to the keys that are set.",
)
_LETTERS = Text(
    "Lettere in attesa: {queued}. Lettere abbandonate: {dead}.",
    "Letters that wait: {queued}. Letters given up: {dead}.",
)


class Command(RegistrarCommand):
    """Open what the settings say, and see whether the store answers."""

    help = "Open what the settings say, and see whether the store answers: beyond `check`."

    def work(self, registrar: Registrar, **_: object) -> None:
        """Ask the store for its tables, and for an account that the keys open."""
        check = getattr(registrar.parts.store, "check", None)
        if check is not None:
            check()
        registrar.accounts(limit=1)
        self.say(_WELL, profile=registrar.profile.name)
        metrics = registrar.outbox_metrics()
        self.say(_LETTERS, queued=metrics.queued, dead=metrics.dead)
