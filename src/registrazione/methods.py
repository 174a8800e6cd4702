"""One method for each command, in the field's words; the same for both registrars.

``R`` is what a method returns: an :class:`~registrazione.core.answer.Answer` from the
synchronous registrar, an awaitable of one from the asynchronous one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Generic, TypeVar, cast

from registrazione.core import commands as c
from registrazione.core.draft import Draft
from registrazione.core.secret import Secret

R = TypeVar("R")

Typed = str | Secret
"""A password or code as it was typed, wrapped already or not."""


def _names(given: object) -> tuple[str, ...]:
    """Keep names that may be read once only; what is no collection names nothing."""
    return tuple(cast("Iterable[str]", given)) if isinstance(given, Iterable) else ()


class CommandMethods(ABC, Generic[R]):
    """Every command as a method. Each of them may raise :class:`~registrazione.Refusal`."""

    @abstractmethod
    def handle(self, command: c.Command) -> R:
        """Carry out a command: the one door that all methods use.

        Raises:
            Refusal: With every fault found, and nothing done.
        """

    # -- registration ------------------------------------------------------------------------

    def begin(self, *, language: str = "it", origin: str = "") -> R:
        """Open the first page of a registration (MIM-03, IOL-12).

        Args:
            language: ``it`` or ``en``.
            origin: Where the request comes from, for limits; kept nowhere.
        """
        return self.handle(c.Begin(language=language, origin=origin))

    def acknowledge_notice(self, draft: Draft) -> R:
        """Leave the notice behind (MIM-09)."""
        return self.handle(c.AcknowledgeNotice(draft=draft))

    def identify(
        self,
        draft: Draft,
        codice_fiscale: str = "",
        *,
        human_response: str = "",
        origin: str = "",
    ) -> R:
        """Give the codice fiscale and the response to the human check (MIM-11, MIM-12)."""
        command = c.Identify(
            draft=draft,
            codice_fiscale=codice_fiscale,
            human_response=human_response,
            origin=origin,
        )
        return self.handle(command)

    def fill(
        self, draft: Draft, values: Mapping[str, object], *, consents: Iterable[str] = ()
    ) -> R:
        """Send the form (MIM-14, IOL-03, UNI-05).

        Args:
            draft: The registration on its way.
            values: By field name, as typed.
            consents: Names of the texts that were accepted or acknowledged (MIM-18, MIM-19).
        """
        return self.handle(c.Fill(draft=draft, values=values, consents=_names(consents)))

    def back(self, draft: Draft) -> R:
        """Go one page back; nothing typed is lost (MIM-21)."""
        return self.handle(c.Back(draft=draft))

    def confirm(self, draft: Draft, *, origin: str = "") -> R:
        """Confirm what was typed (MIM-23, IOL-04). The same draft registers once only."""
        return self.handle(c.Confirm(draft=draft, origin=origin))

    # -- activation --------------------------------------------------------------------------

    def activate(
        self,
        token: str,
        *,
        password: Typed | None = None,
        password_again: Typed | None = None,
        ticket: str = "",
    ) -> R:
        """Use a mailed link (UNI-06, IOL-05, IST-09).

        Args:
            token: From the link.
            password: Where the procedure asks for one here.
            password_again: Its confirmation, where it is a new one.
            ticket: What the same browser was given when the form was confirmed.
        """
        command = c.Activate(
            token=token, password=password, password_again=password_again, ticket=ticket
        )
        return self.handle(command)

    def resend_activation(self, *, ticket: str = "", email: str = "", origin: str = "") -> R:
        """Have the link sent once more, by ticket or by address (UNI-08)."""
        return self.handle(c.ResendActivation(ticket=ticket, email=email, origin=origin))

    def correct_email(self, ticket: str, email: str, email_again: str | None = None) -> R:
        """Correct the address that the link was sent to (UNI-08)."""
        return self.handle(c.CorrectEmail(token=ticket, email=email, email_again=email_again))

    # -- operators ---------------------------------------------------------------------------

    def approve(self, operator: c.Operator, account_id: str) -> R:
        """Enable a registration, for the secretariat (MIM-24)."""
        return self.handle(c.Approve(operator=operator, account_id=account_id))

    def reject(self, operator: c.Operator, account_id: str, reason: str) -> R:
        """Refuse a registration; the person reads the reason."""
        return self.handle(c.Reject(operator=operator, account_id=account_id, reason=reason))

    def identify_in_person(
        self,
        operator: c.Operator,
        account_id: str,
        *,
        codice_fiscale: str,
        document_type: str,
        document_number: str,
        document_expires: date | None = None,
        form_signed: bool = False,
    ) -> R:
        """Record that the person came, with which document, and signed (IST-10, POL-07).

        Where the procedure wants four eyes, a second operator does the same with the same document;
        until then the answer's account goes on waiting.
        """
        command = c.IdentifyInPerson(
            operator=operator,
            account_id=account_id,
            codice_fiscale=codice_fiscale,
            document_type=document_type,
            document_number=document_number,
            document_expires=document_expires,
            form_signed=form_signed,
        )
        return self.handle(command)

    def suspend(self, operator: c.Operator, account_id: str, reason: str) -> R:
        """Suspend an account; everybody is signed out."""
        return self.handle(c.Suspend(operator=operator, account_id=account_id, reason=reason))

    def reinstate(self, operator: c.Operator, account_id: str, reason: str) -> R:
        """Make a suspended account active again."""
        return self.handle(c.Reinstate(operator=operator, account_id=account_id, reason=reason))

    def correct_data(
        self, operator: c.Operator, account_id: str, values: Mapping[str, object], reason: str
    ) -> R:
        """Correct what only an operator may (IOL-22, UNI-12)."""
        command = c.CorrectData(
            operator=operator, account_id=account_id, values=values, reason=reason
        )
        return self.handle(command)

    # -- signing in --------------------------------------------------------------------------

    def sign_in(self, username: str, password: Typed, *, service: str = "", origin: str = "") -> R:
        """Sign in (MIM-07, UNI-15).

        Args:
            username: Without regard to case; the address where there are no usernames.
            password: As typed.
            service: Where the person wanted to go (MIM-29).
            origin: Where the request comes from, for limits; kept nowhere.
        """
        command = c.SignIn(
            username=username, password=Secret(password), service=service, origin=origin
        )
        return self.handle(command)

    def sign_out(self, session: str, *, everywhere: bool = False) -> R:
        """Log out, here or everywhere (MIM-42)."""
        return self.handle(c.SignOut(session=session, everywhere=everywhere))

    def enter_service(self, session: str, service: str) -> R:
        """Go to a service; refused where it is not for this account (UNI-09, POL-22)."""
        return self.handle(c.EnterService(session=session, service=service))

    def set_favourite(self, session: str, service: str, *, on: bool) -> R:
        """Put a service on the personal list of favourites, or take it off (MIM-40)."""
        return self.handle(c.SetFavourite(session=session, service=service, on=on))

    def sign_in_with(
        self,
        provider: str,
        response: Mapping[str, object],
        *,
        session: str = "",
        ticket: str = "",
        service: str = "",
        origin: str = "",
    ) -> R:
        """Come back from an identity provider (MIM-02, UNI-02, POL-01).

        Args:
            provider: Which one.
            response: What came back, for its adapter to verify.
            session: Of somebody signed in already, who adds this identity.
            ticket: Of a registration that waits, which the identity completes (POL-18).
            service: Where the person wanted to go.
            origin: Where the request comes from, for limits; kept nowhere.
        """
        command = c.SignInWith(
            provider=provider,
            response=response,
            session=session,
            ticket=ticket,
            service=service,
            origin=origin,
        )
        return self.handle(command)

    def complete_data(
        self, ticket: str, values: Mapping[str, object], *, consents: Iterable[str] = ()
    ) -> R:
        """Fill in what the identity provider did not tell (MIM-06)."""
        command = c.CompleteData(token=ticket, values=values, consents=_names(consents))
        return self.handle(command)

    def align(self, ticket: str, *, accept: bool) -> R:
        """Accept or refuse to align the account with the identity (UNI-03)."""
        return self.handle(c.Align(token=ticket, accept=accept))

    # -- passwords and codes -----------------------------------------------------------------

    def change_password(self, session: str, old: Typed, new: Typed, again: Typed) -> R:
        """Change the password (MIM-30, UNI-13)."""
        return self.handle(
            c.ChangePassword(session=session, old=Secret(old), new=Secret(new), again=Secret(again))
        )

    def request_password_reset(self, *, email: str = "", username: str = "", origin: str = "") -> R:
        """Ask for a way back in, by address or by username (IOL-10, UNI-11)."""
        command = c.RequestPasswordReset(email=email, username=username, origin=origin)
        return self.handle(command)

    def reset_password(self, token: str, new: Typed, again: Typed) -> R:
        """Set a new password by the mailed link."""
        return self.handle(c.ResetPassword(token=token, new=Secret(new), again=Secret(again)))

    def recover_username(self, email: str, *, origin: str = "") -> R:
        """Have the username mailed (IOL-18, UNI-18)."""
        return self.handle(c.RecoverUsername(email=email, origin=origin))

    def start_enabling(self, session: str) -> R:
        """Start the enabling of an account in use (POL-10): a code and a form come by mail.

        Then the person shows a document at a school or office, or comes by SPID (POL-18).
        """
        return self.handle(c.StartEnabling(session=session))

    def change_personal_code(self, session: str, old: Typed, new: Typed, again: Typed) -> R:
        """Change the personal code, the temporary one first of all (IST-12, POL-07)."""
        return self.handle(
            c.ChangePersonalCode(
                session=session, old=Secret(old), new=Secret(new), again=Secret(again)
            )
        )

    def recover_personal_code(self, session: str) -> R:
        """Have a new temporary personal code mailed (POL-09)."""
        return self.handle(c.RecoverPersonalCode(session=session))

    def authorise_submission(self, session: str, code: Typed, *, service: str, digest: str) -> R:
        """Sign an application with the personal code (POL-03).

        Args:
            session: Of who submits.
            code: The personal code.
            service: What the application is for.
            digest: SHA-256 of what is submitted, in 64 lower-case hexadecimal digits.
        """
        command = c.AuthoriseSubmission(
            session=session, code=Secret(code), service=service, digest=digest
        )
        return self.handle(command)

    # -- later -------------------------------------------------------------------------------

    def update_contacts(self, session: str, values: Mapping[str, object]) -> R:
        """Change phones, document, residence, domicile (IOL-21, POL-08)."""
        return self.handle(c.UpdateContacts(session=session, values=values))

    def change_email(
        self,
        session: str,
        email: str,
        email_again: str | None = None,
        *,
        password: Typed | None = None,
    ) -> R:
        """Ask for another address; it counts once its own link is used (POL-11).

        It takes the password, or where there is none a session that has just begun.
        """
        command = c.ChangeEmail(
            session=session, email=email, email_again=email_again, password=password
        )
        return self.handle(command)

    def cancel(
        self,
        *,
        session: str = "",
        operator: c.Operator | None = None,
        account_id: str = "",
        reason: str = "",
    ) -> R:
        """End an account, as its holder, who has just signed in, or as an operator."""
        command = c.Cancel(session=session, operator=operator, account_id=account_id, reason=reason)
        return self.handle(command)

    def export_account(
        self, *, session: str = "", operator: c.Operator | None = None, account_id: str = ""
    ) -> R:
        """Hand out everything that is kept about a person (GDPR art. 15, 20)."""
        command = c.ExportAccount(session=session, operator=operator, account_id=account_id)
        return self.handle(command)

    def erase(
        self, *, session: str = "", operator: c.Operator | None = None, account_id: str = ""
    ) -> R:
        """Erase an account with all its data (GDPR art. 17); its holder has just signed in."""
        command = c.Erase(session=session, operator=operator, account_id=account_id)
        return self.handle(command)

    def history(
        self, *, session: str = "", operator: c.Operator | None = None, account_id: str = ""
    ) -> R:
        """Read what happened to an account (MIM-38)."""
        command = c.History(session=session, operator=operator, account_id=account_id)
        return self.handle(command)
