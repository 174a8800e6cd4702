"""The card of the municipal library, la tessera della biblioteca: a procedure of one's own.

People register with their address, open the link in the letter and set a password there; then
somebody at the desk looks at the registration and enables it. All of it is the data on this page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import attrs

from registrazione.core import form
from registrazione.core.alphabets import UNICODE
from registrazione.core.password_policy import PasswordPolicy
from registrazione.core.profile import (
    ConsentText,
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
from registrazione.plugins import PROFILE, Backend, hookimpl, ready

DESK = HelpRoute(
    text=Text(
        "Rivolgiti al banco della biblioteca, dal martedì al sabato, ore 9:00-18:30.",
        "Ask at the library's desk, Tuesday to Saturday, 9:00-18:30.",
    )
)

LIBRARY_CARD = Profile(
    name="library-card",
    title=Text("Tessera della biblioteca", "Library card"),
    description=Text(
        "Iscrizione alla biblioteca comunale: modulo, riepilogo, link di conferma, abilitazione "
        "al banco.",
        "Joining the municipal library: form, summary, confirming link, enabling at the desk.",
    ),
    steps=(Step.FILL, Step.SUMMARY),
    # Who moves away or has none may join as well.
    codice_fiscale="optional",
    form=(
        form.NAME,
        form.SURNAME,
        form.BIRTH_DATE,
        attrs.evolve(form.CODICE_FISCALE, required=False),
        form.EMAIL,
        attrs.evolve(form.PHONE, required=False),
        attrs.evolve(form.CATEGORY, required=True, choices=("adulto", "ragazzo", "docente")),
    ),
    consents=(
        ConsentText(
            name="rules",
            version="2026-01",
            text=Text(
                "Ho letto il regolamento della biblioteca e lo accetto",
                "I have read the rules of the library and accept them",
            ),
            purpose=Text("Gestione dei prestiti", "Running the loans"),
        ),
    ),
    unique=("email",),
    gates=(Gate.LINK, Gate.SECRETARIAT),
    username=UsernameRule.EMAIL,
    first_password=FirstPassword.AT_LINK,
    password=PasswordPolicy(
        min_length=12,
        alphabet=UNICODE,
        min_strength=3,
        breach_check=True,
        differs_from_person=True,
    ),
    reset=Reset.LINK,
    services=(
        Service(name="loans", title=Text("Prestiti", "Loans")),
        Service(
            name="class-visits",
            title=Text("Visite delle classi", "Visits of classes"),
            categories=("docente",),
        ),
    ),
    lifetimes=Lifetimes(link=timedelta(hours=48), secretariat=timedelta(days=30)),
    help={"registration": DESK, "access": DESK, "recovery": DESK, "data": DESK},
    sender_name="Biblioteca comunale",
)


@hookimpl
def registrazione_profiles() -> Iterable[Backend[Profile]]:
    """Return the procedure, to be chosen as ``profile="library-card"``."""
    return [Backend(PROFILE, LIBRARY_CARD.name, ready(LIBRARY_CARD))]
