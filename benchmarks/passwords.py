"""What judging and changing a password costs.

Run it with ``python benchmarks/passwords.py [passwords]``. First the rules of a procedure on many
passwords, and zxcvbn on as many, in turns; then a change of password with a history of five, in
slow hashes and in time. The figures are CPU time.
"""

from __future__ import annotations

import random
import string
import sys
import time
from collections.abc import Callable, Sequence

from zxcvbn import zxcvbn

from registrazione import Registrar
from registrazione.adapters.argon2 import Argon2Hasher
from registrazione.core.secret import Secret
from registrazione.profiles import load
from registrazione.testing.fakes import FastHasher, RecordingMailer

PERSON = {
    "username": "mario.rossi",
    "email": "mario@example.it",
    "name": "Mario",
    "surname": "Rossi",
}
PARTS = 10
FORM = {
    **PERSON,
    "password": "Password0",
    "password_again": "Password0",
    "birth_date": "1980-01-01",
    "birth_place": "H501",
    "sex": "M",
    "phone": "+39 333 1234567",
}


def some_passwords(count: int) -> list[str]:
    """Return passwords of the kinds that people type, the same in every run."""
    draw = random.Random(2026)  # noqa: S311 - a sample, no secret
    words = ("Scuola", "Roma", "estate", "Istruzione", "gatto", "Milano", "password")
    signs = string.ascii_letters + string.digits + "!@#$%"
    kinds: Sequence[Callable[[], str]] = (
        lambda: f"{draw.choice(words)}{draw.randint(1950, 2026)}",
        lambda: "".join(draw.choices(signs, k=draw.randint(6, 14))),
        lambda: " ".join(draw.choices(words, k=4)),
    )
    return [kinds[number % len(kinds)]() for number in range(count)]


def cost(action: Callable[[str], object], passwords: Sequence[str]) -> float:
    """Return the CPU seconds of an action on each of the passwords."""
    start = time.process_time()
    for password in passwords:
        action(password)
    return time.process_time() - start


def compare(count: int) -> None:
    """Check the passwords and estimate them, in turns, and print both."""
    policy = load("mim-students").password
    passwords = some_passwords(count)
    ours = theirs = 0.0
    zxcvbn(passwords[0])  # its word lists are read with the first call
    for start in range(0, count, max(1, count // PARTS)):
        part = passwords[start : start + max(1, count // PARTS)]
        ours += cost(
            lambda text: policy.check(text, again=text, previous=["Password1"], **PERSON), part
        )
        theirs += cost(lambda text: zxcvbn(text, user_inputs=list(PERSON.values())), part)
    print(f"{count} passwords\n")
    print(f"{'CPU s':>8}  {'µs each':>8}")
    print(f"{ours:8.3f}  {ours / count * 1e6:8.1f}  rules of mim-students")
    print(f"{theirs:8.3f}  {theirs / count * 1e6:8.1f}  zxcvbn")
    print(f"\nzxcvbn takes {theirs / ours:.0f} times as long\n")


def change(hasher: FastHasher) -> list[int]:
    """Change a password seven times, and return the slow hashes of each change."""
    mailer = RecordingMailer()
    registrar = Registrar.open(
        profile="unimi-external",
        storage="memory://",
        mailer=mailer,
        secret_keys=["k" * 32],
        base_url="https://example.it",
        hasher=hasher,
    )
    page = registrar.fill(registrar.begin().draft, FORM)
    confirmed = registrar.confirm(page.draft)
    registrar.deliver_outbox()
    text = mailer.sent[0].message.get_body(["plain"]).get_content()
    registrar.activate(text.split("/activate/")[1].split()[0], ticket=confirmed.ticket)
    session = registrar.sign_in(PERSON["username"], "Password0").session
    spent: list[int] = []
    for number in range(7):
        before = hasher.evaluations
        new = f"Password{number + 1}"
        registrar.change_password(session, f"Password{number}", new, new)
        spent.append(hasher.evaluations - before)
    return spent


def main(count: int) -> None:
    """Print both comparisons."""
    compare(count)
    spent = change(FastHasher())
    hasher = Argon2Hasher()
    hasher.hash(Secret("warm"))
    start = time.perf_counter()
    for _ in range(10):
        hasher.hash(Secret("Password1"))
    each = (time.perf_counter() - start) / 10 * 1000
    hasher.close()
    print(f"slow hashes of seven changes, one after the other: {spent}")
    print(f"one slow hash takes {each:.1f} ms here, and a change {spent[-1] * each:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
