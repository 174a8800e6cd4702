"""The form on its way: what was typed so far, held by the browser's session, in no store.

An abandoned form leaves no row behind. The draft names the steps that were really passed, so
that no page can be skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import attrs

from registrazione.core.account import Consent
from registrazione.core.profile import Profile, Step
from registrazione.core.secret import Secret

_NOTHING: Mapping[str, str] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Draft:
    """A registration that is not confirmed yet.

    Args:
        id: Idempotency key of the confirmation: confirmed twice, it registers once.
        profile: Name of the procedure.
        language: ``it`` or ``en``.
        started_at: When the first page was shown.
        passed: Steps that are done.
        codice_fiscale: The code of the first page; from then on it cannot be changed (MIM-13).
        values: Fields of the form, clean.
        password: The password chosen in the form, where the procedure has one there.
        consents: What was accepted.
    """

    id: str = attrs.field(repr=False)
    profile: str
    language: str
    started_at: datetime
    passed: tuple[Step, ...] = ()
    codice_fiscale: str | None = attrs.field(default=None, repr=False)
    values: Mapping[str, str] = attrs.field(default=_NOTHING, repr=False)
    password: Secret | None = None
    consents: tuple[Consent, ...] = ()

    def step(self, profile: Profile) -> Step | None:
        """Return the step that is next; ``None``: only the confirmation is left."""
        return next((step for step in profile.steps if step not in self.passed), None)

    def number(self, profile: Profile) -> tuple[int, int]:
        """Return the number of the present step and how many there are (MIM-10)."""
        done = sum(step in self.passed for step in profile.steps)
        return min(done + 1, len(profile.steps)), len(profile.steps)
