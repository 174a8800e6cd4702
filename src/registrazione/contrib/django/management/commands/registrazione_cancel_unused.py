"""``manage.py registrazione_cancel_unused``."""

from __future__ import annotations

from typing import Any

from registrazione.contrib.django.management.base import RegistrarCommand
from registrazione.core.texts import Text
from registrazione.registrar import Registrar

_NONE = Text(
    "{profile} non cancella nessun account per mancato utilizzo.",
    "{profile} cancels no account for not being used.",
)


class Command(RegistrarCommand):
    """Cancel what nobody used for the procedure's time (UNI-19)."""

    help = "Cancel what nobody used for the procedure's time. Run it yearly."

    def add_arguments(self, parser: Any) -> None:  # noqa: ANN401 - Django has no types
        """Add the dry run."""
        super().add_arguments(parser)
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Only list the accounts that would be cancelled, one a line.",
        )

    def work(self, registrar: Registrar, **options: Any) -> None:  # noqa: ANN401 - as above
        """Make the round; one that is broken off is resumed by the next."""
        if registrar.profile.cancellation is None:
            self.say(_NONE, profile=registrar.profile.name)
            return
        dry_run: bool = options["dry_run"]
        report = registrar.cancel_unused(dry_run=dry_run, progress=self.seen())
        for account_id in report.accounts if dry_run else ():
            self.stdout.write(account_id)
        what = (
            Text("da cancellare", "to be cancelled") if dry_run else Text("cancellati", "cancelled")
        )
        self.say_round(report, what)
