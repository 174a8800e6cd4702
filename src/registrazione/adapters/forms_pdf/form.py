"""What stands on a modulo di adesione, before it is drawn."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import attrs

from registrazione.core.account import Account
from registrazione.core.evolve import due_at
from registrazione.core.form_codes import form_code
from registrazione.core.places import Places
from registrazione.core.profile import Profile
from registrazione.service.letter_facts import form_rows, sender_name
from registrazione.service.letter_words import moment


@attrs.frozen(kw_only=True)
class AdhesionForm:
    """The contents of one form (IST-10, POL-07).

    Args:
        language: ``it`` or ``en``.
        title: Name of the procedure.
        sender: Whose form it is.
        code: What the registration is found by; it stands in the QR symbol as well.
        rows: Label and value of each of the person's data.
        until: Day and time until which the person can come, in words; empty: no such time.
        printed_at: When the form was made.
    """

    language: str
    title: str
    sender: str
    code: str
    rows: tuple[tuple[str, str], ...] = attrs.field(repr=False)
    until: str = ""
    printed_at: datetime

    @classmethod
    def of(
        cls,
        profile: Profile,
        account: Account,
        *,
        printed_at: datetime,
        language: str = "",
        places: Places | None = None,
    ) -> Self:
        """Return the form of a registration that waits for the person to come.

        Args:
            profile: The procedure.
            account: The registration.
            printed_at: The present time, aware.
            language: ``it`` or ``en``; by default the one that the person registered in.
            places: The lists of places, so that a code is shown by its name.
        """
        language = "en" if (language or account.language) == "en" else "it"
        due = due_at(account, profile)
        return cls(
            language=language,
            title=profile.title.to(language),
            sender=sender_name(profile, language),
            code=form_code(account),
            rows=form_rows(account, profile, language, places),
            until=moment(due, language) if due else "",
            printed_at=printed_at,
        )
