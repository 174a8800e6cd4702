"""A section for each procedure: its settings, its form, its machine, where it is dated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import attrs

from registrazione import diagrams
from registrazione.core.profile import Cancellation, Profile, Window
from registrazione.profiles import NAMES, load

from .dated import findings
from .markdown import code, codes, span, table, words, yes

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.md"
PREFIXES = {
    "mim-students": "MIM",
    "iscrizioni-online": "IOL",
    "istanze-online": "IST",
    "polis": "POL",
    "unimi-external": "UNI",
}
"""What the requirements of a procedure begin with; the neutral one has none of its own."""


def sections() -> str:
    """Return a section for each procedure that comes with the library."""
    return "\n".join(line for name in NAMES for line in _section(load(name)))


def _section(profile: Profile) -> Iterator[str]:
    yield f"## `{profile.name}`\n"
    yield f"*{profile.title.it}* · {profile.title.en}\n"
    yield f"{profile.description.en}\n"
    yield from _context(profile)
    yield "### Its settings\n"
    yield table(["setting", "value"], ((code(name), value) for name, value in _settings(profile)))
    yield "### Its form\n"
    yield table(
        ["field", "label", "kind", "must be filled in", "may be changed later by"], _form(profile)
    )
    if profile.consents:
        yield table(["text", "version", "words"], _consents(profile))
    yield "### Its passwords\n"
    yield "".join(f"- {line}\n" for line in profile.password.explain("en"))
    if profile.services:
        yield "### Its services\n"
        yield table(["service", "title", "open", "for"], _services(profile))
    yield "### Its account machine\n"
    yield f"```mermaid\n{diagrams.mermaid(profile, 'account')}```\n"
    yield "### Where it is dated\n"
    yield from _dated(profile)


def _context(profile: Profile) -> Iterator[str]:
    """Yield what the procedure's document says that no code can do."""
    prefix = PREFIXES.get(profile.name)
    if prefix is None:
        yield "It follows no document but today's standards.\n"
        return
    row = re.compile(rf"^\| ({prefix}-\d\d) \| ([RPC]) \| (.+) \|$", re.MULTILINE)
    found = row.findall(REQUIREMENTS.read_text(encoding="utf-8"))
    first, last = code(found[0][0]), code(found[-1][0])
    yield f"Its [requirements](../requirements.md) are {first} to {last}.\n"
    told = [f"- {code(name)}: {text}" for name, kind, text in found if kind == "C"]
    if told:
        yield "These of them are for people and not for code:\n"
        yield "\n".join(told) + "\n"


def _settings(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield every setting of the profile but those that have a table of their own."""
    yield "realm", code(profile.realm)
    yield "steps", ", ".join(words(step) for step in profile.steps)
    yield "human_check", yes(profile.human_check)
    yield "codice_fiscale", profile.codice_fiscale
    yield "consistency", profile.consistency
    yield "unique", codes(profile.unique)
    yield from _email(profile)
    yield "gates", ", then ".join(words(gate) for gate in profile.gates)
    yield "four_eyes", yes(profile.four_eyes)
    yield "username", words(profile.username)
    yield "first_password", words(profile.first_password)
    yield "password.history", str(profile.password.history)
    yield "reset", words(profile.reset)
    yield "personal_code", yes(profile.personal_code)
    yield from _federation(profile)
    yield "window", _window(profile.window)
    yield "external", yes(profile.external)
    yield "cancellation", _cancellation(profile.cancellation)
    for name, length in attrs.asdict(profile.lifetimes).items():
        yield f"lifetimes.{name}", span(length)
    for name, most in attrs.asdict(profile.limits).items():
        yield f"limits.{name}", str(most) if isinstance(most, int) else span(most)
    yield "help", codes(profile.help)
    yield "sender_name", profile.sender_name or profile.title.it


def _email(profile: Profile) -> Iterator[tuple[str, str]]:
    rules = profile.email
    yield "email.twice", yes(rules.twice)
    for name in ("required_domains", "excluded_domains", "preferred_domains"):
        domains = getattr(rules, name)
        if domains:
            yield f"email.{name}", codes(sorted(domains))


def _federation(profile: Profile) -> Iterator[tuple[str, str]]:
    federation = profile.federation
    yield "federation.providers", codes(federation.providers)
    if federation.providers:
        yield "federation.satisfies", ", ".join(words(gate) for gate in federation.satisfies)
        yield "federation.align", yes(federation.align)
        yield "federation.only_afterwards", yes(federation.only_afterwards)
        yield "federation.min_level", str(federation.min_level)
        known = {"cf", "email", *(field.name for field in profile.form)}
        yield "federation.locked", codes(name for name in federation.locked if name in known)


def _window(window: Window) -> str:
    told = [
        f"{word} {_moment(moment)}"
        for word, moment in (("from", window.opens), ("until", window.closes))
        if moment is not None
    ]
    return " ".join(told) or "always"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def _cancellation(cancellation: Cancellation | None) -> str:
    if cancellation is None:
        return "none"
    years = cancellation.years
    return f"after {years} calendar year{'s' * (years != 1)} without use"


def _form(profile: Profile) -> Iterator[tuple[str, ...]]:
    for field in profile.form:
        kind = words(field.kind)
        choices = f": {codes(field.choices)}" if field.choices else ""
        label = f"{field.label.it} · {field.label.en}"
        who = "nobody" if field.editable == "never" else str(field.editable)
        yield code(field.name), label, kind + choices, yes(field.required), who


def _consents(profile: Profile) -> Iterator[tuple[str, ...]]:
    for consent in profile.consents:
        kind = "acknowledged" if consent.acknowledge else "accepted"
        yield f"{code(consent.name)}, {kind}", consent.version, consent.text.it


def _services(profile: Profile) -> Iterator[tuple[str, ...]]:
    for service in profile.services:
        who = codes(service.categories) or "everybody"
        if not service.external:
            who = "people of the house"
        if service.personal_code:
            who += ", with the personal code enabled"
        yield code(service.name), service.title.it, _window(service.window), who


def _dated(profile: Profile) -> Iterator[str]:
    found = findings(profile)
    if not found:
        yield "Nowhere that we know of.\n"
        return
    yield table(
        ["setting", "what it says", "who says otherwise", "and asks for"],
        ((codes(f.setting.split(", ")), f.says, "; ".join(f.standards), f.instead) for f in found),
    )
