"""The stage notices when a story goes another way than its document says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from tests.codici_fiscali import code_for

from registrazione.adapters.mailers.smtp import SmtpMailer
from registrazione.core.answer import Answer, Next
from registrazione.core.codice_fiscale import is_codice_fiscale
from registrazione.core.refusals import Refusal, fault, refusal
from registrazione.ports import Envelope
from registrazione.service.message import compose
from registrazione.stories.audience import NoAudience, Step
from registrazione.stories.base import Caught, Stage, StoryClock
from registrazione.stories.mailbox import Letter, Mailbox, StoryFailed
from registrazione.stories.people import GIULIA, LENA, PEOPLE, SERGIO
from registrazione.stories.post_office import PostOffice
from registrazione.testing.fakes import FastHasher

NOW = datetime(2023, 11, 16, 8, tzinfo=UTC)


class Watching(NoAudience):
    """Remembers what was shown."""

    def __init__(self):
        self.seen = []

    def scene(self, title, at):
        """Remember a scene."""
        self.seen.append(("scene", title, at))

    def step(self, step):
        """Remember a step."""
        self.seen.append(("step", step.words))

    def refused(self, words, help_text):
        """Remember a refusal."""
        self.seen.append(("refused", *words, help_text))

    def letter(self, letter):
        """Remember a letter."""
        self.seen.append(("letter", letter.recipient))


@pytest.fixture
def audience():
    """Somebody who looks on."""
    return Watching()


@pytest.fixture
def stage(audience):
    """The students' portal."""
    with Stage("mim-students", NOW, hasher=FastHasher(), audience=audience) as opened:
        yield opened


def written(text="Ciao", subject="Prova", recipient="anna@posta.example"):
    """Return a letter with this text."""
    return compose(
        sender="noreply@portale.example",
        recipient=recipient,
        subject=subject,
        text=text,
        html="<p>Ciao</p>",
        message_id="abc",
        date=NOW,
        language="it",
    )


def letter(text):
    """Return a letter as it arrived."""
    return Letter(recipient="anna@posta.example", message=written(text))


# -- people ---------------------------------------------------------------------------------


@pytest.mark.parametrize("person", PEOPLE, ids=[person.key for person in PEOPLE])
def test_the_codes_are_those_of_the_decree(person):
    """Everybody's codice fiscale is sound, and the decree's own tables give the same."""
    plain = str.maketrans({" ": "", "'": "", "Ù": "U", "Ć": "C"})
    surname, name = (text.upper().translate(plain) for text in (person.surname, person.name))
    literal = code_for(surname, name, person.sex, person.born, person.birth_place)
    assert person.codice_fiscale == literal
    assert is_codice_fiscale(literal)


def test_what_providers_tell():
    """SPID tells code, address and phone; eIDAS little more than who it is."""
    spid, eidas = SERGIO.vouched_for("spid"), LENA.vouched_for("eidas")
    assert spid.codice_fiscale == SERGIO.codice_fiscale
    assert (spid.values["email"], spid.values["phone"]) == (SERGIO.email, SERGIO.phone)
    assert eidas.codice_fiscale is None
    assert set(eidas.values) == {"name", "surname", "birth_date"}
    assert spid.identity != SERGIO.vouched_for("cie").identity


# -- steps and refusals ---------------------------------------------------------------------


def test_steps_are_counted_and_shown(stage, audience):
    """A step is numbered and dated; scenes and steps reach the audience in order."""
    stage.scene("Inizio")
    stage.step("Apre la pagina", "MIM-03")
    stage.wait(hours=2)
    stage.step("Aspetta")
    assert stage.steps == [
        Step(number=1, words="Apre la pagina", requirements=("MIM-03",), at=NOW),
        Step(number=2, words="Aspetta", requirements=(), at=NOW + timedelta(hours=2)),
    ]
    assert audience.seen == [
        ("scene", "Inizio", NOW),
        ("step", "Apre la pagina"),
        ("step", "Aspetta"),
    ]


def test_a_refusal_is_shown_with_help(stage, audience):
    """Errors are shown in words, with the field and where help is to be had; warnings are not."""
    with stage.refused("window.late") as caught:
        raise Refusal(
            fault("window.late"),
            fault("input.missing", "email"),
            fault("cf.provvisorio", "cf", severity="warning"),
            ticket="way-on",
        )
    assert caught.ticket == "way-on"
    assert audience.seen == [
        (
            "refused",
            "Il termine per registrarsi è scaduto.",
            "Questo campo è obbligatorio. [email]",
            "Rivolgiti alla segreteria della tua scuola.",
        )
    ]


def test_a_refusal_without_help(stage, audience):
    """A procedure need not say where help with a problem is to be had."""
    with stage.refused("input.missing"):
        raise refusal("input.missing")
    assert audience.seen == [("refused", "Questo campo è obbligatorio.", "")]


def test_what_should_be_refused_and_is_not(stage):
    """A story stops where something passes that its document forbids."""
    late = stage.refused("window.late")
    with pytest.raises(StoryFailed, match=r"should have been refused: window\.late"), late:
        stage.registrar.begin()
    assert Caught().ticket == ""


def test_what_is_refused_for_another_reason(stage):
    """A story stops where something is refused for another reason than its document's."""
    late, told = stage.refused("window.late"), r"with session\.ended.*, not with window\.late"
    with pytest.raises(StoryFailed, match=told), late:
        stage.registrar.enter_service("", "pcto")


def test_another_error_is_left_alone(stage):
    """What is no refusal is no part of a story."""
    with pytest.raises(ZeroDivisionError), stage.refused("window.late"):
        raise ZeroDivisionError


def test_where_an_answer_leads(stage):
    """A story stops where an answer leads elsewhere, or holds less than the story needs."""
    begun = stage.registrar.begin()
    assert stage.reached(begun, Next.NOTICE) is begun
    assert stage.page(begun, Next.NOTICE) is begun.draft
    with pytest.raises(StoryFailed, match="leads to acknowledge_notice, not to fill"):
        stage.reached(begun, Next.FILL)
    with pytest.raises(StoryFailed, match="no form on the page nothing"):
        stage.page(Answer(), Next.NOTHING)
    with pytest.raises(StoryFailed, match="about no account"):
        stage.account_id(begun)
    with pytest.raises(StoryFailed, match="no rain"):
        stage.expect(fact=False, otherwise="no rain")


def test_the_clock_stands_still():
    """Time passes only when the story says so."""
    clock = StoryClock(NOW)
    assert clock.now() == clock.now() == NOW
    clock.go_to(NOW + timedelta(days=1))
    assert clock.now() == NOW + timedelta(days=1)


def test_nobody_need_look_on():
    """Without an audience a story is played all the same."""
    with Stage("mim-students", NOW, hasher=FastHasher()) as stage:
        stage.scene("Inizio")
        stage.step("Apre la pagina")
        with stage.refused("session.ended"):
            stage.registrar.sign_out("")
        stage.mailbox.put("anna@posta.example", written())
        assert len(stage.post()) == 1


# -- letters --------------------------------------------------------------------------------


def test_letters_are_shown_once(stage, audience):
    """Each letter reaches the audience when it arrives; a mailbox without one stops the story."""
    stage.mailbox.put("anna@posta.example", written())
    stage.mailbox.put("anna@posta.example", written(subject="Seconda"))
    assert stage.letter("anna@posta.example").subject == "Seconda"
    assert audience.seen == [("letter", "anna@posta.example")] * 2
    assert len(stage.mailbox.letters("anna@posta.example")) == 2
    assert stage.mailbox.letters(GIULIA.email) == ()
    with pytest.raises(StoryFailed, match=r"no letter came to anna@posta\.example"):
        stage.letter("anna@posta.example")


def test_what_is_read_off_a_letter():
    """The link's token and what stands behind a label, and nothing that only looks like them."""
    text = "Segui:\nhttps://portale.example/x/activate/abc.def-_\n\n    Nome utente: anna.b\n"
    read = letter(text)
    assert (read.token, read.value("Nome utente")) == ("abc.def-_", "anna.b")
    plain = letter("Vedi https://portale.example/activate/abc\nNome utente: anna\n")
    with pytest.raises(StoryFailed, match="no link in the letter «Prova»"):
        assert plain.token
    with pytest.raises(StoryFailed, match="no «Nome utente» in the letter «Prova»"):
        plain.value("Nome utente")


def test_a_letter_without_plain_text():
    """A letter in HTML alone has no words that a story could read."""
    message = EmailMessage()
    message.set_content("<p>Ciao</p>", subtype="html")
    assert Letter(recipient="anna@posta.example", message=message).text == ""


def test_the_post_office_is_a_real_mail_server():
    """A letter sent over SMTP arrives as it was written."""
    mailbox = Mailbox()
    text = "Però:\n    Nome utente: anna.b\nhttps://portale.example/reset/abc\n"
    with PostOffice(mailbox) as office:
        message = written(text, subject="Perché no?")
        envelope = Envelope(
            sender="noreply@portale.example", recipient="anna@posta.example", message=message
        )
        SmtpMailer.from_url(office.url).send(envelope)
    (arrived,) = mailbox.fresh()
    assert mailbox.fresh() == ()
    assert (arrived.recipient, arrived.subject) == ("anna@posta.example", "Perché no?")
    assert (arrived.text, arrived.token) == (text, "abc")


# -- other portals --------------------------------------------------------------------------


def test_another_portal_shares_the_accounts(theatre):
    """At another portal letters are that portal's, and afterwards the story is where it was."""
    stage = theatre("polis", NOW)
    here = stage.registrar
    with stage.portal("iscrizioni-online") as there:
        assert stage.registrar is there
        assert there.profile.name == "iscrizioni-online"
        assert there.parts.store is here.parts.store
    assert stage.registrar is here
    with pytest.raises(StoryFailed), stage.portal("iscrizioni-online"):
        stage.letter("nessuno@posta.example")
    assert stage.registrar is here
