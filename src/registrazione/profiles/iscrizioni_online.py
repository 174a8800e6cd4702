"""Iscrizioni On Line: parents enrol their children; a link confirms, credentials follow by mail.

One account serves for all of the children (IOL-15). It shares its realm with the ministry's
other services, whose credentials are accepted here (IOL-11).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from registrazione.core import form
from registrazione.core.emails import EmailRules
from registrazione.core.profile import (
    Federation,
    FirstPassword,
    Gate,
    HelpRoute,
    Lifetimes,
    Profile,
    Reset,
    Service,
    Step,
    UsernameRule,
    Window,
)
from registrazione.core.texts import Text
from registrazione.profiles._policies import IOL

PROFILE = Profile(
    name="iscrizioni-online",
    realm="istruzione",
    title=Text("Iscrizioni on line", "Online enrolment"),
    description=Text(
        "Registrazione dei genitori: codice fiscale, dati anagrafici, riepilogo, link di "
        "conferma, credenziali temporanee.",
        "Registration of parents: tax code, personal data, summary, confirming link, temporary "
        "credentials.",
    ),
    steps=(Step.IDENTIFY, Step.FILL, Step.SUMMARY),
    human_check=True,
    form=(
        form.NAME,
        form.SURNAME,
        form.BIRTH_DATE,
        form.BIRTH_PLACE,
        form.SEX,
        form.EMAIL,
        form.EMAIL_AGAIN,
        form.MOBILE_PHONE,
        *form.DOCUMENT,
        *form.RESIDENCE,
    ),
    # @posta.istruzione.it is as good as any other (IOL-13): nothing is excluded.
    email=EmailRules(twice=True),
    gates=(Gate.LINK,),
    username=UsernameRule.GENERATED,
    first_password=FirstPassword.TEMPORARY,
    password=IOL,
    reset=Reset.TEMPORARY,
    federation=Federation(providers=("spid", "cie", "eidas"), align=True),
    # Before midnight in Rome: registration opens some days before the service (IOL-12).
    window=Window(opens=datetime(2020, 12, 18, 23, tzinfo=UTC)),
    services=(
        Service(
            name="iscrizioni",
            title=Text("Domanda di iscrizione", "Application for enrolment"),
            window=Window(opens=datetime(2021, 1, 4, 7, tzinfo=UTC)),
        ),
    ),
    lifetimes=Lifetimes(link=timedelta(hours=24)),
    help={
        "registration": HelpRoute(
            text=Text(
                "Se l'indirizzo inserito era errato, ripeti la registrazione con il tuo codice "
                "fiscale selezionando «NUOVA REGISTRAZIONE».",
                "If the address was wrong, register once more with your tax code: choose «NEW "
                "REGISTRATION».",
            )
        ),
        "recovery": HelpRoute(
            text=Text(
                "Prova, in sequenza, il recupero del nome utente e il recupero della password; "
                "controlla anche la posta indesiderata.",
                "Try to recover the username first, then the password; look into your spam "
                "folder, too.",
            )
        ),
        "data": HelpRoute(
            text=Text(
                "Rivolgiti alla scuola di destinazione e segnala l'errore.",
                "Tell the school of destination about the mistake.",
            )
        ),
    },
    sender_name="Ministero dell'Istruzione",
)
