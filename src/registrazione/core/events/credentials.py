"""What happens to the password, the sessions and the personal code."""

from __future__ import annotations

from datetime import datetime

import attrs

from registrazione.core.account import Credential, DerivedCredential, Remembered, SessionRef
from registrazione.core.events.base import Event, note


@attrs.frozen(kw_only=True, eq=False, repr=False)
class TemporaryIssued(Event):
    """The system assigned a temporary password."""

    credential: Credential
    generation: int
    password_set_at: datetime
    temporary_until: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class TemporaryOffered(Event):
    """A temporary password was mailed on request; it counts once it is used."""

    offered: DerivedCredential
    offered_until: datetime
    generation: int


@attrs.frozen(kw_only=True, eq=False, repr=False)
class TemporaryTaken(Event):
    """The mailed temporary password was used instead of the present one."""

    credential: Credential
    history: tuple[Remembered, ...]
    password_set_at: datetime
    temporary_until: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PasswordChosen(Event):
    """The person chose the first password."""

    credential: Credential
    history: tuple[Remembered, ...]
    history_salt: bytes
    password_set_at: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PasswordChanged(Event):
    """The person changed the password, knowing the old one."""

    credential: Credential
    history: tuple[Remembered, ...]
    history_salt: bytes
    password_set_at: datetime
    sessions: tuple[SessionRef, ...]
    failures: int = 0
    lockouts: int = 0
    locked_until: None = None
    temporary_until: None = None
    warned_at: None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PasswordReset(Event):
    """The person set a new password by the mailed link."""

    credential: Credential
    history: tuple[Remembered, ...]
    history_salt: bytes
    password_set_at: datetime
    failures: int = 0
    lockouts: int = 0
    locked_until: None = None
    temporary_until: None = None
    warned_at: None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PasswordRehashed(Event):
    """The same password, under newer parameters."""

    credential: Credential


@attrs.frozen(kw_only=True, eq=False, repr=False)
class ResetRequested(Event):
    """A link to set a new password was mailed; older links are void."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class TemporaryExpired(Event):
    """Nobody used the temporary credentials in time."""

    temporary_until: None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PasswordExpired(Event):
    """The password is older than the policy allows (POL-17)."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PasswordWarned(Event):
    """The person was told that the password is about to expire (POL-17)."""

    warned_at: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class AttemptCounted(Event):
    """A password is about to be judged; counted first, so guessing in parallel pays nothing."""

    failures: int


@attrs.frozen(kw_only=True, eq=False, repr=False)
class SignInLocked(Event):
    """The last attempt allowed is about to be judged: no other one for a while."""

    lockouts: int
    locked_until: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class AttemptTakenBack(Event):
    """A password that was counted was never judged: the hasher had too much to do."""

    failures: int
    lockouts: int
    locked_until: datetime | None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class AttemptCleared(Event):
    """The password was right: what was counted counts no more."""

    failures: int = 0
    lockouts: int = 0
    locked_until: None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class SignedIn(Event):
    """The person signed in."""

    sessions: tuple[SessionRef, ...]
    last_used_at: datetime
    failures: int = 0
    lockouts: int = 0
    locked_until: None = None
    method: str = note()


@attrs.frozen(kw_only=True, eq=False, repr=False)
class SignedOut(Event):
    """The person signed out."""

    sessions: tuple[SessionRef, ...]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class CodeIssued(Event):
    """A temporary personal code was assigned (IST-09, POL-07)."""

    code_credential: Credential
    generation: int
    code_failures: int = 0


@attrs.frozen(kw_only=True, eq=False, repr=False)
class CodeAttemptCounted(Event):
    """A personal code is about to be judged."""

    code_failures: int


@attrs.frozen(kw_only=True, eq=False, repr=False)
class CodeAttemptTakenBack(Event):
    """A personal code that was counted was never judged: the hasher had too much to do."""

    code_failures: int


@attrs.frozen(kw_only=True, eq=False, repr=False)
class CodeAttemptCleared(Event):
    """The personal code was right: what was counted counts no more."""

    code_failures: int = 0


@attrs.frozen(kw_only=True, eq=False, repr=False)
class CodeChanged(Event):
    """The person chose the personal code (IST-12)."""

    code_credential: Credential
    code_failures: int = 0


@attrs.frozen(kw_only=True, eq=False, repr=False)
class CodeBlocked(Event):
    """Too many wrong personal codes."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class SubmissionAuthorised(Event):
    """An application was signed with the personal code (POL-03)."""

    code_failures: int = 0
    service: str = note()
    digest: str = note()
