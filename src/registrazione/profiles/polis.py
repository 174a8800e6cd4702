"""POLIS Istanze OnLine, 2020: any mailbox, SPID, five services, a password that expires.

POL-19, POL-20: the ministry has separate guides for registration, enabling and the code.
"""

from __future__ import annotations

from datetime import timedelta

import attrs

from registrazione.core import form
from registrazione.core.emails import INSTITUTIONAL_DOMAINS, EmailRules
from registrazione.core.personal_code import PersonalCodePolicy
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
)
from registrazione.core.texts import Text
from registrazione.profiles._policies import POLIS

STAFF = ("docente", "educativo", "ata", "religione")
"""Categories of staff (POL-22)."""

SHOWN = ("document_type", "document_number", "document_expires")
"""What the form asks of the identity document (POL-06)."""

PROFILE = Profile(
    name="polis",
    realm="istruzione",
    title=Text("POLIS Istanze OnLine", "POLIS online applications"),
    description=Text(
        "Registrazione e abilitazione a Istanze OnLine: credenziali, riconoscimento fisico "
        "oppure SPID, codice personale a conferma di ogni domanda.",
        "Registration and enabling for online applications: credentials, identification in "
        "person or SPID, a personal code to confirm each application.",
    ),
    steps=(Step.IDENTIFY, Step.FILL),
    form=(
        form.NAME,
        form.SURNAME,
        form.BIRTH_DATE,
        form.BIRTH_PLACE,
        form.SEX,
        form.EMAIL,
        attrs.evolve(form.CATEGORY, choices=(*STAFF, "altro")),
        *(attrs.evolve(field, required=field.name in SHOWN) for field in form.DOCUMENT),
        form.HEALTH_CARD,
        *form.RESIDENCE,
        form.MOBILE_PHONE,
        form.USERNAME,
        form.PASSWORD,
        form.PASSWORD_AGAIN,
    ),
    email=EmailRules(preferred_domains=INSTITUTIONAL_DOMAINS),
    # A school looks at the document, so that a doubt is a warning here.
    consistency="lenient",
    gates=(Gate.LINK, Gate.PRESENCE),
    username=UsernameRule.CHOSEN,
    first_password=FirstPassword.CHOSEN,
    password=POLIS,
    personal_code=PersonalCodePolicy(),
    reset=Reset.LINK,
    federation=Federation(providers=("spid",), satisfies=(Gate.LINK, Gate.PRESENCE), align=True),
    services=(
        Service(
            name="istanze",
            title=Text("Istanze OnLine", "Online applications"),
            personal_code=True,
        ),
        Service(
            name="ricostruzione-carriera",
            title=Text("Ricostruzione di carriera", "Recognition of service"),
            categories=STAFF,
            personal_code=True,
        ),
        Service(name="iscrizioni", title=Text("Iscrizioni online", "Online enrolment")),
        Service(name="pago-in-rete", title=Text("Pago in rete", "Online payments")),
        Service(
            name="formazione",
            title=Text("Portale della governance della formazione", "Training portal"),
        ),
        Service(
            name="assistenti-lingua",
            title=Text(
                "Assistenti di lingua italiana all'estero", "Italian language assistants abroad"
            ),
        ),
    ),
    lifetimes=Lifetimes(link=timedelta(days=30), presence=timedelta(days=180)),
    help={
        "registration": HelpRoute(
            text=Text(
                "Assistenza per la registrazione, dal lunedì al venerdì, ore 8:00-18:30",
                "Help with registration, Monday to Friday, 8:00-18:30",
            ),
            phone="080 9267603",
        ),
        "access": HelpRoute(
            text=Text(
                "Assistenza per l'accesso, dal lunedì al venerdì, ore 8:00-18:30",
                "Help with signing in, Monday to Friday, 8:00-18:30",
            ),
            phone="080 9267603",
        ),
        "recovery": HelpRoute(
            text=Text(
                "Mancata ricezione della mail di recupero o modifica dell'indirizzo, dal lunedì "
                "al venerdì, ore 8:00-18:30",
                "Recovery mail not received, or another address, Monday to Friday, 8:00-18:30",
            ),
            phone="080 9267603",
        ),
        "data": HelpRoute(
            text=Text(
                "Ufficio Relazioni con il Pubblico, dal lunedì al venerdì, ore 10:00-13:00, e dal "
                "lunedì al mercoledì, ore 15:00-17:00",
                "Public relations office, Monday to Friday, 10:00-13:00, and Monday to Wednesday, "
                "15:00-17:00",
            ),
            phone="06 58494500",
        ),
        "enabling": HelpRoute(
            text=Text(
                "Rivolgiti alla scuola o all'ufficio che ti ha identificato.",
                "Ask the school or office that identified you.",
            )
        ),
        "application": HelpRoute(
            text=Text(
                "Contatta l'ufficio destinatario dell'istanza.",
                "Ask the office that the application is addressed to.",
            )
        ),
        "service": HelpRoute(
            text=Text(
                "Consulta le domande frequenti nella sezione Assistenza.",
                "See the frequent questions in the help section.",
            )
        ),
    },
    sender_name="POLIS Istanze OnLine",
)
