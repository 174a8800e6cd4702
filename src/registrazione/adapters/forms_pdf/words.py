"""The fixed words of a modulo di adesione, Italian first."""

from __future__ import annotations

from registrazione.core.texts import Text

TITLE = Text("Modulo di adesione", "Adhesion form (modulo di adesione)")
REQUEST = Text(
    "La persona indicata di seguito chiede di essere abilitata ai servizi di «{title}».",
    "The person named below asks to be enabled for the services of “{title}”.",
)
QR = Text(
    "Simbolo QR con il codice del modulo: {code}",
    "QR symbol with the code of this form: {code}",
)
PERSON = Text("Dati della persona", "Data of the person")
BRING = Text("Che cosa portare", "What to bring")
DOCUMENTS = (
    Text(
        "questo modulo stampato, non ancora firmato;",
        "this form, printed and not yet signed;",
    ),
    Text(
        "un documento di riconoscimento valido;",
        "a valid identity document;",
    ),
    Text(
        "il codice fiscale o la tessera sanitaria.",
        "your codice fiscale or health card.",
    ),
)
UNTIL = Text(
    "Da presentare di persona entro: {until}.",
    "To be brought in person before: {until}.",
)
SIGNING = Text("Firma", "Signature")
PLACE = Text("Luogo", "Place")
DATE = Text("Data", "Date")
PERSON_SIGNS = Text(
    "Firma della persona che si registra, da apporre davanti all'operatore",
    "Signature of the person registering, to be given in front of the operator",
)
OFFICE = Text("Riservato all'ufficio", "For the office")
OFFICE_BLANKS = (
    (Text("Documento esibito: tipo", "Document shown: type"), Text("Numero", "Number")),
    (Text("Scadenza del documento", "Expiry date of the document"), Text("Ufficio", "Office")),
)
OFFICE_SIGNS = Text(
    "Firma e timbro dell'operatore che ha verificato l'identità",
    "Signature and stamp of the operator who checked the identity",
)
SUBJECT = Text(
    "Modulo di adesione da firmare davanti all'operatore",
    "Adhesion form to be signed in front of the operator",
)
PRINTED = Text("Stampato il {when}", "Printed on {when}")
PAGE = Text("Pagina {number} di {total}", "Page {number} of {total}")
