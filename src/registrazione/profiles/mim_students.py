"""The ministry's student portal: the secretariat enables, credentials come by mail.

MIM-01, MIM-05: students register; teachers and the school forward the notice and a guide.
"""

from __future__ import annotations

from datetime import UTC, datetime

from registrazione.core import form
from registrazione.core.emails import INSTITUTIONAL_DOMAINS, EmailRules
from registrazione.core.profile import (
    ConsentText,
    Federation,
    FirstPassword,
    Gate,
    HelpRoute,
    Profile,
    Reset,
    Service,
    Step,
    UsernameRule,
    Window,
)
from registrazione.core.texts import Text
from registrazione.profiles._policies import MIM

PROFILE = Profile(
    name="mim-students",
    title=Text("Area riservata MIM: studenti", "Ministry of Education: students"),
    description=Text(
        "Registrazione degli studenti al portale del Ministero dell'Istruzione e del Merito: "
        "codice fiscale, dati personali, riepilogo, abilitazione della segreteria.",
        "Registration of students at the ministry's portal: tax code, personal data, summary, "
        "enabling by the school's secretariat.",
    ),
    steps=(Step.NOTICE, Step.IDENTIFY, Step.FILL, Step.SUMMARY),
    notice=Text(
        "Per accedere all'area riservata occorre registrarsi. Chi possiede SPID può entrare "
        "direttamente con le proprie credenziali SPID.",
        "To enter the reserved area you have to register. If you have SPID, you can enter with "
        "it right away.",
    ),
    human_check=True,
    form=(
        form.NAME,
        form.SURNAME,
        form.BIRTH_DATE,
        form.BIRTH_NATION,
        form.BIRTH_REGION,
        form.BIRTH_PROVINCE,
        form.BIRTH_PLACE,
        form.SEX,
        form.EMAIL,
        form.EMAIL_AGAIN,
    ),
    email=EmailRules(twice=True, excluded_domains=INSTITUTIONAL_DOMAINS),
    consents=(
        ConsentText(
            name="terms",
            version="2023-11",
            text=Text(
                "Dichiaro di aver letto e di accettare le condizioni generali del servizio",
                "I have read and accept the terms of service",
            ),
        ),
        ConsentText(
            name="privacy",
            version="2023-11",
            acknowledge=True,
            text=Text(
                "Ho letto l'informativa sulla privacy e ne confermo la presa visione",
                "I have read the privacy notice",
            ),
            purpose=Text(
                "I dati raccolti saranno utilizzati esclusivamente per soddisfare le tue "
                "richieste.",
                "The data are used only to satisfy your requests.",
            ),
        ),
    ),
    gates=(Gate.SECRETARIAT,),
    username=UsernameRule.GENERATED,
    first_password=FirstPassword.TEMPORARY,
    password=MIM,
    reset=Reset.TEMPORARY,
    federation=Federation(providers=("spid", "eidas"), align=True),
    window=Window(closes=datetime(2023, 12, 22, 23, tzinfo=UTC)),
    services=(
        Service(name="pcto", title=Text("Piattaforma dell'Alternanza", "Work experience")),
        Service(
            name="curriculum-studente",
            title=Text("Curriculum dello studente", "Student's curriculum"),
        ),
        Service(name="pago-in-rete", title=Text("Pago In Rete", "Online payments")),
    ),
    help={
        "registration": HelpRoute(
            text=Text(
                "Rivolgiti alla segreteria della tua scuola.",
                "Ask the secretariat of your school.",
            )
        ),
        "access": HelpRoute(text=Text("Service Desk OnLine", "Online service desk")),
        "service": HelpRoute(
            text=Text(
                "Computer Security Incident Response Team",
                "Computer Security Incident Response Team",
            )
        ),
    },
    sender_name="Ministero dell'Istruzione e del Merito",
)
