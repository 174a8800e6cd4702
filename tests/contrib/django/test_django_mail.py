"""The mailer on Django's mail keeps every law, in memory and against a real server."""

from __future__ import annotations

import io
import os
import smtplib
import subprocess
import sys
import traceback
from email.policy import SMTP
from functools import partial
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.mail.backends import console, filebased, smtp
from django.test import override_settings
from tests.contrib.django.project import empty as _the_project_is_set_up
from tests.smtp_server import Sink, smtp_server

from registrazione.contrib.django.mail import TIMEOUT, DjangoMailer, usual_connection
from registrazione.contrib.django.opening import open_mailer
from registrazione.errors import SettingsError
from registrazione.plugins import MAILER, PluginCatalogue
from registrazione.ports import Envelope, MailerUnavailable, MailRefused
from registrazione.service.message import compose, to_bytes
from registrazione.testing import Arrived, MailerConformance, MailerUnderTest
from registrazione.testing.builders import NOON
from registrazione.testing.laws.mailers import FAILING, REFUSING, SHOWS_BYTES

assert _the_project_is_set_up


@pytest.mark.parametrize("version", ["before 6.1", "since 6.1"])
def test_the_projects_usual_connection_is_used(version, monkeypatch) -> None:
    """``MAILERS`` where Django has them, ``EMAIL_BACKEND`` elsewhere."""
    made = object()
    monkeypatch.delattr(mail, "mailers", raising=False)
    monkeypatch.setattr(mail, "get_connection", lambda: made)
    if version == "since 6.1":
        monkeypatch.setattr(mail, "get_connection", None)
        monkeypatch.setattr(mail, "mailers", SimpleNamespace(default=made), raising=False)

    assert usual_connection() is made


LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


def in_memory():
    """Return the settings of a project whose letters stay in memory."""
    if hasattr(mail, "mailers"):
        return {"MAILERS": {"default": {"BACKEND": LOCMEM}}}
    return {"EMAIL_BACKEND": LOCMEM}


NOBODY = 9
"""The port "discard", which nobody listens at."""


AS_USUAL = {"alias": "default"} if hasattr(mail, "mailers") else {}
"""What a back-end is made with since Django 6.1."""


def at(port):
    """Return a mailer on Django's SMTP back-end, for a server at a port of this machine."""
    server = {"host": "127.0.0.1", "port": port, "username": "", "password": "", "use_tls": False}
    return DjangoMailer(partial(smtp.EmailBackend, **server, **AS_USUAL))


def a_letter(recipient="maria@example.it"):
    """Return a letter ready to go."""
    message = compose(
        sender="portale@example.it",
        recipient=recipient,
        subject="Attivazione: è tutto pronto",
        text="Buongiorno\n",
        html="<p>Buongiorno</p>\n",
        message_id="letter-1",
        date=NOON,
        language="it",
        sender_name="Il portale",
    )
    return Envelope(sender="portale@example.it", recipient=recipient, message=message)


class TestInMemory(MailerConformance):
    """Django's back-end for tests."""

    capabilities = frozenset({SHOWS_BYTES})

    @pytest.fixture
    def mailer_under_test(self):
        """Look into Django's outbox."""
        mail.outbox = []

        def arrived():
            return [
                Arrived(recipient=letter.to[0], data=letter.message().as_bytes())
                for letter in mail.outbox
            ]

        with override_settings(**in_memory()):
            yield MailerUnderTest(mailer=DjangoMailer(), arrived=arrived)


class TestOverSmtp(MailerConformance):
    """Django's own back-end for SMTP."""

    capabilities = frozenset({SHOWS_BYTES, REFUSING, FAILING})

    @pytest.fixture
    def mailer_under_test(self):
        """Run two servers: one takes letters, the other refuses them."""
        sink, refusing = Sink(), Sink(RCPT="550 no such user")

        def arrived():
            return [Arrived(recipient=one.rcpt_tos[0], data=one.content) for one in sink.envelopes]

        with smtp_server(sink) as port, smtp_server(refusing) as deaf:
            yield MailerUnderTest(
                mailer=at(port), arrived=arrived, refusing=at(deaf), failing=at(NOBODY)
            )


# -- what becomes of errors ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "error", "code"),
    [
        ({"RCPT": "550 no such user segreto"}, MailRefused, "550"),
        ({"RCPT": "451 later"}, MailerUnavailable, "451"),
        ({"RCPT": "530 log in first"}, MailerUnavailable, "530"),
        ({"MAIL": "553 not you"}, MailRefused, "553"),
        ({"DATA": "554 no"}, MailRefused, "554"),
        ({"DATA": "452 full"}, MailerUnavailable, "452"),
    ],
)
def test_a_servers_answer_is_told_apart(answers, error, code) -> None:
    """What is said of the letter for good is a refusal; all else may be tried again."""
    with smtp_server(Sink(**answers)) as port, pytest.raises(error) as caught:
        at(port).send(a_letter())

    assert caught.value.code == code
    assert "segreto" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (smtplib.SMTPAuthenticationError(535, b"segreto"), "535"),
        (smtplib.SMTPConnectError(554, b"segreto"), "554"),
        (TimeoutError("segreto"), "timeout"),
        (ConnectionResetError("segreto"), "connection"),
        (smtplib.SMTPServerDisconnected("segreto"), "connection"),
        (RuntimeError("segreto"), "backend"),
    ],
)
def test_whatever_a_back_end_raises_is_for_later(raised, code) -> None:
    """A wrong login, a server that is away and a provider's own error cost no letter."""

    def fail():
        raise raised

    with pytest.raises(MailerUnavailable) as caught:
        DjangoMailer(fail).send(a_letter())

    assert caught.value.code == code
    assert "segreto" not in "".join(traceback.format_exception(caught.value))


def test_a_letter_that_was_not_sent_is_for_later() -> None:
    """A back-end that fails silently says how many it sent."""

    class Silent:
        def send_messages(self, messages):
            return 0

    with pytest.raises(MailerUnavailable, match="not_sent"):
        DjangoMailer(Silent).send(a_letter())


def test_no_back_end_waits_for_ever() -> None:
    """Where the project has no time-out there is one; what the project says is kept."""
    seen = []

    class Patient:
        def __init__(self, timeout):
            self.timeout = timeout

        def send_messages(self, messages):
            seen.append(self.timeout)
            return 1

    for timeout in (None, 3):
        DjangoMailer(partial(Patient, timeout)).send(a_letter())

    assert seen == [TIMEOUT, 3]


# -- what back-ends see --------------------------------------------------------------------------


def test_a_providers_back_end_finds_everything_where_django_has_it() -> None:
    """Those that call an interface read the parts, and not the bytes."""
    mail.outbox = []
    with override_settings(**in_memory()):
        DjangoMailer().send(a_letter())
    (sent,) = mail.outbox

    assert sent.subject == "Attivazione: è tutto pronto"
    assert (sent.from_email, sent.to) == ("portale@example.it", ["maria@example.it"])
    assert sent.body == "Buongiorno\n"
    assert [tuple(one) for one in sent.alternatives] == [("<p>Buongiorno</p>\n", "text/html")]
    assert sent.extra_headers["Message-ID"] == "<letter-1@example.it>"
    assert sent.recipients() == ["maria@example.it"]


@pytest.mark.parametrize(
    ("subtype", "body", "alternatives"),
    [("plain", "Solo così\n", []), ("html", "", [("Solo così\n", "text/html")])],
)
def test_a_letter_with_one_body_has_one(subtype, body, alternatives) -> None:
    """Nothing is made up for a letter of one body."""
    letter = a_letter()
    letter.message.clear_content()
    letter.message.set_content("Solo così\n", subtype=subtype)
    mail.outbox = []
    with override_settings(**in_memory()):
        DjangoMailer().send(letter)
    (sent,) = mail.outbox

    assert (sent.body, [tuple(one) for one in sent.alternatives]) == (body, alternatives)


def test_screen_and_files_get_the_letter(tmp_path) -> None:
    """Django's back-ends for development write the same letter."""
    screen = io.StringIO()
    DjangoMailer(partial(console.EmailBackend, stream=screen, **AS_USUAL)).send(a_letter())
    DjangoMailer(partial(filebased.EmailBackend, file_path=tmp_path, **AS_USUAL)).send(a_letter())
    (file,) = tmp_path.iterdir()
    written = to_bytes(a_letter().message).replace(b"\r\n", b"\n")

    assert written.decode() in screen.getvalue()
    assert written in file.read_bytes()


def test_the_letter_is_text_as_well() -> None:
    """A back-end may ask for text, or for line ends by a policy, as Django 6 does."""
    mail.outbox = []
    with override_settings(**in_memory()):
        DjangoMailer().send(a_letter())
    (sent,) = mail.outbox

    assert sent.message().as_string().startswith("From: Il portale <portale@example.it>\n")
    assert sent.message(policy=SMTP).as_bytes() == to_bytes(a_letter().message)


# -- opening -------------------------------------------------------------------------------------


def test_it_is_chosen_by_its_url() -> None:
    """``mailer="django://"`` is all that there is to say."""
    assert isinstance(PluginCatalogue().build(MAILER, "django://"), DjangoMailer)


def test_a_url_that_says_more_is_refused() -> None:
    """The rest is in Django's own settings."""
    with pytest.raises(SettingsError, match="EMAIL_BACKEND"):
        open_mailer("django://smtp")


OPEN = """
from registrazione.errors import SettingsError
from registrazione.plugins import MAILER, PluginCatalogue
try:
    PluginCatalogue().build(MAILER, "django://")
except SettingsError as error:
    print(error)
"""


def test_without_a_project_it_is_said_what_to_do() -> None:
    """In a process in which there is no project."""
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", OPEN], capture_output=True, text=True, check=True, env=environment
    )

    assert "set DJANGO_SETTINGS_MODULE first" in done.stdout
