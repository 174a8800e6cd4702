"""The words of the pages around the procedures."""

from __future__ import annotations

from collections.abc import Mapping

from registrazione.core.texts import Text

WORDS: Mapping[str, Text] = {
    "title": Text("registrazione: la dimostrazione", "registrazione: the demonstration"),
    "owner": Text("Dimostrazione", "Demonstration"),
    "chooser": Text("Procedure", "Procedures"),
    "chooser.text": Text(
        "Scegli una procedura e registrati con i dati di una delle persone di esempio. Le lettere "
        "arrivano nella casella di posta di questa dimostrazione; segreteria, scuola e assistenza "
        "hanno il loro sportello.",
        "Choose a procedure and register with the data of one of the made-up people. The letters "
        "arrive in the mailbox of this demonstration; secretariat, school and help desk have "
        "their own desk.",
    ),
    "register": Text("Registrati", "Register"),
    "sign_in": Text("Accedi", "Sign in"),
    "desk": Text("Sportello", "Desk"),
    "machine": Text("Diagramma", "Diagram"),
    "people": Text("Persone di esempio", "Made-up people"),
    "people.text": Text(
        "Nessuna di queste persone esiste. Copia i dati nei moduli; «Chiave» è il nome con cui "
        "entrano con SPID.",
        "None of these people exists. Copy their data into the forms; «Key» is the name by which "
        "they sign in with SPID.",
    ),
    "people.columns": Text(
        "Nome|Cognome|Sesso|Nascita|Luogo di nascita|Codice fiscale|Posta|Chiave",
        "Name|Surname|Sex|Born|Place of birth|Tax code|Mailbox|Key",
    ),
    "mailbox": Text("Casella di posta", "Mailbox"),
    "mailbox.columns": Text("Oggetto|A", "Subject|To"),
    "mailbox.empty": Text("Non è ancora arrivato nulla.", "Nothing has arrived yet."),
    "letter.open": Text("Apri il link della lettera", "Open the link of the letter"),
    "identity": Text("Chi sei?", "Who are you?"),
    "identity.text": Text(
        "Questo gestore di identità è finto: crede a chiunque.",
        "This identity provider is played: it believes anybody.",
    ),
    "identity.columns": Text("Persona|Accesso", "Person|Way in"),
    "identity.otherwise": Text("Oppure prova che cosa succede se:", "Or try what happens if:"),
    "identity.back": Text("Torna al servizio", "Back to the service"),
    "identity.give_up": Text("Annulla", "Give up"),
    "identity.cancel": Text("Annulli", "You give up"),
    "identity.consent": Text("Neghi il consenso", "You refuse consent"),
    "identity.attempts": Text("Sbagli troppe volte", "You fail too often"),
    "identity.slow": Text("Lasci scadere il tempo", "You let the time run out"),
    "identity.suspended": Text("La tua identità è sospesa", "Your identity is suspended"),
    "operator": Text("Sportelli", "Desks"),
    "operator.text": Text(
        "In che ruolo lavori? Scegline uno, poi lo sportello di una procedura.",
        "In which role do you work? Choose one, then the desk of a procedure.",
    ),
    "accounts": Text("Utenze", "Accounts"),
    "accounts.columns": Text(
        "Utenza|Stato|Password|Codice|Identità", "Account|State|Password|Code|Identity"
    ),
    "accounts.empty": Text("Nessuno si è ancora registrato.", "Nobody has registered yet."),
    "machine.alt": Text(
        "Gli stati di un'utenza di questa procedura e ciò che porta dall'uno all'altro; lo stato "
        "attuale è evidenziato: {state}.",
        "The states of an account of this procedure and what leads from one to the next; the "
        "present one is lit: {state}.",
    ),
    "history": Text("Che cosa è successo", "What happened"),
    "history.columns": Text("Quando|Evento|Chi|Esito", "When|Event|Who|Outcome"),
    "nothing": Text("Non c'è nulla qui", "There is nothing here"),
}
"""Every text; columns are separated by bars."""
