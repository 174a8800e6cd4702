"""The laws of :class:`~registrazione.ports.Mailer`, for a mailer that can be looked behind."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType

import attrs

from registrazione.ports import Envelope, Mailer, MailerError, MailerUnavailable, MailRefused
from registrazione.service.message import compose, to_bytes
from registrazione.testing.builders import NOON
from registrazione.testing.laws.kit import (
    Law,
    expect,
    failures,
    gather,
    present,
    race,
    require,
    unique,
)

SHOWS_BYTES = "shows-bytes"
"""What has arrived can be read byte by byte."""
REFUSING = "refusing"
"""There is a mailer whose letters are refused for good by whoever should take them."""
FAILING = "failing"
"""There is a mailer that reaches nobody."""

_SENDER = "portale@example.it"
_HOSTILE = (
    "",
    "nobody",
    "a@example.it, b@example.it",
    "a@example.it\r\nRCPT TO:<b@example.it>",
    "a@example.it\nBcc: b@example.it",
    "Maria <a@example.it>",
    "a b@example.it",
    "@relay.example:a@example.it",
    "a@example.it\x00",
)


@attrs.frozen(kw_only=True)
class Arrived:
    """A letter on the other side of a mailer.

    Args:
        recipient: Whom it was handed over for.
        data: Its bytes, where they can be seen; line ends do not matter.
    """

    recipient: str
    data: bytes = b""


@attrs.frozen(kw_only=True)
class MailerUnderTest:
    """A mailer, and what the laws need beside it.

    Args:
        mailer: The mailer.
        arrived: Returns every letter that has arrived so far.
        refusing: A mailer of the same kind, whose letters are refused for good.
        failing: A mailer of the same kind that reaches nobody.
    """

    mailer: Mailer
    arrived: Callable[[], Sequence[Arrived]]
    refusing: Mailer | None = None
    failing: Mailer | None = None


def _letter(recipient: str = "", sender: str = _SENDER, **headers: str) -> Envelope:
    """Return a letter that nobody else has sent."""
    name = unique("letter")
    address = recipient or f"{name}@example.it"
    message = compose(
        sender=_SENDER,
        recipient="maria@example.it" if headers or recipient else address,
        subject="Attivazione: è tutto pronto",
        text=f"Buongiorno,\n\n.una riga che comincia con un punto\nFrom qui\n{name}\n",
        html=f"<p>Buongiorno, {name}</p>",
        message_id=name,
        date=NOON,
        language="it",
    )
    for header, value in headers.items():
        message[header] = value
    return Envelope(sender=sender, recipient=address, message=message)


def _arrived(under_test: MailerUnderTest, recipient: str) -> list[Arrived]:
    """Return what has arrived for somebody."""
    return [letter for letter in under_test.arrived() if letter.recipient == recipient]


def _unix(data: bytes) -> bytes:
    """Return a letter without what the way may do to line ends."""
    return data.replace(b"\r\n", b"\n").rstrip(b"\n")


def law_letter_arrives(under_test: MailerUnderTest) -> None:
    """A letter arrives once, for its recipient and nobody else."""
    before = len(under_test.arrived())
    letter = _letter()
    under_test.mailer.send(letter)
    require(len(_arrived(under_test, letter.recipient)) == 1, "the letter has not arrived once")
    require(len(under_test.arrived()) == before + 1, "it has arrived for somebody else too")


def law_letters_are_apart(under_test: MailerUnderTest) -> None:
    """Each of several letters arrives for its own recipient."""
    letters = [_letter() for _ in range(3)]
    for letter in letters:
        under_test.mailer.send(letter)
    arrived = [len(_arrived(under_test, letter.recipient)) for letter in letters]
    require(arrived == [1, 1, 1], "a letter is lost, or sent more than once")


def law_headers_name_nobody(under_test: MailerUnderTest) -> None:
    """Whatever the headers say, the letter goes to the recipient of the envelope alone."""
    before = len(under_test.arrived())
    recipient = f"{unique('maria')}@example.it"
    letter = _letter(recipient, Cc="copy@example.it", Bcc="hidden@example.it")
    under_test.mailer.send(letter)
    added = [arrived.recipient for arrived in under_test.arrived()][before:]
    require(
        len(_arrived(under_test, recipient)) == 1, "the recipient of the envelope has no letter"
    )
    require(added == [recipient], "somebody has got a letter whom only a header names")


def law_address_is_kept(under_test: MailerUnderTest) -> None:
    """The recipient is the stored address byte for byte: case, plus signs and dots count."""
    recipient = f"Maria.Bianchi+{unique('scuola')}@Example.it"
    under_test.mailer.send(_letter(recipient))
    require(len(_arrived(under_test, recipient)) == 1, "the address was changed on its way")


def law_bytes_are_kept(under_test: MailerUnderTest) -> None:
    """The letter arrives byte by byte as it was checked, line ends aside."""
    letter = _letter()
    under_test.mailer.send(letter)
    (arrived,) = _arrived(under_test, letter.recipient)
    require(_unix(arrived.data) == _unix(to_bytes(letter.message)), "the letter was changed")


def law_identifier_is_kept(under_test: MailerUnderTest) -> None:
    """The Message-ID arrives as it is: a letter that is sent twice can be told."""
    letter = _letter()
    identifier = str(letter.message["Message-ID"])
    under_test.mailer.send(letter)
    (arrived,) = _arrived(under_test, letter.recipient)
    head = _unix(arrived.data).partition(b"\n\n")[0].decode()
    lines = [line for line in head.split("\n") if line.lower().startswith("message-id:")]
    require([line.partition(":")[2].strip() for line in lines] == [identifier], "it is another")


def law_sending_again_is_allowed(under_test: MailerUnderTest) -> None:
    """A letter may be sent again, after its worker has died: it goes out, or is the same."""
    letter = _letter()
    under_test.mailer.send(letter)
    under_test.mailer.send(letter)
    require(_arrived(under_test, letter.recipient), "a letter that is sent again is lost")


def law_letter_is_left_alone(under_test: MailerUnderTest) -> None:
    """The mailer changes nothing in the letter that it is given."""
    letter = _letter()
    before = to_bytes(letter.message)
    under_test.mailer.send(letter)
    require(to_bytes(letter.message) == before, "the mailer has changed the letter")


def law_one_recipient(under_test: MailerUnderTest) -> None:
    """Whatever is not exactly one address is refused, and nothing goes out."""
    before = len(under_test.arrived())
    for recipient in _HOSTILE:
        letter = attrs.evolve(_letter(), recipient=recipient)
        expect(MailRefused, partial(under_test.mailer.send, letter), "it has to be refused")
    require(len(under_test.arrived()) == before, "a letter without one recipient went out")


def law_one_sender(under_test: MailerUnderTest) -> None:
    """A sender that is not exactly one address is refused, and nothing goes out."""
    before = len(under_test.arrived())
    for sender in _HOSTILE:
        letter = attrs.evolve(_letter(), sender=sender)
        expect(MailRefused, partial(under_test.mailer.send, letter), "it has to be refused")
    require(len(under_test.arrived()) == before, "a letter without one sender went out")


def law_unusual_address(under_test: MailerUnderTest) -> None:
    """An address beyond ASCII arrives as it is, or is refused for good."""
    recipient = f"niccolò.{unique('x')}@exämple.it"
    try:
        under_test.mailer.send(_letter(recipient))
    except MailRefused:
        require(not _arrived(under_test, recipient), "a refused letter has arrived")
    else:
        require(len(_arrived(under_test, recipient)) == 1, "the address was changed on its way")


def law_errors_show_no_address(under_test: MailerUnderTest) -> None:
    """An error shows neither recipient nor letter, nor does anything behind it."""
    hostile = "segreto@example.it, altra@example.it"
    mailers = [under_test.mailer, under_test.refusing, under_test.failing]
    for mailer in mailers:
        recipient = hostile if mailer is under_test.mailer else "segreto@example.it"
        if mailer is not None:
            letter = attrs.evolve(_letter(), recipient=recipient)
            error = expect(MailerError, partial(mailer.send, letter), "it has to fail")
            shown = "".join(traceback.format_exception(error, limit=0))
            require("segreto" not in shown, "the error shows the recipient")
            require("Buongiorno" not in shown, "the error shows the letter")


def law_refused_for_good(under_test: MailerUnderTest) -> None:
    """A letter that will never be accepted is refused, with a short code."""
    mailer = present(under_test.refusing, "there is no mailer that is refused")
    error = expect(MailRefused, lambda: mailer.send(_letter()), "it has to be refused for good")
    _require_short(error.code)


def law_not_now(under_test: MailerUnderTest) -> None:
    """Where nobody is reached the letter may be sent later, and the code is short."""
    mailer = present(under_test.failing, "there is no mailer that reaches nobody")
    error = expect(MailerUnavailable, lambda: mailer.send(_letter()), "it has to be tried later")
    _require_short(error.code)


def law_goes_on_after_errors(under_test: MailerUnderTest) -> None:
    """After a letter that was refused the next one arrives."""
    bad = attrs.evolve(_letter(), recipient="nobody")
    expect(MailRefused, lambda: under_test.mailer.send(bad), "it has to be refused")
    letter = _letter()
    under_test.mailer.send(letter)
    require(len(_arrived(under_test, letter.recipient)) == 1, "no letter goes out after an error")


def law_mailer_serves_threads(under_test: MailerUnderTest) -> None:
    """Eight threads hand letters over at the same moment, and all arrive whole."""
    letters = [_letter() for _ in range(8)]
    results = race([partial(under_test.mailer.send, letter) for letter in letters])
    wrong = failures(results)
    require(not wrong, f"a thread got {', '.join(wrong)}")
    arrived = [len(_arrived(under_test, letter.recipient)) for letter in letters]
    require(set(arrived) == {1}, "a letter of a thread is lost, or sent more than once")


def _require_short(code: str) -> None:
    """Make sure that a code is one: no address, no text of a server."""
    require(0 < len(code) <= 20 and "@" not in code and " " not in code, "the code is no code")  # noqa: PLR2004 - short


_HERE: ModuleType = sys.modules[__name__]
_NEEDS = {
    "bytes_are_kept": SHOWS_BYTES,
    "identifier_is_kept": SHOWS_BYTES,
    "refused_for_good": REFUSING,
    "not_now": FAILING,
}

MAILER_LAWS: tuple[Law[MailerUnderTest], ...] = tuple(
    attrs.evolve(law, needs=frozenset({_NEEDS[law.name]} if law.name in _NEEDS else ()))
    for law in gather(_HERE, "mailers")
)
"""Every law of a mailer; some need a capability."""
