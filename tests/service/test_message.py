"""Letters: exactly the headers that were meant, whatever goes in."""

from __future__ import annotations

import email
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registrazione.service.message import (
    UnsafeLetter,
    compose,
    is_single_address,
    to_bytes,
)

HEADERS = [
    "Auto-Submitted",
    "Content-Language",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
]
BCC = "=?utf-8?q?Mario=0d=0aBcc=3a_e=40evil=2ecom?="


def letter(**changes):
    """Compose a letter with defaults."""
    parts = {
        "sender": "no-reply@portale.example",
        "sender_name": "Portale, iscrizioni è aperto",
        "recipient": "anna.rossi@example.it",
        "subject": "Attivazione dell’utenza",
        "text": "Gentile Anna,\nperché no?\n",
        "html": "<p>Perché no?</p>",
        "message_id": "0123456789abcdef",
        "date": datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
        "language": "it",
    }
    return compose(**{**parts, **changes})


def head(data):
    """Return the raw header lines, unfolded."""
    return re.sub(rb"\r\n[ \t]", b" ", data.partition(b"\r\n\r\n")[0]).split(b"\r\n")


def test_it_has_the_headers_that_were_given_each_once():
    """Nothing else: no lists, no copies, no software named."""
    lines = head(to_bytes(letter()))

    assert sorted(line.partition(b":")[0].decode() for line in lines) == HEADERS


def test_what_was_given_is_read_back():
    """A stranger's parser finds the same values, and both bodies."""
    read = email.message_from_bytes(to_bytes(letter()), policy=SMTP)

    assert read["Subject"] == "Attivazione dell’utenza"
    assert read["To"].addresses[0].addr_spec == "anna.rossi@example.it"
    assert read["From"].addresses[0].display_name == "Portale, iscrizioni è aperto"
    assert read["Message-ID"] == "<0123456789abcdef@portale.example>"
    assert read["Date"].datetime == datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == "it"
    assert read.get_body(("plain",)).get_content() == "Gentile Anna,\r\nperché no?\r\n"
    assert read.get_body(("html",)).get_content().strip() == "<p>Perché no?</p>"


def test_a_letter_goes_over_seven_bits():
    """Ordinary letters need no extension of the server; lines are short and end in CRLF."""
    data = to_bytes(letter(text="è" * 5000, html="<p>" + "à" * 5000))

    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) < 999
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)


def test_the_message_id_is_stable():
    """The same letter sent again is recognised as the same one."""
    assert letter()["Message-ID"] == letter(text="x")["Message-ID"]


def test_an_address_beyond_ascii_stays_as_it_is():
    """RFC 6532: the header carries it in UTF-8, to be sent with SMTPUTF8."""
    data = to_bytes(letter(recipient="niccolò@università.example"))

    assert b"To: niccol\xc3\xb2@universit\xc3\xa0.example" in head(data)


def test_a_long_address_is_not_broken():
    """254 characters that cannot be folded are not folded."""
    address = "a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + ".ee"

    assert f"To: {address}".encode() in head(to_bytes(letter(recipient=address)))


UNSAFE_LINES = [
    BCC,
    "a\r\nBcc: e@evil.com",
    "a\nb",
    "a\rb",
    "a\0b",
    "a\x1bb",
    "a\x85b",
    "a\u2028b",
    "a\u2029b",
    "a\ud800b",
    "a\tb",
    "=?",
]
UNSAFE_ADDRESSES = [
    "",
    "a",
    "@b.it",
    "a@",
    "a@b@c.it",
    "a@b.it, e@evil.com",
    "a@b.it,e@evil.com",
    "a@b.it e@evil.com",
    "a@b.it;e@evil.com",
    "Anna <a@b.it>",
    "<a@b.it>",
    '"a b"@c.it',
    "a(comment)@b.it",
    "a\\b@c.it",
    "gruppo:a@b.it",
    "a@[127.0.0.1]",
    "a@b.it\r\nBcc: e@evil.com",
    "a@b.it\n",
    "a\0@b.it",
    "a\u200b@b.it",
    "a\u202e@b.it",
    "a\ud800@b.it",
    "a\xa0@b.it",
    "=?utf-8?q?evil=40evil.com=3e=20?=foo@istruzione.it",
    "a@=?utf-8?q?b?=.it",
    "a" * 250 + "@b.it",
]
UNSAFE = {
    "subject": UNSAFE_LINES,
    "sender_name": UNSAFE_LINES,
    "recipient": UNSAFE_ADDRESSES,
    "sender": UNSAFE_ADDRESSES,
    "text": ["a\0", "\ud800", "x\n--=_0123456789abcdef\nContent-Type: text/html\n\n<p>"],
    "html": ["a\0", "\udfff"],
    "message_id": ["", "a b", "a@b", "<a>", "a\n", "a..b", ".a", "è"],
    "date": [datetime(2026, 1, 1)],  # noqa: DTZ001 - naive on purpose
    "language": ["", "IT", "it\n", "it, en", "italiano"],
}


@pytest.mark.parametrize("part", UNSAFE)
def test_what_could_be_read_otherwise_is_refused(part):
    """Controls, line ends, encoded words and lists name the part, and never show it."""
    for value in UNSAFE[part]:
        with pytest.raises(UnsafeLetter) as caught:
            letter(**{part: value})

        assert caught.value.part == ("body" if part in {"text", "html"} else part)
        assert "evil" not in str(caught.value)


@pytest.mark.requirement("IST-04")
def test_an_encoded_word_is_no_address_of_the_ministry():
    """RFC 2047, section 5: the address that reads as @istruzione.it and goes elsewhere."""
    assert not is_single_address("=?utf-8?q?evil=40evil.com=3e=20?=foo@istruzione.it")
    assert is_single_address("anna.rossi@istruzione.it")


@pytest.mark.parametrize("value", [None, 1, b"a@b.it", ["a@b.it"], ["a@b.it", "e@evil.com"]])
def test_only_text_is_an_address(value):
    """A list is what another portal once mailed a reset link to."""
    assert not is_single_address(value)


LINES = st.text(max_size=300) | st.text(alphabet='=?qQbB utf-8é\r\n<>@,.:;"(){}[]\\', max_size=300)
ADDRESSES = st.from_regex(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,63}\.[a-z]{2}", fullmatch=True
)


@given(subject=LINES, name=LINES, recipient=ADDRESSES | LINES)
@example(subject=BCC, name=BCC, recipient="a@b.it")
@example(subject="a" + " " * 200 + "b", name="è" + " " * 70 + "à", recipient="a@b.it")
@example(subject="x", name="Mario\\", recipient="a..b@c.it")
@example(subject="x", name="x", recipient=".a@b.it")
@example(subject="x", name="x", recipient="a@.it")
def test_whatever_goes_in_the_letter_is_exact_or_refused(subject, name, recipient):
    """Either there is a letter with our nine headers to that one address, or an error."""
    try:
        data = to_bytes(letter(subject=subject, sender_name=name, recipient=recipient))
    except UnsafeLetter:
        return
    lines = head(data)

    assert sorted(line.partition(b":")[0].decode() for line in lines) == HEADERS
    assert [line for line in lines if line.startswith(b"To:")] == [b"To: " + recipient.encode()]
    assert all(line.strip() for line in data.partition(b"\r\n\r\n")[0].split(b"\r\n"))


@given(ADDRESSES)
def test_an_ordinary_address_can_be_written_to(recipient):
    """Whatever the grammar allows without quotes, encoded words and odd dots goes out."""
    odd_dots = any(not part for part in re.split(r"[.@]", recipient))
    if "=?" in recipient or odd_dots:
        return

    assert f"To: {recipient}".encode() in head(to_bytes(letter(recipient=recipient)))


@pytest.mark.parametrize(
    ("written", "part"),
    [
        (b"From: a@b.it\r\nTo: c@d.it\r\nBcc: e@evil.com\r\n\r\n", "headers"),
        (b"From: a@b.it\r\nTo: c@d.it\r\nTo: e@evil.com\r\n\r\n", "headers"),
        (b"From: a@b.it\r\nTo: c@d.it\nBcc: e@evil.com\r\n\r\n", "headers"),
        (b"From: a@b.it\r\nTo: c@d.it\rX\r\n\r\n", "headers"),
        (b"From: a@b.it\r\n \r\n x\r\nTo: c@d.it\r\n\r\n", "headers"),
        (b"From: a@b.it\r\nTo: c@d.it, e@evil.com\r\n\r\n", "recipient"),
        (b"From: a@b.it\r\nTo: e@evil.com\r\n\r\n", "recipient"),
        (b"From: e@evil.com\r\nTo: c@d.it\r\n\r\n", "sender"),
        (b"From: a@b.it\r\nTo: \r\n\r\n", "recipient"),
    ],
)
def test_the_finished_letter_is_looked_at(monkeypatch, written, part):
    """Should the library write something else than was meant, the letter stays here."""
    from registrazione.service import message

    monkeypatch.setattr(message, "to_bytes", lambda _: written)
    with pytest.raises(UnsafeLetter) as caught:
        message._check_finished(EmailMessage(policy=SMTP), ["From", "To"], "a@b.it", "c@d.it")

    assert caught.value.part == part


def test_what_the_library_cannot_write_is_unsafe():
    """A charset that does not exist is one error of ours, without the library's own."""
    broken = EmailMessage()
    broken.set_content("x")
    broken.replace_header("Content-Type", 'text/plain; charset="nonsense"')
    broken.set_payload("\udce8")

    with pytest.raises(UnsafeLetter, match="message") as caught:
        to_bytes(broken)

    assert caught.value.__suppress_context__
