"""Signing in, the password, the personal code, the identity providers."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from registrazione.core.commands.base import (
    Kind,
    PublicCommand,
    SessionCommand,
    TokenCommand,
    entry,
)
from registrazione.core.secret import Secret


@attrs.frozen(kw_only=True, eq=False)
class SignIn(PublicCommand):
    """Sign in with username and password; ``service`` is where the person wanted to go."""

    name = "sign_in"
    username: str = entry(Kind.OPAQUE)
    password: Secret = entry(Kind.SECRET, max_length=4096)
    service: str = entry(Kind.IDENTIFIER, default="", max_length=64)


@attrs.frozen(kw_only=True, eq=False)
class SignOut(SessionCommand):
    """Log out (MIM-42): here, or everywhere."""

    name = "sign_out"
    everywhere: bool = entry(Kind.OPAQUE, default=False)


@attrs.frozen(kw_only=True, eq=False)
class EnterService(SessionCommand):
    """Go to a service; refused where it is not for this account (UNI-09, POL-22)."""

    name = "enter_service"
    service: str = entry(Kind.IDENTIFIER, max_length=64)


@attrs.frozen(kw_only=True, eq=False)
class SetFavourite(SessionCommand):
    """Click the star beside a service: put it on the personal list, or take it off (MIM-40)."""

    name = "set_favourite"
    trail = False
    service: str = entry(Kind.IDENTIFIER, max_length=64)
    on: bool = entry(Kind.OPAQUE)


@attrs.frozen(kw_only=True, eq=False)
class ChangePassword(SessionCommand):
    """Old, new, new again (MIM-30, UNI-13)."""

    name = "change_password"
    old: Secret = entry(Kind.SECRET, max_length=4096)
    new: Secret = entry(Kind.SECRET, max_length=4096)
    again: Secret = entry(Kind.SECRET, max_length=4096)


@attrs.frozen(kw_only=True, eq=False)
class RequestPasswordReset(PublicCommand):
    """Answer "Password dimenticata?" (IOL-10, IOL-17, UNI-11): by address or by username."""

    name = "request_password_reset"
    email: str = entry(Kind.EMAIL, default="")
    username: str = entry(Kind.OPAQUE, default="")


@attrs.frozen(kw_only=True, eq=False)
class ResetPassword(TokenCommand):
    """Set a new password by the mailed link."""

    name = "reset_password"
    new: Secret = entry(Kind.SECRET, max_length=4096)
    again: Secret = entry(Kind.SECRET, max_length=4096)


@attrs.frozen(kw_only=True, eq=False)
class RecoverUsername(PublicCommand):
    """Answer "Username dimenticato?" (IOL-18, UNI-18)."""

    name = "recover_username"
    email: str = entry(Kind.EMAIL)


@attrs.frozen(kw_only=True, eq=False)
class StartEnabling(SessionCommand):
    """Start the enabling of an account that is in use through another service (POL-10, POL-12)."""

    name = "start_enabling"


@attrs.frozen(kw_only=True, eq=False)
class ChangePersonalCode(SessionCommand):
    """Replace the temporary personal code, or the present one (IST-12, POL-07)."""

    name = "change_personal_code"
    old: Secret = entry(Kind.SECRET, max_length=100)
    new: Secret = entry(Kind.SECRET, max_length=100)
    again: Secret = entry(Kind.SECRET, max_length=100)


@attrs.frozen(kw_only=True, eq=False)
class RecoverPersonalCode(SessionCommand):
    """Answer "Recupero codice personale" (POL-09): a new temporary one, by mail."""

    name = "recover_personal_code"


@attrs.frozen(kw_only=True, eq=False)
class AuthoriseSubmission(SessionCommand):
    """Sign an application with the personal code (POL-03).

    Args:
        code: The personal code.
        service: Which service the application is for.
        digest: Hexadecimal SHA-256 of what is submitted.
    """

    name = "authorise_submission"
    code: Secret = entry(Kind.SECRET, max_length=100)
    service: str = entry(Kind.IDENTIFIER, max_length=64)
    digest: str = entry(Kind.IDENTIFIER, max_length=64)


@attrs.frozen(kw_only=True, eq=False)
class SignInWith(PublicCommand):
    """Come back from SPID, CIE or eIDAS (MIM-02, MIM-08, UNI-02, POL-18)."""

    name = "sign_in_with"
    ticket: str = entry(Kind.TOKEN, default="")
    provider: str = entry(Kind.IDENTIFIER, max_length=64, hidden=False)
    response: Mapping[str, object] = entry(Kind.OPAQUE)
    session: str = entry(Kind.TOKEN, default="")
    service: str = entry(Kind.IDENTIFIER, default="", max_length=64)


@attrs.frozen(kw_only=True, eq=False)
class CompleteData(TokenCommand):
    """Fill in what the identity provider did not tell (MIM-06)."""

    name = "complete_data"
    values: Mapping[str, object] = entry(Kind.FORM)
    consents: tuple[str, ...] = entry(Kind.OPAQUE, default=())


@attrs.frozen(kw_only=True, eq=False)
class Align(TokenCommand):
    """Accept or refuse to align the account's data with the identity's (UNI-03)."""

    name = "align"
    accept: bool = entry(Kind.OPAQUE)
