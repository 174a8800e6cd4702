"""Each guard of the identity providers' adapters is needed, or the reason why not is written.

``tools/remove_guards.py`` takes all of them away, one after the other; that takes minutes. Here the
list of those that nobody misses is held against the code, and the tool tries a few.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parent.parent.parent
TOOLS = ROOT / "tools"
A_FEW = (
    "saml.opening.open_response: if provider is None",
    "saml.responses.CHECKS: condition_audience",
    "saml.signing.signed_view: if signed is None",
    "oidc.rules.id_token.nonce: the whole row",
    "oidc.jose.jws.signature: the whole row",
    "oidc.federation.statements.statement.issuer: the whole row",
)
"""Guards of several kinds, which the batteries miss at once."""


@pytest.fixture
def tool(monkeypatch):
    """The tool, as a module."""
    monkeypatch.syspath_prepend(str(TOOLS))
    return import_module("remove_guards")


def names(tool):
    """Return the names of all guards, in their order."""
    return [guard.name for adapter in tool.WRITERS for guard in tool.guards(adapter)]


def test_every_guard_that_nobody_misses_is_there_and_has_its_reason(tool):
    """Whoever removes or rewords one removes it from the list as well."""
    reasons, there = tool.explained(), names(tool)

    assert len(there) == len(set(there)) >= 600
    assert set(reasons) <= set(there), sorted(set(reasons) - set(there))
    assert all(len(reason) > 40 for reason in reasons.values())
    assert len(reasons) < 0.1 * len(there)


def test_guards_of_every_kind_are_found(tool):
    """An ``if``, an operand, half of a comparison, a row, a call, an option, an error, a filter."""
    there = "\n".join(names(tool))

    for kind in (
        'saml.opening.open_response: if root.tag != name("samlp:Response"): raise Rejected',
        "saml.opening.decode: len(value) > _MOST_CHARACTERS <- not isinstance",
        'oidc.rules.id_token.subject: len(it.claims["sub"]) <= _LONGEST_SUBJECT <- 0 <',
        "oidc.rules.id_token.issuer: the whole row",
        "saml.responses.CHECKS: level",
        "saml.opening.open_response: check_status(root)",
        "saml.xml.parse: XMLParser(resolve_entities=False)",
        "saml.opening.decode: b64decode(validate=True)",
        "saml.opening.decode: except (binascii.Error, ValueError)",
        "oidc.keys.TheirKeys.fitting: for key if",
        "oidc.federation.chain.Federation._paths: authority_hints(claims)[:MOST_HINTS]",
        "oidc.reading.is_moment: return",
    ):
        assert kind in there, kind


def test_what_is_wrong_is_said(tool, monkeypatch):
    """A guard that nobody misses, one that is missed after all, one that is gone, a broken test."""
    reasons = {"a": "behind it stands b", "b": "behind it stands a", "gone": "nothing"}
    monkeypatch.setattr(tool, "explained", lambda: reasons)
    noticed = {"a": "", "b": "tests/x.py::test_y", "c": "", "d": "tests/x.py::test_z"}
    run = SimpleNamespace(noticed=noticed, failed=lambda: ["tests/x.py::test_red"])

    assert tool.wrong(run, ["a", "b", "c", "d"]) == [
        "fails with every guard in its place: tests/x.py::test_red",
        "nobody notices its absence: c",
        "said to be redundant, and noticed: b\n      by tests/x.py::test_y",
        "explained, and not there: gone",
    ]


def test_a_few_guards_are_missed_at_once():
    """The batteries turn red without each of them, and the tool says so."""
    # Who measures this run measures no run inside it.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    asked = [part for name in A_FEW for part in ("--only", name)]
    done = subprocess.run(
        [sys.executable, str(TOOLS / "remove_guards.py"), "--jobs", "2", *asked],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "saml: 3 guards: 3 battery\noidc: 3 guards: 3 battery\n" in done.stdout


def test_a_guard_that_is_not_there_cannot_be_tried(tool, monkeypatch, capsys):
    """Nothing was shown then, and the tool fails."""
    monkeypatch.setattr(sys, "argv", ["remove_guards.py", "--only", "no such guard"])

    assert tool.main() == 2
    assert not capsys.readouterr().out.strip()
