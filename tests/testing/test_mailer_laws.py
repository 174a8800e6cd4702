"""The laws of mailers and identity providers: ours keep them, faulty ones do not."""

from __future__ import annotations

import io
from copy import deepcopy
from itertools import count

import attrs
import pytest

from registrazione.adapters.mailers.console import ConsoleMailer
from registrazione.adapters.mailers.files import FileMailer
from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.core.account import Identity, VerifiedIdentity
from registrazione.ports import IdentityError, MailerUnavailable, MailRefused
from registrazione.service.message import to_bytes
from registrazione.testing import (
    Arrived,
    MailerConformance,
    MailerUnderTest,
    ProviderConformance,
    ProviderUnderTest,
)
from registrazione.testing.fakes import RecordingMailer
from registrazione.testing.laws.kit import judge
from registrazione.testing.laws.mailers import FAILING, MAILER_LAWS, REFUSING, SHOWS_BYTES
from registrazione.testing.laws.providers import ONCE, PROVIDER_LAWS

MAILERS = {law.name: law for law in MAILER_LAWS}
PROVIDERS = {law.name: law for law in PROVIDER_LAWS}


def shown(mailer):
    """Return what a mailer in memory has accepted."""
    return [Arrived(recipient=e.recipient, data=to_bytes(e.message)) for e in mailer.sent]


def under_test(mailer):
    """Put a mailer in memory under test, with others that fail."""
    return MailerUnderTest(
        mailer=mailer,
        arrived=lambda: shown(mailer),
        refusing=RecordingMailer([MailRefused("550")] * 3),
        failing=RecordingMailer([MailerUnavailable("timeout")] * 3),
    )


class TestMemoryMailer(MailerConformance):
    """The mailer that keeps a list."""

    capabilities = frozenset({SHOWS_BYTES, REFUSING, FAILING})

    @pytest.fixture
    def mailer_under_test(self):
        """Look into its list."""
        return under_test(MemoryMailer())


class TestFileMailer(MailerConformance):
    """The mailer that writes files."""

    capabilities = frozenset({SHOWS_BYTES, FAILING})

    @pytest.fixture
    def mailer_under_test(self, tmp_path):
        """Read its folder."""

        def arrived():
            letters = []
            for path in (tmp_path / "out").glob("*.eml"):
                first, _, rest = path.read_bytes().partition(b"\r\n")
                recipient = first.partition(b": ")[2].decode()
                letters.append(Arrived(recipient=recipient, data=rest))
            return letters

        (tmp_path / "file").write_text("no folder")
        return MailerUnderTest(
            mailer=FileMailer(tmp_path / "out"),
            arrived=arrived,
            failing=FileMailer(tmp_path / "file" / "out"),
        )


class TestConsoleMailer(MailerConformance):
    """The mailer that prints."""

    @pytest.fixture
    def mailer_under_test(self):
        """Read what it has printed."""
        stream = io.StringIO()

        def arrived():
            lines = stream.getvalue().splitlines()
            return [Arrived(recipient=line[4:]) for line in lines if line.startswith("To: ")]

        return MailerUnderTest(mailer=ConsoleMailer(stream), arrived=arrived)


class Loses(MemoryMailer):
    """Loses every letter."""

    def send(self, envelope):
        """Do nothing."""


class Doubles(MemoryMailer):
    """Sends every letter to somebody else too."""

    def send(self, envelope):
        """Send twice."""
        super().send(envelope)
        super().send(attrs.evolve(envelope, recipient="other@example.it"))


class Lowers(MemoryMailer):
    """Writes addresses in small letters."""

    def send(self, envelope):
        """Change the recipient."""
        super().send(attrs.evolve(envelope, recipient=envelope.recipient.lower()))


class Signs(MemoryMailer):
    """Replaces the identifier of the letter that goes out."""

    def send(self, envelope):
        """Change a copy."""
        message = deepcopy(envelope.message)
        message.replace_header("Message-ID", "<other@example.it>")
        super().send(attrs.evolve(envelope, message=message))


class Marks(MemoryMailer):
    """Replaces the identifier of the letter that it was given."""

    def send(self, envelope):
        """Change the message."""
        super().send(envelope)
        del envelope.message["Message-ID"]
        envelope.message["Message-ID"] = "<other@example.it>"


class Believes(MemoryMailer):
    """Takes any recipient and any sender."""

    def send(self, envelope):
        """Keep it."""
        self.sent.append(envelope)


class Talks(MemoryMailer):
    """Shows the recipient in its errors."""

    def send(self, envelope):
        """Refuse everything."""
        raise MailRefused(f"550 <{envelope.recipient}>")


class Leaks(MemoryMailer):
    """Lets an error of its library out."""

    def send(self, envelope):
        """Fail."""
        raise OSError("connection reset")


@pytest.mark.parametrize(
    ("mailer", "law"),
    [
        (Loses, "letter_arrives"),
        (Loses, "letters_are_apart"),
        (Loses, "sending_again_is_allowed"),
        (Loses, "goes_on_after_errors"),
        (Loses, "mailer_serves_threads"),
        (Loses, "unusual_address"),
        (Doubles, "headers_name_nobody"),
        (Lowers, "address_is_kept"),
        (Signs, "bytes_are_kept"),
        (Signs, "identifier_is_kept"),
        (Marks, "letter_is_left_alone"),
        (Believes, "one_recipient"),
        (Believes, "one_sender"),
        (Talks, "errors_show_no_address"),
        (Leaks, "errors_show_no_address"),
    ],
)
def test_a_faulty_mailer_is_noticed(mailer, law) -> None:
    """Each fault of a mailer breaks the law that speaks of it."""
    kit = under_test(mailer())
    outcome = judge(MAILERS[law], kit)

    assert outcome.broken


@pytest.mark.parametrize("law", ["refused_for_good", "not_now"])
def test_a_mailer_that_calls_its_failures_otherwise_is_noticed(law) -> None:
    """Refused and not now are not the same."""
    kit = under_test(MemoryMailer())
    turned = attrs.evolve(kit, refusing=kit.failing, failing=kit.refusing)

    assert judge(MAILERS[law], turned).broken


def test_a_refused_address_may_not_arrive() -> None:
    """A mailer may refuse what is beyond ASCII, but not send it as well."""

    class Refuses(MemoryMailer):
        def send(self, envelope):
            raise MailRefused("smtputf8")

    class Both(MemoryMailer):
        def send(self, envelope):
            super().send(envelope)
            raise MailRefused("smtputf8")

    assert not judge(MAILERS["unusual_address"], under_test(Refuses())).broken
    assert judge(MAILERS["unusual_address"], under_test(Both())).broken


MARIA = VerifiedIdentity(
    identity=Identity(provider="spid", issuer="https://idp.example.it", subject="SPID-1"), level=2
)
FAILURES = ("cancelled", "expired", "level_too_low", "unavailable")


def provider_under_test(cls=ScriptedProvider):
    """Put a provider with a script under test."""
    numbers = count()
    script = {"maria": MARIA, **{code: IdentityError(code) for code in FAILURES}}

    def of(person):
        return lambda: {"person": person, "nonce": f"n-{next(numbers)}"}

    bad = {code: of(code) for code in (*FAILURES, "invalid")}
    return ProviderUnderTest(
        provider=cls("spid", script), good=of("maria"), identity=MARIA, bad=bad
    )


class TestScriptedProvider(ProviderConformance):
    """The provider with a script."""

    capabilities = frozenset({ONCE})

    @pytest.fixture
    def provider_under_test(self):
        """Give it its script."""
        return provider_under_test()


class Somebody(ScriptedProvider):
    """Vouches for somebody, whatever it is shown."""

    number = count()

    def verify(self, response):
        """Return another person each time."""
        subject = f"s{next(self.number)}"
        identity = Identity(provider="cie", issuer="", subject=subject)
        if isinstance(response, dict):
            response.clear()
        return VerifiedIdentity(identity=identity, level=2)


class Talkative(ScriptedProvider):
    """Shows the response in its errors."""

    def verify(self, response):
        """Fail."""
        raise IdentityError(f"not {dict(response)}")


@pytest.mark.parametrize("law", sorted(PROVIDERS))
def test_a_provider_that_believes_everything_is_noticed(law) -> None:
    """Each law of a provider notices one that verifies nothing."""
    assert judge(PROVIDERS[law], provider_under_test(Somebody)).broken


def test_an_error_that_tells_is_noticed() -> None:
    """What is in the response does not belong into an error."""
    assert judge(PROVIDERS["errors_show_nothing"], provider_under_test(Talkative)).broken
