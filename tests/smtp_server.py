"""A real mail server on the loopback interface, for tests."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Sink:
    """Take every letter, or answer as told.

    ``answers`` maps ``MAIL``, ``RCPT`` or ``DATA`` to the reply to be given instead; the answer
    ``drop`` to ``DATA`` takes the letter and hangs up.
    """

    def __init__(self, **answers):
        self.answers = answers
        self.envelopes = []
        self.sessions = []

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        """Answer to the sender."""
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        """Answer to a recipient."""
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Answer to the letter itself."""
        answer = self.answers.get("DATA", "250 OK")
        if answer == "drop":
            server.transport.abort()
        if answer in {"250 OK", "drop"}:
            self.envelopes.append(envelope)
            self.sessions.append(session)
        return answer


class _Controller(Controller):
    """A server on whatever port the system gives it."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(sink, *, tls=None, starttls=None, login=None, **options):
    """Run a server for ``sink`` and yield its port.

    Args:
        sink: What takes the letters.
        tls: TLS settings of a server that speaks nothing else.
        starttls: TLS settings of a server that requires STARTTLS.
        login: User and password that are asked for.
        options: More of aiosmtpd's.
    """
    if starttls is not None:
        options |= {"tls_context": starttls, "require_starttls": True}
    if login is not None:

        def authenticate(server, session, envelope, mechanism, data):
            given = (data.login.decode(), data.password.decode())
            return AuthResult(success=given == login, handled=False)

        encrypted = starttls is not None
        options |= {"auth_required": encrypted, "auth_require_tls": encrypted}
        options["authenticator"] = authenticate
    options |= {"hostname": "127.0.0.1", "port": 0, "server_hostname": "sink.example"}
    controller = _Controller(sink, ssl_context=tls, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def scripted_server(*lines, endless=b"", hang_up=False):
    """Accept one connection, say ``lines`` in answer to one command each, and yield the port.

    Args:
        lines: The first is the greeting; the one after ``354`` answers to a whole letter.
        endless: Said again and again after the last line, as fast as the other side reads.
        hang_up: Whether the connection is closed after the last line, instead of kept silent.
    """
    over = Event()

    def play(listener):
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as commands, suppress(OSError):
            for line in lines:
                connection.sendall(line)
                while commands.readline() not in {b"", b".\r\n"} and line.startswith(b"354"):
                    pass
            while endless and not over.is_set():
                connection.sendall(endless)
            hang_up or over.wait()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=play, args=(listener,))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()


def certificate(folder):
    """Make a certificate of 127.0.0.1, signed by itself; return its file and server settings."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, key_file = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    settings.load_cert_chain(file, key_file)
    return file, settings
