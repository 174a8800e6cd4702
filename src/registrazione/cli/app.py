"""The root of the commands: each is loaded when it is asked for, and errors become statuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from registrazione._version import __version__
from registrazione.cli.errors import Misuse, told

if TYPE_CHECKING:
    from registrazione.plugins import PluginCatalogue

INTERRUPTED = 130
"""Exit status after Ctrl-C: 128 and the number of SIGINT, as shells have it."""
UNREAD = 141
"""Exit status when nobody reads the output any more: 128 and the number of SIGPIPE."""

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "check": "registrazione.cli.check:check",
        "profiles": "registrazione.cli.profiles:profiles",
        "diagram": "registrazione.cli.diagram:diagram",
        "story": "registrazione.cli.story:story",
        "demo": "registrazione.cli.demo:demo",
        "accounts": "registrazione.cli.accounts:accounts",
        "deliver": "registrazione.cli.deliver:deliver",
        "expire": "registrazione.cli.timers:expire",
        "warn": "registrazione.cli.timers:warn",
        "cancel-unused": "registrazione.cli.timers:cancel_unused",
        "migrate": "registrazione.cli.migrate:migrate",
        "re-encrypt": "registrazione.cli.re_encrypt:command",
        "plugins": "registrazione.cli.plugins:plugins",
        "conformance": "registrazione.cli.conformance:conformance",
        "saml-keys": "registrazione.cli.saml:keys",
        "saml-metadata": "registrazione.cli.saml:metadata",
    }
)
"""Where each command is. One whose module is not installed is not offered."""

_CATALOGUE = "registrazione.catalogue"


class Commands(click.Group):
    """The commands of this library, and those that plugins bring (``registrazione_commands``).

    Plugins are looked for when a name is none of the library's, and for the list of all.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, the library's own first; a broken plugin hides no other command."""
        names = [name for name in COMMANDS if _module(name)]
        try:
            brought = _catalogue(ctx).names(_port())
        except Exception as error:
            if (reason := told(error)) is None:
                raise
            click.echo(f"Plugins are left out: {reason.message}", err=True)
            return names
        for name in brought:
            try:
                self._brought(ctx, name)
            except Misuse as reason:
                click.echo(f"Left out: {reason.message}", err=True)
            else:
                names.append(name)
        return names

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; ``None`` if nobody has one of that name."""
        module = _module(cmd_name)
        if module is None:
            return self._brought(ctx, cmd_name)
        attribute = COMMANDS[cmd_name].partition(":")[2]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is asked for.

        Raises:
            UsageError: There is none; where one has nearly that name, it is named.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            # click looks among commands that are loaded, and these are not yet.
            near = get_close_matches(args[0], self.list_commands(ctx), 1)
            if not near:
                raise
            message = f"No such command {args[0]!r}. Did you mean {near[0]!r}?"
            raise click.UsageError(message, ctx) from error

    def _brought(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a plugin's command.

        Raises:
            Misuse: The plugin hands over none.
        """
        catalogue = _catalogue(ctx)
        if name not in catalogue.names(_port()):
            return None
        try:
            command = catalogue.build(_port(), name)
        except Exception as error:
            raise Misuse(f"the plugin's command {name!r} cannot be made") from error
        if not isinstance(command, click.Command):
            raise Misuse(f"what the plugin brings as {name!r} is no command of click")
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; what the library raises becomes one clear line and a status."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except click.Abort as aborted:
            # A prompt turns Ctrl-C into this, and the end of its input as well.
            if isinstance(aborted.__context__, KeyboardInterrupt):
                _interrupted(ctx)
            raise
        except KeyboardInterrupt:
            _interrupted(ctx)
        except BrokenPipeError:
            _drop_output()
            ctx.exit(UNREAD)
        except Exception as error:
            if (reason := told(error)) is None:
                raise
            raise reason from error
        return result


def _module(name: str) -> str | None:
    """Return the module of one of the library's own commands, if it is installed."""
    module = COMMANDS.get(name, "").partition(":")[0]
    return module if module and find_spec(module) else None


def _catalogue(ctx: click.Context) -> PluginCatalogue:
    """Return the catalogue with every plugin in it; it is made once for each run."""
    from registrazione.plugins import PluginCatalogue

    meta = ctx.find_root().meta
    if _CATALOGUE not in meta:
        catalogue = PluginCatalogue()
        catalogue.load_all()
        meta[_CATALOGUE] = catalogue
    found: PluginCatalogue = meta[_CATALOGUE]
    return found


def _port() -> Any:  # noqa: ANN401 - the port's own type is that of a click command
    """Return the port that plugins fill with commands."""
    from registrazione.plugins import COMMAND

    return COMMAND


def _interrupted(ctx: click.Context) -> NoReturn:
    """Leave, with the terminal's next prompt on a line of its own."""
    click.echo(err=True)
    ctx.exit(INTERRUPTED)


def _drop_output() -> None:
    """Let what is still in the buffer go nowhere, so that the interpreter ends in silence."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 done, 1 something is not in order or was refused, 2 the command itself "
    "was misused, 130 interrupted with Ctrl-C, 141 nobody reads the output any more.",
)
@click.version_option(__version__, prog_name="registrazione")
def cli() -> None:
    """Run registration procedures, look at them, and check what people type.

    Begin with `registrazione profiles` and `registrazione profiles show NAME`; each command
    explains itself with --help.

    The commands that work on accounts take their settings from options or from the environment:
    REGISTRAZIONE_PROFILE, REGISTRAZIONE_STORAGE, REGISTRAZIONE_MAILER, REGISTRAZIONE_BASE_URL,
    and REGISTRAZIONE_SECRET_KEYS or REGISTRAZIONE_SECRET_KEYS_FILE.
    """
