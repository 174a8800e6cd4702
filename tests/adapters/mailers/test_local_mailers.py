"""Letters on the screen, in a folder and in a list."""

from __future__ import annotations

import email
import io
import stat
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from registrazione.adapters.mailers import files
from registrazione.adapters.mailers.console import ConsoleMailer
from registrazione.adapters.mailers.files import FileMailer
from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.ports import Envelope, Mailer, MailerUnavailable, MailRefused
from registrazione.service.message import compose

SENDER = "no-reply@portale.example"
ANNA = "anna@example.it"


def envelope(recipient=ANNA, text="Perché no?\n", message_id="abc.1"):
    """Return a letter to Anna."""
    message = compose(
        sender=SENDER,
        recipient=recipient,
        subject="Attivazione dell’utenza",
        text=text,
        html="<p>",
        message_id=message_id,
        date=datetime(2026, 11, 22, tzinfo=UTC),
        language="it",
    )
    return Envelope(sender=SENDER, recipient=recipient, message=message)


@pytest.mark.parametrize("kind", [MemoryMailer, ConsoleMailer, FileMailer])
def test_two_recipients_are_refused(kind, tmp_path):
    """What a test would miss here would go wrong with a real server."""
    mailer = kind(tmp_path) if kind is FileMailer else kind()
    letter = Envelope(sender=SENDER, recipient="a@b.it, c@d.it", message=EmailMessage())

    assert isinstance(mailer, Mailer)
    with pytest.raises(MailRefused, match="recipient"):
        mailer.send(letter)


def test_memory_keeps_letters_in_order():
    """The very envelopes, the first one first."""
    mailer, letters = MemoryMailer(), [envelope(), envelope("bruno@example.it")]
    for letter in letters:
        mailer.send(letter)

    assert mailer.sent == letters


def test_the_console_shows_recipient_subject_and_text(capsys):
    """What a developer needs in order to follow the link."""
    ConsoleMailer().send(envelope())
    shown = capsys.readouterr().out

    assert f"To: {ANNA}\nSubject: Attivazione dell’utenza\n\nPerché no?\n" in shown


def test_the_console_obeys_no_letter():
    """Escape sequences in a letter do not reach the terminal."""
    stream = io.StringIO()
    ConsoleMailer(stream).send(envelope(text="\x1b[2J\x07 \x9b ciao\n"))

    assert not {"\x1b", "\x07", "\x9b"} & set(stream.getvalue())
    assert "ciao" in stream.getvalue()


def test_the_console_writes_what_the_terminal_can_show():
    """A terminal without accents gets escapes, not a crash."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    ConsoleMailer(stream).send(envelope())

    assert b"Perch\\xe9 no?" in stream.buffer.getvalue()


def test_a_message_without_plain_body_is_shown_by_its_headers():
    """A letter of somebody else's making is no crash either."""
    stream, message = io.StringIO(), EmailMessage()
    message["Subject"] = "x"
    message.set_content("<p>", subtype="html")
    ConsoleMailer(stream).send(Envelope(sender=SENDER, recipient=ANNA, message=message))

    assert "Subject: x\n\n\n" in stream.getvalue()


def test_a_closed_console_is_for_now():
    """The letter stays in the outbox."""
    stream = io.StringIO()
    stream.close()

    with pytest.raises(MailerUnavailable, match="console"):
        ConsoleMailer(stream).send(envelope())


def test_a_letter_becomes_one_file(tmp_path):
    """The folder is made, the file is named after the Message-ID and readable by its owner."""
    FileMailer(tmp_path / "a" / "outbox").send(envelope())
    (file,) = (tmp_path / "a" / "outbox").iterdir()
    read = email.message_from_bytes(file.read_bytes(), policy=SMTP)

    assert file.name == "abc.1.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read["Delivered-To"] == ANNA
    assert read.get_body(("plain",)).get_content() == "Perché no?\r\n"


def test_a_letter_sent_twice_is_one_file(tmp_path):
    """And another letter is another one."""
    mailer = FileMailer(tmp_path)
    for message_id in ("one", "one", "two"):
        mailer.send(envelope(message_id=message_id))

    assert sorted(file.name for file in tmp_path.iterdir()) == ["one.eml", "two.eml"]


@pytest.mark.parametrize("message_id", [None, "<../../etc/passwd@x.it>", "<.hidden@x.it>", "x"])
def test_no_message_id_leads_out_of_the_folder(tmp_path, message_id):
    """A name that is not plainly safe is replaced by a digest."""
    message = EmailMessage()
    if message_id:
        message["Message-ID"] = message_id
    message.set_content("x")
    FileMailer(tmp_path).send(Envelope(sender=SENDER, recipient=ANNA, message=message))
    (file,) = tmp_path.iterdir()

    assert len(file.stem) == 32
    assert int(file.stem, 16)


def test_half_a_file_is_never_seen(tmp_path, monkeypatch):
    """If writing fails nothing is left, not even under another name."""

    def fail(_):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(MailerUnavailable, match="folder") as caught:
        FileMailer(tmp_path).send(envelope())

    assert list(tmp_path.iterdir()) == []
    assert caught.value.__suppress_context__


def test_a_folder_that_is_a_file_is_for_now(tmp_path):
    """An operator can mend it."""
    (tmp_path / "outbox").write_text("x")

    with pytest.raises(MailerUnavailable, match="folder"):
        FileMailer(tmp_path / "outbox").send(envelope())


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("file://outbox", "outbox"),
        ("file://outbox/di/prova", "outbox/di/prova"),
        ("file://Posta%20in%20uscita", "Posta in uscita"),
        ("file:///var/outbox", "/var/outbox"),
    ],
)
def test_the_url_names_the_folder(url, folder):
    """Two slashes: from here; three: from the root."""
    assert FileMailer.from_url(url).folder == Path(folder)


def test_a_url_without_a_folder_is_refused():
    """Letters in the working directory are nobody's wish."""
    with pytest.raises(ValueError, match="names a folder"):
        FileMailer.from_url("file://")
