"""What the commands have in common: a procedure, a language, and how far they have got."""
# mypy: disable-error-code="import-untyped,misc,valid-type"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.management import base
from django.utils import translation

from registrazione.contrib.django.conf import get_registrar
from registrazione.contrib.django.languages import language
from registrazione.core.texts import Text
from registrazione.errors import PluginError, Refusal, SettingsError, StoreError
from registrazione.registrar import Registrar
from registrazione.service.rounds import RoundReport

# To type checkers a class of an untyped package is one of which only this is known.
if TYPE_CHECKING:

    class _Command:
        stdout: Any
        stderr: Any

        def add_arguments(self, parser: object) -> None: ...

else:
    _Command = base.BaseCommand

LOOKED_AT = Text("{seen} esaminati, {done} {what}", "{seen} looked at, {done} {what}")


class RegistrarCommand(_Command):
    """A command about one procedure, in the language that the project is in."""

    def add_arguments(self, parser: Any) -> None:  # noqa: ANN401 - Django has no types
        """Add the name of the procedure, and the language."""
        parser.add_argument(
            "--procedure", default="", help="Its name in REGISTRAZIONE['procedures']."
        )
        parser.add_argument("--language", choices=["it", "en"], help="What is printed comes in it.")

    def handle(self, *_: object, **options: Any) -> None:  # noqa: ANN401 - as above
        """Do the work, and say what went wrong in one line."""
        with translation.override(options["language"] or language()):
            try:
                self.work(get_registrar(options["procedure"]), **options)
            except Refusal as refused:
                # Whoever sits at the machine wants to know what the public is not told.
                raise base.CommandError(str(refused.__cause__ or refused)) from None
            except (SettingsError, PluginError, StoreError) as error:
                raise base.CommandError(str(error)) from None

    @abstractmethod
    def work(self, registrar: Registrar, **options: Any) -> None:  # noqa: ANN401 - as above
        """Do what the command is for."""

    def say(self, text: Text, **values: object) -> None:
        """Print a line in the language that is active."""
        self.stdout.write(text.to(language()).format(**values))

    def seen(self) -> Callable[[int], None]:
        """Return what shows how many there are by now, where somebody is watching."""
        shown = self.stdout.isatty()

        def show(count: int) -> None:
            if shown:
                self.stderr.write(f"\r{count}", ending="")
                self.stderr.flush()

        return show

    def say_round(self, report: RoundReport, what: Text) -> None:
        """Print what a round did."""
        if self.stdout.isatty():
            self.stderr.write("")
        said = what.to(language())
        self.say(LOOKED_AT, seen=report.seen, done=report.done, what=said)
