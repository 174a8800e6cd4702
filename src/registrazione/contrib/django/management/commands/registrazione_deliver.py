"""``manage.py registrazione_deliver``."""

from __future__ import annotations

from itertools import count
from typing import Any

import attrs

from registrazione.contrib.django.languages import language
from registrazione.contrib.django.management.base import RegistrarCommand
from registrazione.core.texts import Text
from registrazione.registrar import Registrar

_OUTCOMES = {
    "sent": Text("spedite", "sent"),
    "void": Text("annullate", "void"),
    "postponed": Text("da ritentare", "to be tried again"),
    "dead": Text("abbandonate", "given up"),
    "overtaken": Text("prese da altri", "taken by others"),
}


class Command(RegistrarCommand):
    """Send the letters that are due."""

    help = "Send the letters that are due. Any number of these may run side by side."

    def add_arguments(self, parser: Any) -> None:  # noqa: ANN401 - Django has no types
        """Add how many."""
        super().add_arguments(parser)
        parser.add_argument("--most", type=int, metavar="N", help="Send at most so many letters.")

    def work(self, registrar: Registrar, **options: Any) -> None:  # noqa: ANN401 - as above
        """Send what is due now."""
        show, numbers = self.seen(), count(1)
        report = registrar.deliver_outbox(
            most=options["most"], progress=lambda _: show(next(numbers))
        )
        if self.stdout.isatty():
            self.stderr.write("")
        counts = attrs.asdict(report)
        said = [f"{counts[name]} {text.to(language())}" for name, text in _OUTCOMES.items()]
        self.stdout.write(", ".join(said))
