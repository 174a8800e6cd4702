"""What each letter says."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from tests.service.letter_world import (
    BASE_URL,
    CODICE_FISCALE,
    NOON,
    PARENTS,
    PROFILE,
    STANDARD,
    STUDENTS,
    WITH_CODE,
    derived,
    html_of,
    letter,
    person,
    secret_of,
    text_of,
    words_of,
    writer,
    written,
)

from registrazione.checks.places import InstalledPlaces
from registrazione.core.account import Identity, SlowCredential
from registrazione.core.form import BIRTH_PLACE, Editable, FieldKind, FormField
from registrazione.core.personal_code import PersonalCodePolicy
from registrazione.core.profile import Federation, Gate
from registrazione.core.states import CodeState, LinkState
from registrazione.core.texts import Text

everywhere = pytest.mark.parametrize("language", ["it", "en"])


@pytest.mark.requirement("UNI-06", "IOL-05")
def test_the_activation_letter_says_how_long_the_link_is_good():
    """24 hours in words, and as a moment on Italian clocks."""
    it, en = (words_of(written("activation", language=language)) for language in ("it", "en"))

    assert "valido per 24 ore. Scadenza: 3 marzo 2026, ore 13:00 (ora italiana)" in it
    assert "valid for 24 hours. It expires on 3 March 2026, 13:00 (Italian time)" in en


@pytest.mark.requirement("IOL-05", "IOL-06", "MIM-24")
@pytest.mark.parametrize(
    ("profile", "said"),
    [
        (PROFILE, "ti verrà chiesta ancora una volta la password che hai scelto"),
        (STANDARD, "ti chiede di scegliere la password"),
        (PARENTS, "una seconda e-mail con le credenziali (nome utente e password)"),
        (
            attrs.evolve(PROFILE, gates=(Gate.LINK, Gate.SECRETARIAT)),
            "attendi che la segreteria abiliti la tua utenza",
        ),
    ],
)
def test_the_activation_letter_says_what_comes_next(profile, said):
    """Each procedure goes on in its own way after the link, and the letter tells which."""
    letters = {said in words_of(written("activation", p)) for p in (PROFILE, STANDARD, PARENTS)}

    assert said in words_of(written("activation", profile))
    assert False in letters


@pytest.mark.requirement("IST-09", "IST-10", "POL-07")
def test_the_receipt_brings_code_link_and_form():
    """Temporary code, link that confirms receipt, form to be signed, and where to take it."""
    envelope = written("receipt", WITH_CODE)
    text = text_of(envelope)
    letter_, _, sheet = text.partition("MODULO DI ADESIONE")

    assert secret_of("code", PersonalCodePolicy()) in letter_
    assert f"{BASE_URL}/activate/" in letter_
    assert "stampa il modulo di adesione" in letter_
    assert "entro 90 giorni recati presso la segreteria di una qualsiasi scuola" in words_of(
        envelope
    )
    assert "documento di riconoscimento valido" in words_of(envelope)
    for row in (
        f"Codice fiscale: {CODICE_FISCALE}",
        "Nome: Anna",
        "Cognome: Rossi",
        "Data di nascita: 1 febbraio 1990",
        "Sesso: F",
        "Email: anna@example.it",
        "Firma della persona interessata:",
        "Firma e timbro di chi ha verificato l’identità:",
    ):
        assert sheet.count(row) == 1


@pytest.mark.requirement("IST-09")
def test_the_form_to_be_handed_over_does_not_show_the_code():
    """The sheet is for the desk, the code for the person alone."""
    code = secret_of("code", PersonalCodePolicy())
    envelope = written("receipt", WITH_CODE)

    assert code not in text_of(envelope).partition("MODULO DI ADESIONE")[2]
    assert code not in html_of(envelope).partition("<section>")[2]


def test_the_form_shows_values_as_they_are_where_they_are_not_what_was_expected():
    """A date that is none, from a provider's data, does not keep the letter from going."""
    text = text_of(written("receipt", WITH_CODE, person(values={"birth_date": "1990"})))

    assert "Data di nascita: 1990\n" in text
    assert "Cognome" not in text


@pytest.mark.requirement("IST-10", "POL-07")
@pytest.mark.parametrize(("places", "said"), [(InstalledPlaces, "Roma (RM)"), (object, "H501")])
def test_the_form_names_the_place_of_birth(places, said):
    """Whoever compares it with a document reads a name; a code only where nobody knows names."""
    profile = attrs.evolve(WITH_CODE, form=(*WITH_CODE.form, BIRTH_PLACE))
    account = person(values={"birth_place": "H501", "birth_date": "1990-02-01"})

    envelope = writer(profile, places=places).write(letter("receipt"), account)

    assert envelope is not None
    assert f"{BIRTH_PLACE.label.it}: {said}\n" in text_of(envelope)


def test_letters_without_a_form_ask_for_no_places():
    """The lists are read with the first form, and not before."""
    assert writer(places=pytest.fail).write(letter("activated"), person()) is not None


def test_the_form_holds_every_field_that_was_asked_for():
    """A host's own field is on the form too, under its label."""
    field = FormField(
        name="school",
        label=Text("Scuola", "School"),
        kind=FieldKind.CODE,
        editable=Editable.PERSON,
    )
    profile = attrs.evolve(WITH_CODE, form=(*WITH_CODE.form, field))

    text = text_of(written("receipt", profile, person(values={"school": "RMIC8AA00B"})))

    assert "Scuola: RMIC8AA00B" in text


@everywhere
def test_a_receipt_without_code_and_form_is_a_confirmation(language):
    """Once the code is chosen it is not repeated; where nobody is to come there is no form."""
    chosen = person(code_credential=SlowCredential(encoded="$argon2id$chosen"))

    envelope = written("receipt", PROFILE, chosen, language=language)

    assert f"{BASE_URL}/activate/" in text_of(envelope)
    for word in ("codice personale", "personal code", "modulo", "MODULO"):
        assert word not in text_of(envelope)
        assert word not in envelope.message["Subject"]


@pytest.mark.requirement("MIM-25", "MIM-26", "MIM-27", "IOL-06", "IOL-07", "IOL-16")
@pytest.mark.parametrize("profile", [STUDENTS, PARENTS], ids=["students", "parents"])
def test_the_credentials_are_username_and_temporary_password(profile):
    """Both are there, the change is announced, and who enabled the account is said."""
    envelope = written("credentials", profile)
    words = words_of(envelope)

    assert "Nome utente: anna.rossi\n" in text_of(envelope)
    assert f"Password temporanea: {secret_of('password', profile.password)}\n" in text_of(envelope)
    assert "Al primo accesso ti verrà chiesto di cambiare la password" in words
    assert "Scadenza della password temporanea: 1 aprile 2026, ore 14:00" in words
    assert ("la segreteria ha abilitato la tua utenza" in words) == (profile is STUDENTS)


def test_where_there_is_no_username_the_address_is_named():
    """People who sign in with their address are told so."""
    account = person(username=None)

    assert "Email: anna@example.it" in text_of(written("credentials", STANDARD, account))
    assert "Email: anna@example.it" in text_of(written("username", STANDARD, account))
    assert "l'indirizzo con cui accedi" in written("username", STANDARD).message["Subject"]


@pytest.mark.requirement("IOL-10", "MIM-28")
def test_a_temporary_password_on_request_is_the_offered_one():
    """The present password stays; the offered one and its own end are told."""
    account = person(
        credential=SlowCredential(encoded="$argon2id$chosen"),
        temporary_until=None,
        offered=derived("password"),
        offered_until=NOON + timedelta(days=10),
    )

    envelope = written("temporary_password", account=account)

    assert secret_of("password", PROFILE.password) in text_of(envelope)
    assert "12 marzo 2026, ore 13:00" in words_of(envelope)
    assert "resta valida finché nessuno usa quella temporanea" in words_of(envelope)


@pytest.mark.requirement("IST-11", "POL-07")
def test_the_activation_is_confirmed_with_date_service_and_a_way_to_object():
    """Date, service, and what to do if it was somebody else."""
    account = person(activated_at=NOON - timedelta(days=1))
    words = words_of(written("activated", account=account))

    assert "Servizio: Portale scuola" in words
    assert "Attivata: 1 marzo 2026, ore 13:00 (ora italiana)" in words
    assert "Se non riconosci questa operazione, non usare questa utenza e segnalalo subito ai" in (
        words
    )


@pytest.mark.requirement("IST-12", "POL-07")
@pytest.mark.parametrize("code", [CodeState.NONE, CodeState.TEMPORARY, CodeState.SET])
def test_the_temporary_code_is_announced_while_it_waits(code):
    """Only who still has a temporary code is told that it will be asked for."""
    words = words_of(written("activated", WITH_CODE, person(code=code)))

    assert ("inserire il codice personale temporaneo" in words) == (code is CodeState.TEMPORARY)


def test_a_reset_link_is_good_for_an_hour():
    """The reset has a life of its own, shorter than the activation's."""
    words = words_of(written("reset"))

    assert "valido per 1 ora e una volta sola. Scadenza: 2 marzo 2026, ore 14:00" in words


@pytest.mark.requirement("IOL-09")
def test_a_changed_password_is_told_of_but_not_told():
    """The notice says when, and that the password is not in it."""
    words = words_of(written("password_changed"))

    assert "Modificata: 2 marzo 2026, ore 13:00" in words
    assert "la nuova password non viene inviata per e-mail" in words


@pytest.mark.requirement("IOL-18", "UNI-18")
def test_the_username_is_reminded_of():
    """The reminder names it, and the way to the password after that."""
    envelope = written("username")

    assert "Nome utente: anna.rossi" in text_of(envelope)
    assert "Se non ricordi nemmeno la password" in words_of(envelope)


@pytest.mark.requirement("UNI-17", "UNI-03")
@pytest.mark.parametrize("link", [LinkState.NONE, LinkState.ONLY])
def test_somebody_who_is_registered_is_led_to_the_recovery(link):
    """No second account: recovery, or the identity provider where that is the only way in."""
    identities = (Identity(provider="spid", issuer="idp", subject="anna"),)
    account = person(link=link, identities=identities)

    words = words_of(written("already_registered", account=account))

    assert ("usa il recupero del nome utente" in words) == (link is LinkState.NONE)
    assert ("Per accedere usa SPID" in words) == (link is LinkState.ONLY)


def test_nobody_is_told_that_there_is_no_account():
    """A letter about nobody needs no account, and greets nobody by name."""
    envelope = writer().write(letter("unknown", account_id=""), None)

    assert text_of(envelope).startswith("Buongiorno,")
    assert "non corrisponde però nessuna utenza" in words_of(envelope)


def test_a_locked_account_is_told_until_when():
    """The end of the lock is the account's."""
    assert "Bloccato fino a: 2 marzo 2026, ore 13:15" in words_of(written("locked"))


@pytest.mark.parametrize("kind", ["rejected", "suspended"])
@everywhere
def test_the_operators_reason_is_told(kind, language):
    """The person reads why, in the operator's words, on one line."""
    params = {"reason": "Il documento\r\nnon è leggibile"}

    assert "Il documento non è leggibile" in words_of(
        written(kind, language=language, params=params)
    )


@pytest.mark.requirement("POL-07", "POL-10")
def test_an_enabling_begins_with_code_and_form_and_without_a_link():
    """Somebody whose address is proved has nothing to confirm, and keeps the credentials."""
    envelope = written("enabling", WITH_CODE)
    letter_, _, sheet = text_of(envelope).partition("MODULO DI ADESIONE")

    assert secret_of("code", PersonalCodePolicy()) in letter_
    assert secret_of("code", PersonalCodePolicy()) not in sheet
    assert f"Codice fiscale: {CODICE_FISCALE}" in sheet
    assert "/activate/" not in letter_
    assert "qualcuno conosce le tue credenziali" in words_of(envelope)


@pytest.mark.parametrize("code", list(CodeState))
@everywhere
@pytest.mark.requirement("POL-07")
def test_an_enabling_ends_with_what_is_left_to_do(code, language):
    """The temporary code is spoken of while it is to be changed."""
    words = words_of(written("enabled", WITH_CODE, person(code=code), language=language))
    temporary = "codice personale temporaneo" if language == "it" else "temporary personal code"

    assert (temporary in words) is (code is CodeState.TEMPORARY)


@pytest.mark.requirement("POL-09")
def test_a_recovered_code_replaces_the_one_before():
    """The new temporary code is in the letter, and it is said that the old one is gone."""
    words = words_of(written("code_recovery", WITH_CODE))

    assert secret_of("code", PersonalCodePolicy()) in words
    assert "Quello precedente non è più valido" in words


def test_a_change_of_address_is_told_without_showing_the_new_one_whole():
    """The owner recognises the new address; who reads along does not learn it."""
    account = person(pending_email="anna.rossi@example.org")

    for kind in ("email_change_asked", "email_changed"):
        words = words_of(written(kind, account=account))
        assert "Nuovo indirizzo: a***@example.org" in words
        assert "anna.rossi@" not in words


@pytest.mark.requirement("POL-14")
@everywhere
def test_an_institutional_address_stays_the_one_that_is_written_to(language):
    """Who has set a personal address beside it is told where letters go on going."""
    moved = person(email="new@example.org", personal_email="new@example.org")
    kept = person(personal_email="new@example.org")
    stays = {"it": "questo indirizzo istituzionale", "en": "this institutional address"}[language]

    assert stays not in words_of(written("email_changed", account=moved, language=language))
    assert stays in words_of(written("email_changed", account=kept, language=language))


@pytest.mark.requirement("IOL-22")
@everywhere
def test_corrected_data_are_named_where_the_flow_names_them(language):
    """Labels of the form, never the values."""
    params = {"fields": "birth_date surname unheard_of"}

    words = words_of(written("data_corrected", language=language, params=params))

    labels = {"it": "- Data di nascita - Cognome", "en": "- Date of birth - Surname"}
    assert labels[language] in words
    assert "1990" not in words
    assert "unheard_of" not in words


@pytest.mark.requirement("UNI-03")
@pytest.mark.parametrize("only", [True, False])
@everywhere
def test_an_aligned_account_says_what_opens_it_from_now_on(only, language):
    """SPID only, or SPID as well, as the procedure has it."""
    federation = Federation(providers=("spid", "cie", "sso"), only_afterwards=only)
    profile = attrs.evolve(PROFILE, federation=federation)

    words = words_of(written("aligned", profile, language=language))

    said = {
        ("it", True): "utilizzare solo SPID, CIE, sso: nome utente e password non sono più validi",
        ("it", False): "utilizzare anche SPID, CIE, sso.",
        ("en", True): "with SPID, CIE, sso only: username and password are no longer valid",
        ("en", False): "with SPID, CIE, sso as well.",
    }[language, only]
    assert said in words


@pytest.mark.requirement("UNI-10")
@everywhere
def test_the_password_of_an_identity_is_not_known_here(language):
    """Who lost it is sent to the provider, with SPID's own page where it is SPID."""
    account = person(identities=(Identity(provider="spid", issuer="idp", subject="anna"),))

    spid = words_of(written("identity_only", account=account, language=language))
    other = words_of(written("identity_only", language=language))

    known = {"it": "non conosciamo la tua password", "en": "your password is not known here"}
    for words in (spid, other):
        assert known[language] in words
    assert "spid.gov.it/ottieni-assistenza" in spid
    assert "spid.gov.it" not in other


@pytest.mark.requirement("POL-17")
@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("it", "15", "scade fra 15 giorni."),
        ("it", "1", "scade fra 1 giorno."),
        ("en", "15", "expires in 15 days."),
        ("en", "1", "expires in 1 day."),
    ],
)
def test_a_password_is_announced_to_expire(language, days, said):
    """Days are counted, and the moment is told."""
    envelope = written("password_expiring", WITH_CODE, language=language, params={"days": days})

    assert said in words_of(envelope)
    assert "2026" in words_of(envelope)


def test_a_password_that_never_expires_has_no_end_to_tell():
    """Without periodic expiry there is no date, and the letter still stands."""
    assert "2026" not in words_of(written("password_expiring", PROFILE))


@pytest.mark.requirement("UNI-20")
def test_who_was_cancelled_may_register_again():
    """A cancelled registration says how to come back."""
    assert "occorre effettuare una nuova registrazione" in words_of(written("cancelled"))
