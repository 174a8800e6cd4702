"""Letters as they left, and who delivers them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.message import EmailMessage

import pytest

from registrazione import AsyncRegistrar, Registrar
from registrazione.adapters.memory import MemoryStore
from registrazione.ports import Envelope, Mailer, MailRefused
from registrazione.testing.builders import NOON
from registrazione.testing.fakes import FastHasher, ManualClock, RecordingMailer
from registrazione.testing.outbox import Letter, Outbox, link_in, plain_text, value_in
from registrazione.testing.people import PEOPLE

ADELE = PEOPLE.adele


def opened(outbox, opener=Registrar, **settings):
    """Open a registrar that sends its letters to the outbox."""
    usual = {
        "profile": "standard",
        "storage": MemoryStore(),
        "mailer": outbox,
        "secret_keys": ["k" * 32],
        "base_url": "https://example.it/registrazione",
        "clock": ManualClock(NOON),
        "hasher": FastHasher(),
    }
    return opener.open(**{**usual, **settings})


def register(registrar, person=ADELE):
    """Register up to the mailed link."""
    page = registrar.begin()
    page = registrar.fill(page.draft, person.form(registrar.profile), consents=["privacy"])
    registrar.confirm(page.draft)


def written(text):
    """Return a letter with this text."""
    message = EmailMessage()
    message["Subject"] = "Prova"
    message.set_content(text)
    return Letter(kind="activation", recipient=ADELE.email, message=message)


def test_a_link_and_its_token() -> None:
    """The link stands on a line of its own; the token is what comes after the page's name."""
    letter = written("Segui:\nhttps://scuola.example/x/activate/abc.def-_\n\nCiao\n")

    assert letter.link() == "https://scuola.example/x/activate/abc.def-_"
    assert letter.token() == "abc.def-_"
    assert letter.subject == "Prova"
    assert link_in("Vedi https://scuola.example/activate/abc\n") is None


@pytest.mark.parametrize("look", [Letter.link, Letter.token])
def test_a_letter_without_a_link(look) -> None:
    """Whoever looks for a link in vain is told in which letter."""
    with pytest.raises(LookupError, match="there is no link in the letter «Prova»"):
        look(written("Ciao"))


def test_a_value_behind_a_label() -> None:
    """The value stands on the label's line; another label is told to be missing."""
    letter = written("Ecco:\n\n    Nome utente: anna.b\nPassword: no\n")

    assert letter.value("Nome utente") == "anna.b"
    assert value_in(letter.text, "Nome") is None
    with pytest.raises(LookupError, match="there is no «Password» in the letter «Prova»"):
        letter.value("Password")


def test_a_letter_without_plain_text() -> None:
    """A letter in HTML alone has no plain text."""
    message = EmailMessage()
    message.set_content("<p>Ciao</p>", subtype="html")

    assert plain_text(message) == ""


def test_it_is_a_mailer() -> None:
    """It takes what a mailer takes, and refuses what every mailer refuses."""
    outbox: Mailer = Outbox()
    message = EmailMessage()

    with pytest.raises(MailRefused):
        outbox.send(Envelope(sender="a@example.it", recipient="a@x.it, b@x.it", message=message))


def test_letters_by_kind_and_address() -> None:
    """What is due leaves when somebody looks, and each letter knows what it is."""
    outbox = Outbox()
    registrar = opened(outbox)
    outbox.watch(registrar)
    outbox.watch(registrar)
    register(registrar)

    assert outbox.sent == ()
    assert outbox.last("activation") == outbox.last()
    assert [letter.kind for letter in outbox.to(ADELE.email)] == ["activation"]
    assert outbox.to(PEOPLE.bruno.email) == outbox.letters("reset") == ()
    assert repr(outbox) == "<Outbox: activation>"
    assert repr(Outbox()) == "<Outbox: nothing has left>"
    with pytest.raises(LookupError, match="no letter reset has left; there is activation"):
        outbox.last("reset")


def test_two_portals_one_outbox() -> None:
    """The letters of every registrar that is watched leave, in the order in which they left."""
    outbox, store = Outbox(), MemoryStore()
    for profile, person in (("standard", ADELE), ("unimi-external", PEOPLE.bruno)):
        registrar = opened(outbox, profile=profile, storage=store)
        outbox.watch(registrar)
        page = registrar.begin()
        consents = [text.name for text in registrar.profile.consents]
        page = registrar.fill(page.draft, person.form(registrar.profile), consents=consents)
        registrar.confirm(page.draft)

    assert [letter.kind for letter in outbox.letters()] == ["activation"] * 2
    assert outbox.letters()[0].recipient == ADELE.email


def test_an_overtaken_letter_does_not_leave() -> None:
    """A letter whose link is worth nothing any more is neither sent nor counted."""
    outbox = Outbox()
    registrar = opened(outbox)
    outbox.watch(registrar)
    register(registrar)
    registrar.parts.clock.advance(timedelta(days=400))
    registrar.expire_due()

    assert outbox.letters("activation") == ()


def test_letters_that_go_elsewhere_are_left_alone() -> None:
    """A registrar with another mailer is not made to deliver by somebody's looking."""
    outbox, mailer = Outbox(), RecordingMailer()
    registrar = opened(outbox, mailer=mailer)
    outbox.watch(registrar)
    register(registrar)

    assert outbox.letters() == ()
    assert mailer.attempts == []


class Awaited:
    """A store whose methods are to be awaited."""

    volatile = True

    def __init__(self) -> None:
        self._store = MemoryStore()

    def __getattr__(self, name):
        """Return the method of the store, to be awaited."""

        async def method(*arguments):
            return getattr(self._store, name)(*arguments)

        return method


def test_a_store_that_is_awaited_delivers_for_itself() -> None:
    """Looking delivers nothing there; what the registrar has delivered has its kind."""
    outbox = Outbox()
    registrar = opened(outbox, AsyncRegistrar, storage=Awaited())
    outbox.watch(registrar)

    async def story():
        page = await registrar.begin()
        form = ADELE.form(registrar.profile)
        page = await registrar.fill(page.draft, form, consents=["privacy"])
        await registrar.confirm(page.draft)
        before = outbox.letters()
        await registrar.deliver_outbox()
        return before

    assert asyncio.run(story()) == ()
    assert outbox.last("activation").token()
