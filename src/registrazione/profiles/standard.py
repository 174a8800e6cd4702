"""A neutral procedure after today's standards (NIST SP 800-63B-4, OWASP ASVS 5).

Sign in with the address; the mailed link opens the page where the password is set, so that
nothing secret is ever mailed; long pass phrases, a strength estimate and a breach list instead
of composition rules and expiry.
"""

from __future__ import annotations

from registrazione.core import form
from registrazione.core.emails import EmailRules
from registrazione.core.profile import (
    ConsentText,
    Federation,
    FirstPassword,
    Gate,
    Profile,
    Reset,
    Step,
    UsernameRule,
)
from registrazione.core.texts import Text
from registrazione.profiles._policies import STANDARD

PROFILE = Profile(
    name="standard",
    title=Text("Registrazione", "Registration"),
    description=Text(
        "Una procedura neutra secondo gli standard di oggi: indirizzo e-mail, link, frase "
        "d'accesso lunga.",
        "A neutral procedure after today's standards: e-mail address, link, long pass phrase.",
    ),
    steps=(Step.FILL,),
    codice_fiscale="absent",
    form=(form.NAME, form.SURNAME, form.EMAIL),
    email=EmailRules(),
    consents=(
        ConsentText(
            name="privacy",
            version="1",
            acknowledge=True,
            text=Text("Ho letto l'informativa sulla privacy", "I have read the privacy notice"),
            purpose=Text("Gestione dell'account", "Running the account"),
        ),
    ),
    unique=("email",),
    gates=(Gate.LINK,),
    username=UsernameRule.EMAIL,
    first_password=FirstPassword.AT_LINK,
    password=STANDARD,
    reset=Reset.LINK,
    federation=Federation(providers=("spid", "cie", "eidas", "oidc"), align=True),
)
