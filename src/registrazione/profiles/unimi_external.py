"""The university's external users: username and password, a link for 24 hours, or SPID.

Persons only: since March 2015 bodies, schools and companies register elsewhere (UNI-21).
"""

from __future__ import annotations

from datetime import timedelta

import attrs

from registrazione.core import form
from registrazione.core.profile import (
    Cancellation,
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
)
from registrazione.core.texts import Text
from registrazione.profiles._policies import UNI

_SECRETARIAT = HelpRoute(
    text=Text("Rivolgiti alle segreterie studenti.", "Ask the students' secretariat.")
)

PROFILE = Profile(
    name="unimi-external",
    title=Text("Registrazione utenti esterni", "Registration of external users"),
    description=Text(
        "Registrazione al portale dell'Ateneo per utenti esterni: nome utente e password, dati "
        "anagrafici, attivazione entro 24 ore; oppure SPID.",
        "Registration at the university's portal for external users: username and password, "
        "personal data, activation within 24 hours; or SPID.",
    ),
    steps=(Step.FILL,),
    codice_fiscale="optional",
    form=(
        form.USERNAME,
        form.PASSWORD,
        form.PASSWORD_AGAIN,
        form.NAME,
        form.SURNAME,
        form.BIRTH_DATE,
        form.BIRTH_PLACE,
        form.SEX,
        attrs.evolve(form.CODICE_FISCALE, required=False),
        form.PHONE,
        form.EMAIL,
    ),
    unique=("email",),
    gates=(Gate.LINK,),
    username=UsernameRule.CHOSEN,
    first_password=FirstPassword.CHOSEN,
    password=UNI,
    reset=Reset.LINK,
    federation=Federation(providers=("spid",), align=True, only_afterwards=True),
    external=True,
    services=(
        Service(name="immatricolazione", title=Text("Ammissione e immatricolazione", "Admission")),
        Service(name="informastudenti", title=Text("InformaStudenti", "Students' help desk")),
        Service(name="borse-di-studio", title=Text("Borse di studio", "Scholarships")),
        Service(name="pagamenti", title=Text("Pagamenti", "Payments")),
        Service(
            name="biblioteca-digitale",
            title=Text("Biblioteca digitale", "Digital library"),
            external=False,
        ),
    ),
    lifetimes=Lifetimes(link=timedelta(hours=24)),
    cancellation=Cancellation(years=1),
    help={
        "recovery": _SECRETARIAT,
        "data": _SECRETARIAT,
        "access": HelpRoute(
            text=Text(
                "Controlla di aver inserito correttamente nome utente e password, facendo "
                "attenzione a maiuscole e minuscole, e di aver attivato le credenziali.",
                "Check that username and password are right, upper and lower case too, and that "
                "the credentials are activated.",
            )
        ),
        "identity": HelpRoute(
            text=Text(
                "Se utilizzi SPID, rivolgiti al tuo gestore di identità.",
                "If you use SPID, ask your identity provider.",
            ),
            url="https://www.spid.gov.it/ottieni-assistenza-dagli-identity-provider/",
        ),
    },
    sender_name="Università degli Studi di Milano",
)
