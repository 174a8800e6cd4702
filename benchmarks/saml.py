"""What it costs to verify a SAML response, beside pysaml2, and what is loaded before that.

Run it with ``python benchmarks/saml.py [responses]``. An identity provider for tests signs as many
responses as are asked for, envelope and assertion, and both libraries read every one of them, in
turns. The figures are the median by the clock and the mean CPU time, with that of the processes
that pysaml2 starts: it has the program `xmlsec1` verify. Without it ours is measured alone.

Then what it costs to know who is trusted, at first and from then on, and what a process pays for
loading either, each in processes of its own, in turns.
"""

from __future__ import annotations

import base64
import itertools
import logging
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import SPConfig

from registrazione.adapters.saml import MetadataText, SamlProvider
from registrazione.service.clock import SystemClock
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import SamlIdp, key_for

ENTITY_ID = "https://service.example/spid"
CALLBACK = "https://service.example/identity/spid/callback"
CLOCK = SystemClock()
IDP = SamlIdp("https://idp.example", CLOCK)
PERSON = PEOPLE.adele
PROVIDERS = 12
"""As many as SPID has."""

OURS = "registrazione"
PEER = "pysaml2"
MOST_MS = 10
SHARE = 1 / 10
"""Of the peer's time."""
ROUNDS = 7
"""Of processes of their own."""
KEPT = 100
"""So many times less than the first time is what comes after."""


class Answer(NamedTuple):
    """A response, and which request it answers.

    Args:
        fields: What the browser brings.
        request_id: ID of the request.
    """

    fields: Mapping[str, str]
    request_id: str


Verify = Callable[[Answer], str]


def service() -> SamlProvider:
    """Return ours, with every check that SPID wants."""
    return SamlProvider(
        name="spid",
        profile="spid-public",
        entity_id=ENTITY_ID,
        callback_url=CALLBACK,
        keys=[key_for("service")],
        identity_providers=MetadataText(documents=(IDP.metadata(),), clock=CLOCK),
        clock=CLOCK,
    )


def some_answers(asking: SamlProvider, count: int) -> list[Answer]:
    """Return true answers to as many requests."""
    found: list[Answer] = []
    for _ in range(count):
        asked = IDP.read(asking.start(CALLBACK, secrets.token_hex(16)), CALLBACK)
        found.append(Answer(IDP.answer(IDP.draft(asked, PERSON)), asked.request_id))
    return found


def ours(asking: SamlProvider) -> Verify:
    """Return our way of reading an answer: whose codice fiscale is it?"""
    return lambda answer: str(asking.verify(answer.fields).codice_fiscale)


def theirs(folder: Path, program: str) -> Verify:
    """Return the peer's way; both signatures have to be there."""
    logging.getLogger("saml2").setLevel(logging.CRITICAL)
    key = key_for("service")
    private = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    (folder / "certificate.pem").write_bytes(key.certificate.public_bytes(Encoding.PEM))
    settings = {
        "entityid": ENTITY_ID,
        "xmlsec_binary": program,
        "key_file": str(folder / "key.pem"),
        "cert_file": str(folder / "certificate.pem"),
        "metadata": {"inline": [IDP.metadata().decode()]},
        "allow_unknown_attributes": True,
        "service": {
            "sp": {
                "endpoints": {"assertion_consumer_service": [(CALLBACK, BINDING_HTTP_POST)]},
                "want_response_signed": True,
                "want_assertions_signed": True,
            }
        },
    }
    client = Saml2Client(config=SPConfig().load(settings))

    def verify(answer: Answer) -> str:
        outstanding = {answer.request_id: "/"}
        message = answer.fields["SAMLResponse"]
        read: Any = client.parse_authn_request_response(message, BINDING_HTTP_POST, outstanding)
        (told,) = read.ava["fiscalNumber"]
        return str(told).removeprefix("TINIT-")

    return verify


def spent() -> float:
    """Return the CPU seconds of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def medians(ways: Mapping[str, Verify], answers: list[Answer]) -> dict[str, tuple[float, float]]:
    """Return the median by the clock and the mean of CPU, in milliseconds.

    The first answer only loads what is needed. A short process may count no CPU time at all or too
    much, as the kernel counts in steps: a mean evens that out.
    """
    clocked: dict[str, list[float]] = {name: [] for name in ways}
    worked: dict[str, list[float]] = {name: [] for name in ways}
    for number, answer in enumerate(answers):
        for name, verify in ways.items():
            cpu, start = spent(), time.perf_counter()
            whose = verify(answer)
            taken, used = time.perf_counter() - start, spent() - cpu
            assert whose == PERSON.codice_fiscale, name
            if number:
                clocked[name].append(taken * 1000)
                worked[name].append(used * 1000)
    return {
        name: (statistics.median(clocked[name]), statistics.mean(worked[name])) for name in ways
    }


def both_refuse(ways: Mapping[str, Verify], answer: Answer) -> bool:
    """Tell whether everybody refuses an answer in which a letter was changed."""
    message = base64.b64decode(answer.fields["SAMLResponse"])
    other = message.replace(PERSON.surname.encode(), PERSON.surname.lower().encode())
    changed = {**answer.fields, "SAMLResponse": base64.b64encode(other).decode()}
    refused = 0
    for verify in ways.values():
        try:
            verify(Answer(changed, answer.request_id))
        except Exception:  # noqa: BLE001 - each has errors of its own
            refused += 1
    return refused == len(ways)


def responses(count: int) -> None:
    """Print what an answer costs."""
    asking = service()
    ways = {OURS: ours(asking)}
    program = shutil.which("xmlsec1")
    with tempfile.TemporaryDirectory() as folder:
        if program is None:
            print("xmlsec1 is not on this machine: pysaml2 verifies nothing without it, left out\n")
        else:
            ways[PEER] = theirs(Path(folder), program)
        spare, *answers = some_answers(asking, count + 2)
        assert both_refuse(ways, spare)
        found = medians(ways, answers)
    print(f"{count} responses, two signatures each\n")
    print(f"{'ms':>8}  {'CPU ms':>8}  {'ratio':>6}")
    for name, (clock, cpu) in found.items():
        print(f"{clock:8.2f}  {cpu:8.2f}  {clock / found[OURS][0]:6.1f}  {name}")
    print()
    own = found[OURS][0]
    tell(own <= MOST_MS, f"a response takes at most {MOST_MS} ms, {own:.1f} now")
    if PEER in found:
        ratio = own / found[PEER][0]
        tell(ratio <= SHARE, f"at most 1/{1 / SHARE:.0f} of {PEER}'s time, 1/{1 / ratio:.1f} now")


def metadata() -> None:
    """Print what the metadata of all providers cost, each document signed by a registry."""
    registry = key_for("registry")
    documents = tuple(
        SamlIdp(f"https://idp{number}.example", CLOCK, registry).metadata()
        for number in range(PROVIDERS)
    )
    taken: list[list[float]] = []
    for _ in range(2 * ROUNDS):
        source = MetadataText(documents=documents, clock=CLOCK, signed_by=(registry.certificate,))
        instants = [time.perf_counter()]
        for _ in range(2):
            assert len(source.providers()) == PROVIDERS
            instants.append(time.perf_counter())
        taken.append([(end - start) * 1000 for start, end in itertools.pairwise(instants)])
    first, then = (statistics.median(column) for column in zip(*taken, strict=True))
    print(f"\nmetadata of {PROVIDERS} providers, signed\n")
    print(f"{'ms':>8}")
    print(f"{first:8.3f}  read and verified")
    print(f"{then:8.3f}  from then on, in each sign-in")
    print()
    tell(then <= first / KEPT, f"what was read is kept: 1/{first / then:.0f} of the first time")


def tell(met: bool, what: str) -> None:  # noqa: FBT001 - whether it is met is all there is to say
    """Print whether a goal is met."""
    print(f"goal {'met' if met else 'missed'}: {what}")


# -- processes of their own ---------------------------------------------------------------------

PROGRAM = """
import sys, time
start = time.process_time_ns()
{statement}
print(time.process_time_ns() - start, *{{"lxml", "cryptography", "signxml"}} & set(sys.modules))
"""
BARE = "import registrazione"
STATEMENTS = {
    BARE: BARE,
    f"{OURS}, the service": "import registrazione.adapters.saml.provider, signxml",
    f"{PEER}, the client": "import saml2.client, saml2.config",
}


def loaded(statement: str) -> tuple[float, list[str]]:
    """Return the CPU milliseconds of a statement in a fresh process, and what it loads."""
    command = [sys.executable, "-c", PROGRAM.format(statement=statement)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    nanoseconds, *libraries = done.stdout.split()
    return int(nanoseconds) / 1_000_000, libraries


def imports(rounds: int) -> None:
    """Print what loading costs; the first round only warms the disk's cache."""
    taken: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for number in range(rounds + 1):
        for name, statement in STATEMENTS.items():
            milliseconds, _ = loaded(statement)
            if number:
                taken[name].append(milliseconds)
    print(f"\nloaded in a fresh process, {rounds} rounds\n")
    print(f"{'CPU ms':>8}")
    for name, costs in taken.items():
        print(f"{statistics.median(costs):8.1f}  {name}")
    heavy = loaded(BARE)[1]
    print()
    tell(not heavy, f"`{BARE}` loads none of lxml, signxml and cryptography")


def main(count: int) -> None:
    """Show what an answer costs, what the metadata do, and what loading does."""
    responses(count)
    metadata()
    imports(ROUNDS)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
