"""The SMTP mailer keeps every law of mailers, before a real server."""

from __future__ import annotations

import socket

import pytest
from tests.smtp_server import Sink, smtp_server

from registrazione.adapters.mailers.smtp import SmtpMailer
from registrazione.testing import Arrived, MailerConformance, MailerUnderTest
from registrazione.testing.laws.mailers import FAILING, REFUSING, SHOWS_BYTES


def mailer_to(port):
    """Return a mailer that hands its letters over at a port of this machine."""
    return SmtpMailer.from_url(f"smtp://127.0.0.1:{port}?hostname=localhost")


class TestSmtpMailer(MailerConformance):
    """With one server that takes everything, one that refuses, and a port without any."""

    capabilities = frozenset({SHOWS_BYTES, REFUSING, FAILING})

    @pytest.fixture
    def mailer_under_test(self):
        """What has arrived is what the server was told: recipients and bytes."""
        sink = Sink()

        def arrived():
            return [
                Arrived(recipient=recipient, data=letter.content)
                for letter in sink.envelopes
                for recipient in letter.rcpt_tos
            ]

        with (
            smtp_server(sink, enable_SMTPUTF8=True) as port,
            smtp_server(Sink(RCPT="550 5.1.1 unknown")) as refusing,
            socket.create_server(("127.0.0.1", 0)) as closed,
        ):
            nobody = closed.getsockname()[1]
            closed.close()
            yield MailerUnderTest(
                mailer=mailer_to(port),
                arrived=arrived,
                refusing=mailer_to(refusing),
                failing=mailer_to(nobody),
            )
