"""Every refusal, warning and hint, from the catalogue itself."""

from __future__ import annotations

from collections.abc import Iterator

from registrazione.refusals import Entry, catalogue

from .markdown import code, table

TOPICS = {
    "registration": "Registering",
    "access": "Signing in, passwords, sessions",
    "recovery": "Getting back in",
    "enabling": "Enabling: the secretariat, the office, the personal code",
    "identity": "Identity providers: SPID, CIE and others",
    "application": "Applications",
    "data": "Personal data",
    "service": "Services and operation",
}
"""Headings, by the topics that a procedure's help routes are chosen by."""


def tables() -> str:
    """Return a table for each topic."""
    return "\n".join(_sections())


def _sections() -> Iterator[str]:
    entries = catalogue().values()
    unknown = {entry.topic for entry in entries} - TOPICS.keys()
    if unknown:
        raise ValueError(f"topics without a heading: {unknown}")
    for topic, heading in TOPICS.items():
        rows = [_row(entry) for entry in entries if entry.topic == topic]
        yield f"## {heading}\n\nTopic {code(topic)}.\n"
        yield table(["code", "Italian", "English"], rows)


def _row(entry: Entry) -> tuple[str, str, str]:
    return code(entry.code), entry.text.it, entry.text.en
