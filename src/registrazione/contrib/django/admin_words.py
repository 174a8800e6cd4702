"""The words of the pages in Django's admin."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from registrazione.core.texts import Text

_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "accounts": Text("Registrazioni e account", "Registrations and accounts"),
        "letters": Text("Messaggi non recapitati", "Undelivered messages"),
        "home": Text("Pagina iniziale", "Home"),
        "procedure": Text("Procedura", "Procedure"),
        "default_procedure": Text("principale", "main one"),
        "all": Text("Tutti", "All"),
        "state": Text("Stato", "State"),
        "who": Text("Chi", "Who"),
        "account": Text("Account", "Account"),
        "more": Text("Altri", "More"),
        "search": Text("Cerca", "Search"),
        "search_hint": Text(
            "Nome utente o indirizzo e-mail, per intero", "Username or e-mail address, in full"
        ),
        "nothing": Text("Non c'è nulla da mostrare.", "There is nothing to show."),
        "action": Text("Azione", "Action"),
        "go": Text("Prosegui", "Go on"),
        "confirm": Text("Conferma", "Confirm"),
        "about": Text("Riguarda", "About"),
        "none_chosen": Text("Non è stato scelto nulla.", "Nothing was chosen."),
        "no_operator": Text(
            "Per agire occorre far parte di uno dei gruppi di operatori.",
            "To act here you have to be in one of the operators' groups.",
        ),
        "done": Text("{done} su {count}: fatto.", "{done} of {count}: done."),
        "queued": Text("{done} di nuovo in coda.", "{done} back in the queue."),
        "resend": Text("Invia di nuovo", "Send again"),
        "resend_all": Text("Invia di nuovo tutti", "Send all of them again"),
        "history": Text("Storico", "History"),
        "data": Text("Dati", "Data"),
        "letter": Text("Messaggio", "Message"),
        "attempts": Text("Tentativi", "Attempts"),
        "error": Text("Errore", "Error"),
        "when": Text("Quando", "When"),
        "what": Text("Che cosa", "What"),
        "by": Text("Da chi", "By whom"),
        "outcome": Text("Esito", "Outcome"),
        "approve": Text("Abilita", "Approve"),
        "reject": Text("Respingi", "Refuse"),
        "identify_in_person": Text("Registra il riconoscimento", "Record the identification"),
        "suspend": Text("Sospendi", "Suspend"),
        "reinstate": Text("Riattiva", "Reinstate"),
        "reason": Text("Motivo, che la persona leggerà", "Reason, which the person will read"),
        "form_signed": Text(
            "Il modulo è stato firmato davanti all'operatore",
            "The form was signed before the operator",
        ),
        "document_type": Text("Documento", "Identity document"),
        "document_number": Text("Numero del documento", "Document number"),
        "document_expires": Text("Scadenza del documento", "Document expires"),
        "codice_fiscale": Text("Codice fiscale", "Italian tax code"),
        "username": Text("Nome utente", "Username"),
        "email": Text("E-mail", "E-mail"),
        "pending_email": Text("E-mail da confermare", "E-mail to be confirmed"),
        "password": Text("Password", "Password"),
        "code": Text("Codice personale", "Personal code"),
        "link": Text("Identità digitale", "Digital identity"),
        "created_at": Text("Registrato", "Registered"),
        "waiting_since": Text("In attesa da", "Waiting since"),
        "activated_at": Text("Attivato", "Activated"),
        "last_used_at": Text("Ultimo utilizzo", "Last used"),
        "ended_at": Text("Concluso", "Ended"),
        "claim": Text("Incompleto", "Unfinished"),
        "awaiting_link": Text("In attesa del link", "Awaiting the link"),
        "awaiting_secretariat": Text("In attesa della segreteria", "Awaiting the secretariat"),
        "awaiting_presence": Text("In attesa di presentarsi", "Awaiting the visit"),
        "active": Text("Attivo", "Active"),
        "suspended": Text("Sospeso", "Suspended"),
        "expired": Text("Scaduto", "Expired"),
        "cancelled": Text("Chiuso", "Cancelled"),
    }
)


def words(language: str) -> dict[str, str]:
    """Return every word by its name.

    Args:
        language: ``it`` or ``en``.
    """
    return {name: text.to(language) for name, text in _WORDS.items()}
