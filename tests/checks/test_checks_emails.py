"""Tests of the normalisation of addresses."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.checks.emails import MAX_ADDRESS, normalise
from registrazione.core.emails import EmailAddress, EmailRules, check_domain
from registrazione.core.refusals import Fault

anything = st.one_of(
    st.integers(),
    st.none(),
    st.binary(),
    st.lists(st.text()),
    st.emails(),
    st.text(st.characters(exclude_categories=())),
    st.text('ab@.-_=?<>()[]",;:\\ \u017fèÈ\u3002\uff41', max_size=20),
)


def only_code(address: object) -> str:
    """Return the code of the one fault of an address."""
    result = normalise(address)
    if isinstance(result, EmailAddress):
        return "accepted"
    (found,) = result
    return found.code


@given(address=anything)
def test_the_answer_is_an_address_or_faults(address) -> None:
    """Nothing is raised, whatever comes in, and what is accepted is stable and safe to mail to."""
    result = normalise(address, "x")

    if isinstance(result, EmailAddress):
        assert normalise(result.address) == result
        assert len(result.address.encode()) <= MAX_ADDRESS
        assert result.domain.isascii()
        assert result.domain == result.domain.lower()
        assert result.address.count("@") == 1
        assert "=?" not in result.address
        assert not set(' <>()[]",;:\\\r\n\x00') & set(result.address)
    else:
        assert [found.field for found in result] == ["x"]


@pytest.mark.parametrize(
    ("typed", "address", "key"),
    [
        ("mario@example.it", "mario@example.it", "mario@example.it"),
        (" Mario.Rossi@EXAMPLE.IT ", "Mario.Rossi@example.it", "mario.rossi@example.it"),
        ("m+scuola@example.it", "m+scuola@example.it", "m+scuola@example.it"),
        ("m@università.it", "m@xn--universit-y1a.it", "m@xn--universit-y1a.it"),
        ("m@XN--UNIVERSIT-Y1A.it", "m@xn--universit-y1a.it", "m@xn--universit-y1a.it"),
        ("nicolo\u0300@example.it", "nicolò@example.it", "nicolò@example.it"),
        ("d'angelo@example.it", "d'angelo@example.it", "d'angelo@example.it"),
    ],
)
def test_an_address_has_one_form(typed, address, key) -> None:
    """The domain becomes ASCII in lower case; the local part keeps its case, the key does not."""
    result = normalise(typed)

    assert isinstance(result, EmailAddress)
    assert (result.address, result.key) == (address, key)


@pytest.mark.requirement("IST-04")
@pytest.mark.parametrize(
    "typed",
    ["m@istruzione.it", "m@ISTRUZIONE.IT", "m@i\u017ftruzione.it", "m@istruzione\u3002it"],
)
def test_rules_look_at_the_domain_that_is_mailed_to(typed) -> None:
    """Whatever folds into the required domain is also mailed to that domain and no other."""
    result = normalise(typed)

    assert isinstance(result, EmailAddress)
    assert result.address == "m@istruzione.it"
    assert check_domain(result, EmailRules(required_domains={"istruzione.it"})) == ()


@pytest.mark.requirement("IST-04")
@pytest.mark.parametrize(
    "typed",
    [
        "=?utf-8?q?evil=40evil.com=3e=20?=foo@istruzione.it",
        "=?x?q?=41=42?=@istruzione.it",
        "=?utf-8?B?ZXZpbEBldmlsLmNvbQ==?=@istruzione.it",
        "a=?b@istruzione.it",
        "m@=?utf-8?q?evil?=.istruzione.it",
    ],
)
def test_encoded_words_are_refused(typed) -> None:
    """A mailer would decode them into another recipient."""
    assert only_code(typed) == "input.encoded_word"


@pytest.mark.parametrize(
    "typed",
    [
        "m@example.it\n",
        "m@example.it\r\nBcc: e@evil.com",
        "m\x00@example.it",
        "m@example.it\x00",
        "\tm@example.it",
        "m\u202e@example.it",
        "m\u200b@example.it",
        "m@exa\u00admple.it",
        "m\ud800@example.it",
    ],
)
def test_invisible_characters_are_refused(typed) -> None:
    """No line end, NUL, mark of direction or lone surrogate gets near a mailer."""
    assert only_code(typed) == "input.character"


@pytest.mark.parametrize(
    "typed",
    [
        "mario",
        "@example.it",
        "m@",
        "m@@example.it",
        '"m"@example.it',
        '"m@evil.com"@example.it',
        "m@[127.0.0.1]",
        "m@[IPv6:::1]",
        "m@127.0.0.1",
        "m@localhost",
        "m@example.it,n@example.it",
        "m@example.it;n@example.it",
        "m@example.it n@example.it",
        "<m@example.it>",
        "Mario <m@example.it>",
        "m@example.it>",
        "m(comment)@example.it",
        "m@example.it.",
        "m@.example.it",
        "m@example..it",
        "m@-example.it",
        ".m@example.it",
        "m.@example.it",
        "m..n@example.it",
        "m n@example.it",
        "m@exam ple.it",
        "m@exa_mple.it",
        "m@xn--a.it",
        "m@example.it/x",
        "m@example.it?bcc=e@evil.com",
        "mailto:m@example.it",
        "m\\@example.it",
        "m" * 65 + "@example.it",
        "m@" + "a" * 64 + ".it",
    ],
)
def test_what_is_no_plain_address_is_refused(typed) -> None:
    """Quoted parts, literals, lists, display names, comments and broken domains are no address."""
    assert only_code(typed) == "email.malformed"


@pytest.mark.parametrize(("typed", "code"), [(None, "input.missing"), (" ", "input.missing")])
def test_no_address_is_missing(typed, code) -> None:
    """Nothing and blanks are missing."""
    assert only_code(typed) == code


@pytest.mark.parametrize("typed", [1, b"m@example.it", ["m@example.it"]])
def test_only_text_is_an_address(typed) -> None:
    """Bytes are not decoded."""
    assert normalise(typed, "x") == (Fault("input.type", "x"),)


@pytest.mark.parametrize(
    "typed",
    ["a" * 1_000_000, "m@" + "a." * 500_000 + "it", "\x00" * 255],
    ids=["letters", "labels", "controls"],
)
def test_a_huge_text_is_only_measured(typed) -> None:
    """The cap of 254 comes before the grammar."""
    assert normalise(typed, "x") == (Fault("input.too_long", "x", params={"max": MAX_ADDRESS}),)


def test_the_cap_holds_for_what_is_mailed() -> None:
    """An address that grows beyond 254 octets in its ASCII form is refused."""
    typed = "\u00e8" * 32 + "@" + "\u00e8." * 25 + "it"

    assert len(typed.encode()) <= MAX_ADDRESS
    assert only_code(typed) == "email.malformed"


def test_no_name_is_looked_up(monkeypatch) -> None:
    """Normalising asks no name server."""

    def refuse(*_arguments, **_keywords):
        pytest.fail("a name was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "socket", refuse)

    assert isinstance(normalise("m@no-such-domain-anywhere.it"), EmailAddress)


def test_the_grammar_is_loaded_on_first_use() -> None:
    """Importing the module does not import email-validator."""
    script = (
        "import sys, registrazione.checks.emails as e\n"
        "before = 'email_validator' in sys.modules\n"
        "e.normalise('m@example.it')\n"
        "print(before, 'email_validator' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "True"]
