"""Istanze OnLine, first procedure: the institutional mailbox, a receipt, a school, a personal code.

IST-02, IST-06, IST-07, IST-08: online only; get the mailbox first, read the guide, mind the data.
"""

from __future__ import annotations

from datetime import timedelta

from registrazione.core import form
from registrazione.core.emails import EmailRules
from registrazione.core.personal_code import PersonalCodePolicy
from registrazione.core.profile import (
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
from registrazione.profiles._policies import ISTANZE

PROFILE = Profile(
    name="istanze-online",
    realm="istruzione",
    title=Text("Istanze OnLine", "Online applications"),
    description=Text(
        "Registrazione del personale della scuola: casella @istruzione.it, codice personale "
        "temporaneo, identificazione presso una scuola, poi le domande.",
        "Registration of school staff: an @istruzione.it mailbox, a temporary personal code, "
        "identification at a school, then the applications.",
    ),
    steps=(Step.IDENTIFY, Step.FILL),
    form=(
        form.NAME,
        form.SURNAME,
        form.BIRTH_DATE,
        form.BIRTH_PLACE,
        form.SEX,
        form.EMAIL,
        form.USERNAME,
        form.PASSWORD,
        form.PASSWORD_AGAIN,
    ),
    email=EmailRules(required_domains=frozenset({"istruzione.it"})),
    # A school looks at the document, so that a doubt is a warning here.
    consistency="lenient",
    gates=(Gate.LINK, Gate.PRESENCE),
    username=UsernameRule.CHOSEN,
    first_password=FirstPassword.CHOSEN,
    password=ISTANZE,
    personal_code=PersonalCodePolicy(),
    reset=Reset.LINK,
    services=(
        Service(
            name="mobilita",
            title=Text("Domanda di mobilità", "Application for transfer"),
            personal_code=True,
        ),
    ),
    # The procedure takes days, and says not how many (IST-05).
    lifetimes=Lifetimes(link=timedelta(days=30), presence=timedelta(days=180)),
    help={
        "registration": HelpRoute(
            text=Text(
                "Leggi con attenzione la guida operativa alla registrazione.",
                "Read the operating guide to registration carefully.",
            )
        ),
        "enabling": HelpRoute(
            text=Text(
                "Rivolgiti a una scuola con un documento di riconoscimento valido e il codice "
                "fiscale.",
                "Go to a school with a valid identity document and your tax code.",
            )
        ),
    },
    sender_name="Istanze OnLine",
)
