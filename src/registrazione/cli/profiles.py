"""``registrazione profiles``: the procedures there are, and what each of them asks of people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import attrs
import click

from registrazione.cli.named import profile_named
from registrazione.cli.output import RenderableType, box, show, table
from registrazione.core.profile import HelpRoute, Profile, Window
from registrazione.core.texts import LANGUAGES, Text
from registrazione.plugins import PROFILE, PluginCatalogue

Row = tuple[str, ...]

_PASSWORD_BOX = Text("Requisiti password", "Password requirements")
_CODE_BOX = Text("Requisiti codice personale", "Personal code requirements")

_LANGUAGE = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=LANGUAGES[0],
    show_default=True,
    help="Language of the procedure's own words.",
)


@click.group(invoke_without_command=True)
@click.pass_context
def profiles(ctx: click.Context) -> None:
    """List the procedures; `profiles show NAME` tells all of one."""
    if ctx.invoked_subcommand is not None:
        return
    catalogue = PluginCatalogue()
    catalogue.load_all()
    found = [catalogue.build(PROFILE, name) for name in catalogue.names(PROFILE)]
    rows = [(one.name, one.title.en, one.realm, _words(one.gates)) for one in found]
    show(table("", ("name", "title", "realm", "before activation"), rows))


@profiles.command("show")
@click.argument("name")
@_LANGUAGE
def show_profile(name: str, language: str) -> None:
    """Tell what the procedure NAME asks of people.

    Its pages and form, what stands before activation, the rules for passwords and personal codes,
    its services, its operators, its time limits, and where help is to be had.
    """
    profile = profile_named(name)
    show(
        f"{profile.title.to(language)} ({profile.name})",
        profile.description.to(language),
        "",
        table("Procedure", ("setting", "value"), _settings(profile, language)),
        table("Form", ("field", "label", "kind", "later changed by"), _form(profile, language)),
        *_boxes(profile, language),
        *_texts(profile, language),
        table("Time limits", ("what", "how long"), _lifetimes(profile)),
        table("Operators", ("may", "roles"), _duties(profile)),
    )


def _words(values: tuple[str, ...]) -> str:
    return ", ".join(values) or "-"


def _settings(profile: Profile, language: str) -> Iterator[Row]:
    """Yield what the procedure is made of."""
    yield "realm", profile.realm
    yield "pages", _words(profile.steps)
    if profile.notice is not None:
        yield "notice", profile.notice.to(language)
    yield "human check", _yes(profile.human_check)
    yield "codice fiscale", f"{profile.codice_fiscale}; compared: {profile.consistency}"
    yield "one account for each", _words(profile.unique)
    yield "before activation", _words(profile.gates)
    yield "username", profile.username
    yield "first password", profile.first_password
    yield "lost password", profile.reset
    federation = profile.federation
    yield "identity providers", _words(federation.providers)
    if federation.providers:
        yield "an identity passes", _words(federation.satisfies)
        yield "aligned by the person", _yes(federation.align)
        yield "afterwards by identity only", _yes(federation.only_afterwards)
        known = {"cf", "email", *(field.name for field in profile.form)}
        locked = tuple(name for name in federation.locked if name in known)
        yield "locked once it was told", _words(locked)
    yield "registration open", _window(profile.window)
    if profile.cancellation is not None:
        yield "cancelled if unused for", f"{profile.cancellation.years} calendar year(s)"
    for name in ("required", "excluded", "allowed", "preferred"):
        domains: frozenset[str] = getattr(profile.email, f"{name}_domains")
        if domains:
            yield f"{name} mail domains", _words(tuple(sorted(domains)))


def _yes(value: bool) -> str:  # noqa: FBT001 - a value to be written out, no switch
    return "yes" if value else "no"


def _window(window: Window) -> str:
    """Return from when until when something is open."""
    opens = [f"from {_moment(window.opens)}"] if window.opens else []
    closes = [f"until {_moment(window.closes)}"] if window.closes else []
    return " ".join((*opens, *closes)) or "always"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M %Z}"


def _form(profile: Profile, language: str) -> Iterator[Row]:
    """Yield the fields, the mandatory ones with their asterisk."""
    for field in profile.form:
        label = field.label.to(language) + (" *" if field.required else "")
        yield field.name, label, field.kind, field.editable


def _boxes(profile: Profile, language: str) -> Iterator[RenderableType]:
    """Yield the boxes of what a password and a personal code must be (MIM-37)."""
    yield box(_PASSWORD_BOX.to(language), profile.password.explain(language))
    if profile.personal_code is not None:
        yield box(_CODE_BOX.to(language), profile.personal_code.explain(language))


def _texts(profile: Profile, language: str) -> Iterator[RenderableType]:
    """Yield what people read and use: consents, services, help."""
    if profile.consents:
        rows = [
            (
                one.name,
                one.version,
                "read" if one.acknowledge else "accepted",
                one.text.to(language),
            )
            for one in profile.consents
        ]
        yield table("Consents", ("name", "version", "to be", "text"), rows)
    if profile.services:
        yield table(
            "Services",
            ("name", "title", "open", "for", "personal code", "external users"),
            _services(profile, language),
        )
    if profile.help:
        routes = [(topic, *_route(route, language)) for topic, route in profile.help.items()]
        yield table("Help, by kind of problem", ("problem", "where", "phone", "page"), routes)


def _services(profile: Profile, language: str) -> Iterator[Row]:
    for one in profile.services:
        whom = ", ".join(one.categories) or "all"
        code, external = _yes(one.personal_code), _yes(one.external)
        yield one.name, one.title.to(language), _window(one.window), whom, code, external


def _route(route: HelpRoute, language: str) -> Row:
    return route.text.to(language), route.phone, route.url


def _lifetimes(profile: Profile) -> Iterator[Row]:
    """Yield for how long things are good, and how often they may go wrong."""
    for name, length in attrs.asdict(profile.lifetimes).items():
        yield name, _length(length)
    limits = profile.limits
    yield "wrong passwords before a lock", f"{limits.attempts}, for {_length(limits.lock)}"
    yield "wrong personal codes before a block", str(limits.code_attempts)


def _length(length: timedelta) -> str:
    """Return a length of time in the largest unit that it is a whole number of."""
    units = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}
    for name, unit in units.items():
        if not length % unit:
            count = length // unit
            return f"{count} {name}{'' if count == 1 else 's'}"
    return str(length)


def _duties(profile: Profile) -> Iterator[Row]:
    for duty, roles in profile.duties.items():
        yield duty, _words(roles)
