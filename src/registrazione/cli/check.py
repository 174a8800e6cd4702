"""``registrazione check``: one answer for each line, whatever comes in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import BufferedIOBase
from typing import cast

import click

from registrazione.cli.checking import KINDS, answer
from registrazione.cli.named import profile_named
from registrazione.core.texts import LANGUAGES

CHUNK = 1 << 16
"""Most bytes that are read at once; a pipe holds no more."""
LONGEST = 1 << 24
"""Bytes of a line that are kept; a longer one is malformed, and takes no more memory than this."""


def batches_of(stream: BufferedIOBase) -> Iterator[list[bytes]]:
    """Yield lines without their ends, as many at a time as have come; a too long one is empty."""
    parts: list[bytes] = []
    length = 0
    while chunk := stream.read1(CHUNK):
        first, *others = chunk.split(b"\n")
        length += len(first)
        if length <= LONGEST:
            parts.append(first)
        if others:
            *whole, last = others
            yield [_line(parts, length), *whole]
            parts, length = [last], len(last)
    if length:
        yield [_line(parts, length)]


def _line(parts: list[bytes], length: int) -> bytes:
    return b"".join(parts) if length <= LONGEST else b""


@click.command()
@click.argument("kind", type=click.Choice(tuple(KINDS)))
@click.option(
    "--profile",
    "name",
    metavar="NAME",
    default="standard",
    show_default=True,
    help="The procedure whose rules count; `registrazione profiles` lists them.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=LANGUAGES[0],
    show_default=True,
    help="Language of the messages.",
)
@click.pass_context
def check(ctx: click.Context, kind: str, name: str, language: str) -> None:
    """Check what people type, one JSON object a line.

    The lines come on standard input. For each of them, in order, one line goes out:

    \b
      {"ok": true, "normalised": "…" or null, "problems": [
        {"code": "…", "field": "…", "severity": "error", "message": "…"}]}

    "ok" is false if, and only if, a problem of severity "error" is there; "warning" and "info" are
    only to be shown. A line that is no JSON object has the problem "input.malformed".

    \b
    Keys read, those in brackets may be missing or null:
      password        password [password_again username email name surname
                      previous: a list of earlier passwords, the oldest first]
      codice-fiscale  cf [surname name sex (M, F) birth_date (ISO 8601)
                      birth_place (Belfiore code such as H501 or Z110)]
      email           email [email_again]
      username        username

    "normalised" is the code, address or username in its canonical form; a password is never shown.

    \b
    Example:
      echo '{"password": "Passw0rd"}' | registrazione check password --profile mim-students

    Exit status: 0 all lines are ok, 1 some are not, 2 the command was misused.
    """  # noqa: D301 - click looks for the character, not for its name
    profile = profile_named(name)
    chosen = KINDS[kind]
    output = sys.stdout.buffer
    encode = json.JSONEncoder(ensure_ascii=True).encode
    all_ok = True
    for lines in batches_of(cast("BufferedIOBase", sys.stdin.buffer)):
        for line in lines:
            found = answer(chosen, line, profile, language)
            all_ok = all_ok and found["ok"] is True
            output.write(encode(found).encode("ascii") + b"\n")
        # Whoever waits for an answer before sending the next line gets it.
        output.flush()
    ctx.exit(0 if all_ok else 1)
