"""Letters: what each says, what none says, which are void, and that they never differ."""

from __future__ import annotations

import re

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.service.letter_world import (
    BASE_URL,
    CODICE_FISCALE,
    HELP,
    KEY_ID,
    PARENTS,
    PROFILE,
    SECRETS,
    STANDARD,
    STUDENTS,
    VAULT,
    WITH_CODE,
    derived,
    html_of,
    letter,
    person,
    secret_of,
    text_of,
    writer,
    written,
)

from registrazione.core.personal_code import PersonalCodePolicy
from registrazione.core.texts import Text
from registrazione.profiles import _policies
from registrazione.service.letters import KINDS, LINKS, LetterWriter, UnknownProfile
from registrazione.service.message import to_bytes
from registrazione.service.vault import KeyVault
from registrazione.testing.builders import NOON

PROFILES = {
    "usual": PROFILE,
    "with_code": WITH_CODE,
    "students": STUDENTS,
    "parents": PARENTS,
    "standard": STANDARD,
}

everywhere = pytest.mark.parametrize("language", ["it", "en"])
every_kind = pytest.mark.parametrize("kind", KINDS)


def profile_for(kind, profile=PROFILE):
    """Return a procedure in which that kind of letter is written."""
    return WITH_CODE if kind in {"enabling", "code_recovery"} else profile


# -- all letters ----------------------------------------------------------------------------


@every_kind
@everywhere
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_every_letter_can_be_written(kind, language, profile):
    """Each kind, in each language, for each sort of procedure: nothing is missing anywhere."""
    envelope = written(kind, profile_for(kind, profile), language=language)

    assert envelope.message["Content-Language"] == language
    assert profile.title.to(language) in envelope.message["Subject"]
    for body in (text_of(envelope), html_of(envelope)):
        assert BASE_URL in body
        assert not re.search(r"None|Undefined|\{[{%]|[%}]\}|\bTrue\b|\bFalse\b", body)


@every_kind
@everywhere
def test_letters_are_written_about_an_account_of_which_little_is_known(kind, language):
    """Names, dates and addresses that are not there leave sentences out, not errors behind."""
    bare = person(
        values={},
        codice_fiscale=None,
        username=None,
        email=None,
        personal_email=None,
        password_set_at=None,
        temporary_until=None,
        locked_until=None,
    )
    profile = attrs.evolve(profile_for(kind), help={})

    envelope = written(kind, profile, bare, language=language)

    assert text_of(envelope).startswith("Buongiorno," if language == "it" else "Good day,")


@every_kind
@everywhere
def test_typed_markup_stays_text(kind, language):
    """A name is shown as it was typed, and in HTML it is nothing but text."""
    odd = "<b>O'Brien</b>"
    account = person(values={"name": odd, "surname": odd})
    params = {"reason": odd, "days": odd}

    envelope = written(kind, profile_for(kind), account, language=language, params=params)

    assert odd in text_of(envelope)
    assert "<b>" not in html_of(envelope)
    assert "&lt;b&gt;O&#39;Brien&lt;/b&gt;" in html_of(envelope)


@every_kind
@pytest.mark.parametrize(
    "hostile",
    [
        "Anna\r\nBcc: eve@example.org",
        "=?utf-8?q?Anna=0d=0aBcc=3a_eve=40example=2eorg?=",
        "\x00\udc80",
    ],
)
def test_no_name_becomes_a_header(kind, hostile):
    """Line ends, encoded words, NULs and surrogates in typed values change no header."""
    account = person(values={"name": hostile, "surname": hostile}, username=hostile)

    envelope = written(
        kind, profile_for(kind), account, params={"reason": hostile, "days": hostile}
    )

    headers = to_bytes(envelope.message).partition(b"\r\n\r\n")[0]
    assert b"eve" not in headers
    assert envelope.message.keys() == written(kind, profile_for(kind)).message.keys()
    assert envelope.message["To"] == "anna@example.it"


@given(st.text(), st.text())
def test_no_typed_text_at_all_keeps_a_letter_from_going(name, reason):
    """Whatever was typed, the letter can be sent, and its headers are the same."""
    account = person(values={"name": name, "surname": name}, username=name)

    envelope = written("suspended", account=account, params={"reason": reason})

    assert envelope.message.items() == written("suspended").message.items()


@every_kind
def test_the_same_letter_is_the_same_to_the_byte(kind):
    """A letter that goes out twice after a crash cannot say two things."""
    profile = profile_for(kind)
    message, account = letter(kind), person()

    letters = {to_bytes(writer(profile).write(message, account).message) for _ in range(2)}

    assert len(letters) == 1


@pytest.mark.requirement("UNI-08")
def test_headers_are_made_from_the_message():
    """Identity and date are the stored letter's, so that mail programs show a repeat once."""
    envelope = written("activation", letter_id="abc234")

    assert envelope.message["Message-ID"] == "<abc234@portale.example.it>"
    assert envelope.message["Date"].datetime == NOON
    assert envelope.message["From"] == "Segreteria <noreply@example.it>"
    assert (envelope.sender, envelope.recipient) == ("noreply@example.it", "anna@example.it")


def test_without_a_name_of_their_own_letters_come_from_the_procedure():
    """The sender's name falls back to the procedure's title, in the letter's language."""
    envelope = written("reset", STANDARD, language="en")

    assert envelope.message["From"] == "School portal <noreply@example.it>"
    assert "School portal\n\n---" in text_of(envelope)


def test_another_language_is_written_in_italian():
    """What is not English is Italian, the first language."""
    envelope = written("reset", language="fr")

    assert envelope.message["Content-Language"] == "it"
    assert "Gentile Anna," in text_of(envelope)


@every_kind
@everywhere
def test_the_codice_fiscale_is_on_the_form_for_the_desk_only(kind, language):
    """No letter shows it but the one with the modulo di adesione."""
    envelope = written(kind, WITH_CODE, language=language)

    for body in (text_of(envelope), html_of(envelope)):
        assert (CODICE_FISCALE in body) == (kind in {"receipt", "enabling"})


@every_kind
@everywhere
@pytest.mark.requirement("IOL-09")
def test_a_secret_stands_only_where_it_is_due(kind, language):
    """Generated secrets are in their letters, exactly; a chosen password is in none at all."""
    envelope = written(kind, WITH_CODE, language=language)
    due = SECRETS.get(kind)
    policies = {"password": _policies.POLIS, "code": PersonalCodePolicy()}

    for body in (text_of(envelope), html_of(envelope)):
        shown = {name for name, policy in policies.items() if secret_of(name, policy) in body}
        assert shown == ({due} if due else set())
        assert "never kept" not in body


@every_kind
@everywhere
def test_links_begin_with_the_configured_address(kind, language):
    """Whatever a letter says, it leads nowhere but to the portal and its help."""
    envelope = written(kind, profile_for(kind), language=language)

    links = re.findall(r'href="([^"]*)"', html_of(envelope))

    assert all(link == HELP.url or link.startswith(BASE_URL) for link in links)
    assert any("/activate/" in x or "/reset/" in x or "/email/" in x for x in links) == (
        kind in LINKS
    )


@pytest.mark.parametrize("kind", LINKS)
def test_a_link_carries_the_token_of_its_purpose(kind):
    """The token names account, epoch and the moment of the commit, and is good for one thing."""
    envelope = written(kind, account=person(epoch=3), epoch=3)
    purpose, page = LINKS[kind]

    token = re.search(rf"{BASE_URL}/{page}/(\S+)", text_of(envelope))[1]

    claims = VAULT.read_token(purpose, token)
    assert (claims.account_id, claims.epoch, claims.issued_at) == ("account-1", 3, NOON)
    assert f'href="{BASE_URL}/{page}/{token}"' in html_of(envelope)


def test_a_slash_at_the_end_of_the_address_changes_nothing():
    """Links have one slash, however the settings were written."""
    envelope = writer(base_url=BASE_URL + "/").write(letter("reset"), person())

    assert f"{BASE_URL}/reset/" in text_of(envelope)
    assert "//reset" not in text_of(envelope)


@pytest.mark.requirement("POL-16", "MIM-41")
@everywhere
def test_help_is_that_for_the_kind_of_problem(language):
    """Enabling is the office's affair, a forgotten password the help desk's."""
    office = attrs.evolve(HELP, text=Text("L'ufficio", "The office"), phone="", url="")
    profile = attrs.evolve(WITH_CODE, help={"registration": HELP, "enabling": office})

    receipt = text_of(written("receipt", profile, language=language))
    reset = text_of(written("reset", profile, language=language))

    assert office.text.to(language) in receipt
    assert HELP.phone not in receipt
    assert HELP.text.to(language) in reset
    assert HELP.phone in reset
    assert HELP.url in reset


@pytest.mark.requirement("IOL-20")
@pytest.mark.parametrize(
    ("kind", "profile", "hinted"),
    [
        ("activation", PARENTS, True),
        ("activation", PROFILE, False),
        ("receipt", WITH_CODE, True),
        ("username", PROFILE, True),
        ("credentials", PARENTS, False),
    ],
)
def test_spam_is_mentioned_where_another_letter_is_to_come(kind, profile, hinted):
    """Whoever waits for the next letter is told where it may have gone."""
    assert ("“Spam”" in text_of(written(kind, profile))) == hinted


# -- other people's templates ---------------------------------------------------------------


def test_a_host_replaces_a_template_by_its_name(tmp_path):
    """A file of the same name comes first, and it can keep the rest of the packaged one."""
    folder = tmp_path / "it"
    folder.mkdir()
    (folder / "reset.jinja").write_text(
        '{% extends "registrazione/it/reset.jinja" %}'
        "{% block subject %}Nuova password per {{ name }}{% endblock %}",
        encoding="utf-8",
    )

    envelope = writer(template_paths=[tmp_path]).write(letter("reset"), person())

    assert envelope.message["Subject"] == "Nuova password per Anna"
    assert f"{BASE_URL}/reset/" in text_of(envelope)


@pytest.mark.requirement("MIM-26")
def test_a_procedure_chooses_another_template(tmp_path):
    """A profile maps a kind of letter to a template of its own; other kinds are untouched."""
    folder = tmp_path / "it"
    folder.mkdir()
    (folder / "studenti.jinja").write_text(
        '{% extends "it/letter.jinja" %}{% block subject %}Credenziali{% endblock %}'
        "{% block body %}{{ details([[username, secret]]) }}{% endblock %}",
        encoding="utf-8",
    )
    profile = attrs.evolve(STUDENTS, letters={"credentials": "studenti"})
    write = writer(profile, template_paths=[str(tmp_path)]).write

    credentials = write(letter("credentials"), person())
    reset = write(letter("reset"), person())

    assert credentials.message["Subject"] == "Credenziali"
    assert f"anna.rossi: {secret_of('password', _policies.MIM)}" in text_of(credentials)
    assert reset.message["Subject"] == "Portale scuola: scegli una nuova password"


def test_a_typed_value_is_never_a_template():
    """What looks like one stays text, in a name as in a reason."""
    params = {"reason": "{{ 7 * 7 }}{% raise %}"}
    envelope = written("rejected", account=person(values={"name": "{{ secret }}"}), params=params)

    assert "Gentile {{ secret }}," in text_of(envelope)
    assert "{{ 7 * 7 }}{% raise %}" in html_of(envelope)


# -- settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "portale.example.it",
        "ftp://example.it",
        "https://",
        "https://x.it/?a=1",
        "https://x.it/#a",
    ],
)
def test_an_address_that_no_link_can_begin_with_is_refused(base_url):
    """A wrong setting is found when the writer is made, not in a letter."""
    with pytest.raises(ValueError, match="base_url"):
        writer(base_url=base_url)


@pytest.mark.parametrize("sender", ["", "noreply", "A <a@example.it>", "a@x.it, b@x.it"])
def test_a_sender_that_is_not_one_address_is_refused(sender):
    """The sender is a bare address."""
    with pytest.raises(ValueError, match="sender"):
        writer(sender=sender)


def test_a_host_that_is_no_name_leaves_the_message_to_the_senders_domain():
    """A development server at a bare IPv6 address still gives valid identifiers."""
    envelope = writer(base_url="http://[::1]:8000").write(letter("reset"), person())

    assert envelope.message["Message-ID"] == "<letter-1@example.it>"


def test_a_letter_of_another_procedure_is_not_guessed_at():
    """The error has a name that the outbox can keep."""
    with pytest.raises(UnknownProfile):
        writer().write(letter("reset", profile="altra"), person())


# -- no two secrets alike -------------------------------------------------------------------


@given(st.integers(1, 1000), st.sampled_from(["password", "code"]))
def test_each_generation_has_its_own_secret(generation, kind):
    """A letter carries the secret of its own generation, and of its own account."""
    profile = WITH_CODE
    account = person(
        credential=derived("password", generation), code_credential=derived("code", generation)
    )
    name = {"password": "credentials", "code": "code_recovery"}[kind]
    policy = {"password": profile.password, "code": profile.personal_code}[kind]

    envelope = written(name, profile, account, generation=generation)

    mine = policy.generate(VAULT.derive(kind, "account-1", generation, KEY_ID))
    other = policy.generate(VAULT.derive(kind, "account-2", generation, KEY_ID))
    assert mine in text_of(envelope)
    assert other not in text_of(envelope)


def test_after_a_new_key_the_letter_says_the_same():
    """Rotation changes the key that signs, not a secret that is out."""
    rotated = KeyVault(["n" * 32, "k" * 32], "scuola")
    other = LetterWriter({"scuola": PARENTS}, BASE_URL, rotated, "noreply@example.it")

    before = written("credentials", PARENTS)
    after = other.write(letter("credentials"), person())

    assert to_bytes(before.message) == to_bytes(after.message)
