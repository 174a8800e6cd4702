"""The settings of the commands that work on accounts, and the registrar made of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import reduce, wraps
from pathlib import Path
from typing import Any

import attrs
import click

from registrazione.assembly import assemble
from registrazione.cli.errors import Misuse
from registrazione.cli.project import load_project
from registrazione.core.commands import Operator
from registrazione.core.profile import Profile, Role
from registrazione.core.refusals import Refusal
from registrazione.core.texts import LANGUAGES
from registrazione.refusals import help_for, text_of
from registrazione.registrar import Registrar
from registrazione.settings import Settings
from registrazione.stories.settings import BASE_URL, DATABASE, KEYS

KEYS_VARIABLE = "REGISTRAZIONE_SECRET_KEYS"
"""Environment variable: the secret keys, the newest first, separated by spaces or lines."""


_STORY = f"sqlite:///{DATABASE}"
"""Where stories are played, if nothing else is said."""


@attrs.frozen
class Desk:
    """What an operator's command works with.

    Args:
        registrar: The registrar.
        language: ``it`` or ``en``, for what comes from the library's catalogues.
    """

    registrar: Registrar
    language: str

    @property
    def profile(self) -> Profile:
        """Return the procedure."""
        return self.registrar.profile


_Decorator = Callable[[Callable[..., None]], Callable[..., None]]


class _Setting(click.Option):
    """An option that may be left out in a folder where stories were played.

    Args:
        in_story: What the stories were played with.
    """

    def __init__(self, *names: Any, in_story: str, **more: Any) -> None:  # noqa: ANN401 - click's
        super().__init__(*names, **more)
        self._in_story = in_story

    def get_default(self, ctx: click.Context, call: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002 - click's
        """Return what the stories were played with, where they were."""
        return self._in_story if Path(DATABASE).is_file() else super().get_default(ctx, call)


def _setting(name: str, metavar: str, explanation: str, in_story: str) -> _Decorator:
    """Return a mandatory option that the environment, or a story played here, may give as well."""
    return click.option(
        f"--{name}",
        metavar=metavar,
        required=True,
        cls=_Setting,
        in_story=in_story,
        envvar=f"REGISTRAZIONE_{name.replace('-', '_').upper()}",
        show_envvar=True,
        help=explanation,
    )


_OPTIONS = (
    _setting(
        "profile", "NAME", "The procedure; `registrazione profiles` lists them.", "mim-students"
    ),
    _setting("storage", "URL", "Where the accounts are, such as sqlite:///accounts.db.", _STORY),
    _setting(
        "mailer",
        "URL",
        "Where letters go, such as smtp://localhost:1025 or file://outbox.",
        "console://",
    ),
    _setting(
        "base-url", "URL", "Where the pages are; every link in a letter begins with it.", BASE_URL
    ),
    click.option(
        "--secret-keys-file",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar=f"{KEYS_VARIABLE}_FILE",
        show_envvar=True,
        help=f"One secret key a line, the newest first. Without it, {KEYS_VARIABLE} holds them, "
        "between spaces. "
        "No key is ever given as an option: others could read it in the list of processes.",
    ),
    click.option(
        "--encrypt/--no-encrypt",
        default=None,
        envvar="REGISTRAZIONE_ENCRYPT",
        show_envvar=True,
        help="Whether personal data are encrypted in the store, as in the portal's own setting; "
        "by default they are.",
    ),
    click.option(
        "--sender",
        metavar="ADDRESS",
        default="",
        envvar="REGISTRAZIONE_SENDER",
        show_envvar=True,
        help="Address that letters come from; by default noreply@ the host of --base-url.",
    ),
    click.option(
        "--templates",
        metavar="FOLDER",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        envvar="REGISTRAZIONE_TEMPLATES",
        show_envvar=True,
        help="Folder with letters of your own; may be given several times.",
    ),
    click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default=LANGUAGES[0],
        show_default=True,
        envvar="REGISTRAZIONE_LANGUAGE",
        show_envvar=True,
        help="Language of refusals.",
    ),
)
_OPENING = (
    "profile",
    "storage",
    "mailer",
    "base_url",
    "secret_keys_file",
    "encrypt",
    "sender",
    "templates",
    "language",
)


def with_desk(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a registrar, and as its first argument a :class:`Desk`."""
    return _with_desk(function, look=True)


def with_desk_on_anything(function: Callable[..., None]) -> Callable[..., None]:
    """Do the same, whether or not the settings fit what is in the store."""
    return _with_desk(function, look=False)


def _with_desk(function: Callable[..., None], *, look: bool) -> Callable[..., None]:
    @wraps(function)
    def command(**options: Any) -> None:  # noqa: ANN401 - whatever the command's own options are
        with desk_of(**{name: options.pop(name) for name in _OPENING}, look=look) as desk:
            function(desk, **options)

    return _with_options(command, _OPTIONS)


def _with_options(
    function: Callable[..., None], options: Iterable[_Decorator]
) -> Callable[..., None]:
    """Add options, so that the first of them is the first that ``--help`` shows."""
    return reduce(lambda made, option: option(made), reversed(tuple(options)), function)


@contextmanager
def desk_of(
    *,
    profile: str,
    storage: str,
    mailer: str,
    base_url: str,
    secret_keys_file: Path | None,
    encrypt: bool | None,
    sender: str,
    templates: tuple[Path, ...],
    language: str,
    look: bool = True,
) -> Generator[Desk]:
    """Open a registrar, and tell refusals in words; ``look`` as in ``assemble``.

    Raises:
        Misuse: A setting cannot be used.
        ClickException: A command was refused.
    """
    try:
        load_project(storage, mailer)
        settings = Settings(
            profile=profile,
            storage=storage,
            mailer=mailer,
            base_url=base_url,
            secret_keys=[*KEYS] if storage == _STORY else secret_keys(secret_keys_file),
            encrypt=encrypt,
            sender=sender,
            templates=templates,
            # A mistyped path would make a new database, with nobody in it.
            options={"create": False},
            # No stranger comes this way, and nobody registers.
            human_check="none",
        )
        registrar = Registrar(assemble(settings, look=look))
    except ValueError as error:
        raise Misuse(f"{error}{_advice(error, secret_keys_file)}") from None
    with registrar, told_in(language, registrar.profile):
        yield Desk(registrar, language)


def _advice(error: ValueError, file: Path | None) -> str:
    """Return what to do about a key that has spaces, and fell into pieces in the environment."""
    if file is not None or not str(error).startswith("secret_keys["):
        return ""
    count = len(os.environ.get(KEYS_VARIABLE, "").split())
    return f"; {KEYS_VARIABLE} holds {count} keys, between spaces" if count > 1 else ""


def secret_keys(file: Path | None) -> list[str]:
    """Return the secret keys, the newest first.

    Args:
        file: Holds one a line; ``None``: the environment holds them.

    Raises:
        Misuse: There are none. The text shows no key.
    """
    if file is not None:
        keys = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    else:
        keys = os.environ.get(KEYS_VARIABLE, "").split()
    if not any(keys):
        raise Misuse(
            f"there are no secret keys: give --secret-keys-file FILE with one a line, or set "
            f"{KEYS_VARIABLE}"
        )
    return [key for key in keys if key]


@contextmanager
def told_in(language: str, profile: Profile) -> Generator[None]:
    """Turn a refusal into its words, with where help is to be had (POL-16)."""
    try:
        yield
    except Refusal as refused:
        lines = [f"{text_of(found, language)} [{found.code}]" for found in refused.faults]
        route = help_for(refused.faults[0], profile)
        if route is not None:
            lines.append(" ".join(filter(None, (route.text.to(language), route.phone, route.url))))
        raise click.ClickException("\n".join(lines)) from None


_OPERATOR_OPTIONS = (
    click.option(
        "--operator-id",
        metavar="ID",
        required=True,
        envvar="REGISTRAZIONE_OPERATOR_ID",
        show_envvar=True,
        help="Who acts, for the audit trail: an identifier, no name and no address.",
    ),
    click.option(
        "--role",
        required=True,
        type=click.Choice([str(role) for role in Role]),
        envvar="REGISTRAZIONE_ROLE",
        show_envvar=True,
        help="What the operator is; the procedure says what that role may do.",
    ),
    click.option(
        "--office",
        metavar="CODE",
        default="",
        envvar="REGISTRAZIONE_OFFICE",
        show_envvar=True,
        help="School or office of the operator, such as its codice meccanografico.",
    ),
)


def with_operator(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command of :func:`with_desk` the operator who asks, as its second argument."""

    @wraps(function)
    def command(desk: Desk, **options: Any) -> None:  # noqa: ANN401 - as above
        operator = Operator(
            id=options.pop("operator_id"),
            role=Role(options.pop("role")),
            office=options.pop("office"),
        )
        function(desk, operator, **options)

    return _with_options(command, _OPERATOR_OPTIONS)
