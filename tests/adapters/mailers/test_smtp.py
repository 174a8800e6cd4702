"""Letters over SMTP, to a real server on the loopback interface."""

from __future__ import annotations

import email
import socket
import traceback
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from urllib.parse import quote

import pytest
from tests.smtp_server import Sink, certificate, scripted_server, smtp_server

from registrazione.adapters.mailers.smtp import SmtpMailer
from registrazione.core.secret import Secret
from registrazione.ports import Envelope, Mailer, MailerError, MailerUnavailable, MailRefused
from registrazione.service.message import compose

SENDER = "no-reply@portale.example"
ANNA = "Anna.Rossi+scuola@Example.it"
PASSWORD = "s3greto@:/%"


def envelope(recipient=ANNA, message=None, **changes):
    """Return a letter to Anna."""
    if message is None:
        message = compose(
            sender=SENDER,
            recipient=recipient,
            subject="Attivazione dell’utenza",
            text="Perché no?\n.\n..punti\n",
            html="<p>Perché no?</p>",
            message_id="abc",
            date=datetime(2026, 11, 22, tzinfo=UTC),
            language="it",
        )
    return Envelope(**{"sender": SENDER, "recipient": recipient, "message": message, **changes})


def mailer(port, **options):
    """Return a mailer to the server on that port."""
    return SmtpMailer("127.0.0.1", port, **{"timeout": 20, "hostname": "test.example", **options})


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A certificate's file, and a server's settings with it."""
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def sink():
    """A place for letters."""
    return Sink()


@pytest.mark.requirement("IOL-05", "MIM-25", "IST-09")
def test_a_letter_arrives(sink):
    """Envelope and bodies arrive as they were given, lone dots included."""
    with smtp_server(sink) as port:
        assert isinstance(mailer(port), Mailer)
        mailer(port).send(envelope())
    (arrived,) = sink.envelopes
    body = email.message_from_bytes(arrived.content, policy=SMTP).get_body(("plain",))

    assert arrived.mail_from == SENDER
    assert arrived.rcpt_tos == [ANNA]
    assert body.get_content().splitlines() == ["Perché no?", ".", "..punti"]
    assert sink.sessions[0].host_name == "test.example"


def test_headers_have_no_say_in_where_it_goes(sink):
    """Law: the envelope's recipient and nobody else, whatever To, Cc and Bcc say."""
    message = EmailMessage()
    message["To"] = "=?utf-8?q?evil=40evil.com=3e=20?=foo@istruzione.it"
    message["Cc"] = "cc@evil.com"
    message["Bcc"] = "bcc@evil.com"
    message.set_content("x")
    with smtp_server(sink) as port:
        mailer(port).send(envelope(message=message))

    assert [e.rcpt_tos for e in sink.envelopes] == [[ANNA]]


@pytest.mark.parametrize(
    "recipient",
    [
        "a@b.it,e@evil.com",
        "a@b.it> RCPT TO:<e@evil.com",
        "a@b.it\r\nRCPT TO:<e@evil.com>",
        "=?utf-8?q?evil=40evil.com=3e=20?=foo@istruzione.it",
        "\ud800@b.it",
        "",
        ["a@b.it", "e@evil.com"],
    ],
    ids=range(7),
)
def test_anything_but_one_address_is_refused(sink, recipient):
    """Before anything is said to the server."""
    with smtp_server(sink) as port, pytest.raises(MailRefused, match="recipient"):
        mailer(port).send(envelope(message=EmailMessage(), recipient=recipient))

    assert sink.envelopes == []


def test_a_sender_that_is_no_address_is_refused():
    """The envelope's sender is no place for an injection either."""
    with pytest.raises(MailRefused, match="sender"):
        mailer(1).send(envelope(sender="a@b.it>\r\nRCPT TO:<e@evil.com>"))


def test_a_message_that_cannot_be_written_is_refused():
    """Sending it again would be of no use."""
    broken = EmailMessage()
    broken.set_content("x")
    broken.replace_header("Content-Type", 'text/plain; charset="nonsense"')
    broken.set_payload("\udce8")

    with pytest.raises(MailRefused, match="message"):
        mailer(1).send(envelope(message=broken))


def test_addresses_beyond_ascii_use_smtputf8(sink):
    """RFC 6531: recipient and headers arrive in UTF-8, announced to the server."""
    with smtp_server(sink, enable_SMTPUTF8=True) as port:
        mailer(port).send(envelope("niccolò@università.example"))
    (arrived,) = sink.envelopes

    assert arrived.rcpt_tos == ["niccolò@università.example"]
    assert arrived.mail_options == ["SMTPUTF8", "BODY=8BITMIME"]
    assert "To: niccolò@università.example".encode() in arrived.content.splitlines()


def test_headers_in_utf_8_use_smtputf8_as_well(sink):
    """A message with raw UTF-8 in its headers is announced as such."""
    message = EmailMessage(policy=SMTPUTF8)
    message["Subject"] = "è"
    message.set_content("x")
    with smtp_server(sink, enable_SMTPUTF8=True) as port:
        mailer(port).send(envelope(message=message))

    assert sink.envelopes[0].mail_options == ["SMTPUTF8", "BODY=8BITMIME"]


def test_a_server_without_smtputf8_never_takes_such_an_address(sink):
    """It is refused for good, and nothing is sent in a mangled form."""
    with (
        smtp_server(sink, enable_SMTPUTF8=False) as port,
        pytest.raises(MailRefused, match="smtputf8"),
    ):
        mailer(port).send(envelope("niccolò@example.it"))

    assert sink.envelopes == []


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("550 5.1.1 Anna.Rossi is unknown", MailRefused),
        ("552 too large", MailRefused),
        ("530 5.7.0 authentication required", MailerUnavailable),
        ("451 4.7.1 greylisted", MailerUnavailable),
        ("421 closing", MailerUnavailable),
        ("399 what", MailerUnavailable),
    ],
)
def test_the_server_s_answer_decides(command, answer, error):
    """5xx is for good, 4xx for now; the code is kept and the server's words are not."""
    with smtp_server(Sink(**{command: answer})) as port, pytest.raises(error) as caught:
        mailer(port).send(envelope())

    assert caught.value.code == answer[:3]
    assert "Anna" not in "".join(traceback.format_exception(caught.value))


def test_data_refused_before_the_letter(sink):
    """A server may say no to the word DATA already."""
    replies = [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"554 no\r\n"]
    with scripted_server(*replies) as port, pytest.raises(MailRefused, match="554"):
        mailer(port).send(envelope())


def test_a_connection_lost_after_the_letter_is_tried_again():
    """Nobody knows whether it was taken: better twice, with the same Message-ID, than never."""
    sink = Sink(DATA="drop")
    with smtp_server(sink) as port, pytest.raises(MailerUnavailable, match="disconnected"):
        mailer(port).send(envelope())

    assert len(sink.envelopes) == 1


def test_a_bad_end_of_a_good_conversation_is_no_failure():
    """Law: once the letter is accepted, ``send`` returns, whatever QUIT meets."""
    ok = b"250 ok\r\n"
    replies = [b"220 hi\r\n", ok, ok, ok, b"354 go\r\n", b"250 taken\r\n"]
    with scripted_server(*replies, hang_up=True) as port:
        assert mailer(port).send(envelope()) is None


@pytest.mark.parametrize(
    ("greeting", "code"),
    [
        (b"554 go away\r\n", "554"),
        (b"421 later\r\n", "421"),
        (b"what\r\n", "-1"),
        (b"x" * 10_000 + b"\r\n", "500"),
    ],
    ids=["554", "421", "noise", "long"],
)
def test_a_server_that_does_not_want_anybody(greeting, code):
    """Its greeting says nothing of this letter: it waits."""
    with scripted_server(greeting) as port, pytest.raises(MailerUnavailable) as caught:
        mailer(port).send(envelope())

    assert caught.value.code == code


def test_nobody_there():
    """A closed port is a matter of trying again, without any cause in the trace."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(MailerUnavailable, match="connection") as caught:
        mailer(port).send(envelope())

    assert caught.value.__suppress_context__


def test_a_host_that_does_not_answer(monkeypatch):
    """The connection itself may take too long."""

    def fail(*_):
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", fail)
    with pytest.raises(MailerUnavailable, match="timeout"):
        mailer(1).send(envelope())


def test_a_host_that_cannot_exist():
    """A label that no name server could be asked for is no crash."""
    with pytest.raises(MailerUnavailable, match="connection"):
        SmtpMailer("a" * 64 + ".example", 25).send(envelope())


@pytest.mark.parametrize(
    ("lines", "endless"),
    [
        ((), b""),
        ((), b"220-still talking\r\n"),
        ((b"220 hi\r\n",), b"250-still talking\r\n"),
        ((b"220 hi\r\n", b"250 hi\r\n"), b""),
    ],
    ids=["silent", "greeting", "ehlo", "mail"],
)
def test_time_runs_out_for_the_whole_conversation(lines, endless):
    """Law: it ends within its time-out, even if the server never stops talking."""
    with (
        scripted_server(*lines, endless=endless) as port,
        pytest.raises(MailerUnavailable, match="timeout"),
    ):
        mailer(port, timeout=0.2).send(envelope())


def test_tls_with_a_certificate_that_is_trusted(sink, tls):
    """``smtps``: encrypted from the first byte."""
    file, settings = tls
    with smtp_server(sink, tls=settings) as port:
        url = f"smtps://127.0.0.1:{port}?cafile={quote(str(file))}&hostname=test.example"
        SmtpMailer.from_url(url).send(envelope())

    assert len(sink.envelopes) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_a_certificate_nobody_vouches_for_ends_it(sink, tls, scheme):
    """Certificates are verified: there is no way to switch that off."""
    option = {"smtps": "tls", "smtp": "starttls"}[scheme]
    starttls = "?starttls=yes" if scheme == "smtp" else ""
    with (
        smtp_server(sink, **{option: tls[1]}) as port,
        pytest.raises(MailerUnavailable, match="tls"),
    ):
        SmtpMailer.from_url(f"{scheme}://127.0.0.1:{port}{starttls}").send(envelope())

    assert sink.envelopes == []


def test_starttls_and_login(sink, tls):
    """The password travels only once the connection is encrypted."""
    file, settings = tls
    login = ("portale@example.it", PASSWORD)
    with smtp_server(sink, starttls=settings, login=login) as port:
        user, password = (quote(part, safe="") for part in login)
        url = f"smtp://{user}:{password}@127.0.0.1:{port}?cafile={quote(str(file))}"
        SmtpMailer.from_url(url + "&hostname=test.example").send(envelope())

    assert len(sink.envelopes) == 1
    assert sink.sessions[0].authenticated


def test_starttls_is_required_not_tried(sink):
    """A server, or somebody in between, that does not offer it gets no letter."""
    with smtp_server(sink) as port, pytest.raises(MailerUnavailable, match="not_supported"):
        mailer(port, security="starttls").send(envelope())

    assert sink.envelopes == []


def test_starttls_turned_down_for_now(tls):
    """The server's code is kept."""
    replies = [b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"454 not now\r\n"]
    with scripted_server(*replies) as port, pytest.raises(MailerUnavailable, match="454"):
        mailer(port, security="starttls").send(envelope())


def test_a_wrong_password_is_the_operator_s_matter(sink):
    """The letter waits until somebody has corrected the settings; the password is not shown."""
    with (
        smtp_server(sink, login=("portale", "another")) as port,
        pytest.raises(MailerUnavailable, match="535") as caught,
    ):
        mailer(port, username="portale", password=Secret(PASSWORD)).send(envelope())

    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("offer", "code"),
    [(b"250 hi\r\n", "not_supported"), (b"250-hi\r\n250 AUTH SCRAM-SHA-256\r\n", "protocol")],
    ids=["nothing", "unknown"],
)
def test_a_server_without_a_login_we_know(offer, code):
    """There is no way to log in: the letter waits."""
    with scripted_server(b"220 hi\r\n", offer) as port, pytest.raises(MailerUnavailable) as caught:
        mailer(port, username="portale", password=Secret(PASSWORD)).send(envelope())

    assert caught.value.code == code


def test_no_thread_to_be_had(monkeypatch):
    """An exhausted machine is one more reason to try again later."""

    def fail(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", fail)
    with pytest.raises(MailerError, match="connection"):
        mailer(1).send(envelope())


def test_the_machine_s_name_is_looked_up_once(sink, monkeypatch):
    """The second letter does not wait for a name server."""
    asked = []
    monkeypatch.setattr(socket, "getfqdn", lambda: asked.append(1) or "host.example")
    with smtp_server(sink) as port:
        one = mailer(port, hostname=None)
        one.send(envelope())
        one.send(envelope())

    assert [session.host_name for session in sink.sessions] == ["host.example"] * 2
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", ("localhost", 25, "plain")),
        ("smtp://localhost:1025", ("localhost", 1025, "plain")),
        ("smtp://localhost/?timeout=2.5", ("localhost", 25, "plain")),
        ("smtp://mail.example?starttls=yes", ("mail.example", 587, "starttls")),
        ("smtp://u:p@mail.example", ("mail.example", 587, "starttls")),
        ("smtp://u:p@localhost:25?starttls=no", ("localhost", 25, "plain")),
        ("smtps://mail.example", ("mail.example", 465, "tls")),
        ("smtp://[::1]:2525", ("::1", 2525, "plain")),
    ],
)
def test_urls_are_read(url, expected):
    """A password asks for STARTTLS by itself; ports are those of the RFCs."""
    read = SmtpMailer.from_url(url)

    assert (read.host, read.port, read.security) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://u:s3greto@mail.example",
        "smtp://u:s3greto@",
        "smtp://u:s3greto@mail.example:port",
        "smtp://u:s3greto@mail.example:99999",
        "smtp://u:s3greto@[mail.example",
        "smtp://u:s3greto@mail.example/path",
        "smtp://u:s3greto@mail.example?starttls=maybe",
        "smtp://u:s3greto@mail.example?timeout=soon",
        "smtp://u:s3greto@mail.example?timeout=0",
        "smtp://u:s3greto@mail.example?timeout=nan",
        "smtp://u:s3greto@mail.example?timeout=3601",
        "smtp://u:s3greto@mail.example?verify=no",
        "smtp://u:s3greto@mail.example?starttls",
        "smtp://u:s3greto@mail.example?cafile=nowhere.pem",
        "smtps://u:s3greto@mail.example?starttls=yes",
        "smtp://u:s3greto%C3%A8@mail.example",
    ],
    ids=range(17),
)
def test_urls_that_cannot_be_read_are_not_shown(url):
    """One clear error, and never the password in it (ASVS 5.0 16.2.5)."""
    with pytest.raises(ValueError, match="mail server") as caught:
        SmtpMailer.from_url(url)

    assert "s3greto" not in "".join(traceback.format_exception(caught.value))


def test_the_password_is_not_shown():
    """Neither in the repr of the mailer nor in that of its password."""
    one = SmtpMailer("mail.example", username="u", password=Secret(PASSWORD))

    assert PASSWORD not in repr(one) + repr(one._password)
