"""Changing password and personal code (MIM-27 to MIM-31, MIM-37, IST-12, POL-07, POL-09)."""

from __future__ import annotations

from registrazione.contrib.web.cookies import short
from registrazione.contrib.web.exchange import Outcome, Show
from registrazione.contrib.web.holders import Running, account_of, for_holder
from registrazione.contrib.web.inputs import secret_field
from registrazione.contrib.web.onwards import onwards
from registrazione.contrib.web.pages import Block, Button, Form, Prose, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit
from registrazione.core.account import Account, Credential, SlowCredential
from registrazione.core.answer import Answer, Next
from registrazione.core.refusals import Refusal, refusal
from registrazione.core.states import CodeState, PasswordState

_INSTEAD_OF = "instead_of"
_WITHOUT_PASSWORD = {
    PasswordState.NONE: "password.none",
    PasswordState.OFF: "password.off",
}
_PASSWORD_FIRST = (Next.CHANGE_PASSWORD, Next.CHANGE_PERSONAL_CODE)


@for_holder(*_PASSWORD_FIRST)
def show_password(visit: Visit, present: Answer) -> Running:
    """Show the form: old, new, new again (MIM-30)."""
    yield from ()
    return _password(visit, present)


@for_holder(*_PASSWORD_FIRST)
def send_password(visit: Visit, present: Answer) -> Running:
    """Change the password, and go on to what was wanted (MIM-29, UNI-13)."""
    old, new, again = (visit.typed(name) for name in ("old", "password", "password_again"))
    try:
        answer = yield lambda r: r.change_password(visit.session, old, new, again)
    except Refusal as refused:
        present = yield lambda r: r.look(session=visit.session)
        if _is_stale(visit, account_of(present).credential):
            return _changed_before(visit, present, "password.changed_before")
        return _password(visit, present, refused)
    visit.say("password.changed")
    return onwards(visit, answer)


def _password(visit: Visit, present: Answer, refused: Refusal | None = None) -> Show:
    account = account_of(present)
    without = _WITHOUT_PASSWORD.get(account.password)
    if without is not None:
        # Whoever comes with SPID changes the password there (UNI-10).
        return visit.show("password", refused=refusal(without), status=409)
    due = present.next is Next.CHANGE_PASSWORD
    form = Form(
        action=visit.again(),
        fields=(
            secret_field(
                visit,
                "old",
                "password.old",
                autocomplete="current-password",
                refused=refused,
            ),
            secret_field(
                visit, "password", "password.new", policy=visit.profile.password, refused=refused
            ),
            secret_field(visit, "password_again", "password.again", refused=refused),
        ),
        buttons=(Button(label=visit.text("password.button")),),
        hidden=((_INSTEAD_OF, _name_of(account.credential)),),
        label=visit.text("password.title"),
    )
    why = _why_password(visit, account) if due else ()
    title = visit.text("password.due.title" if due else "password.title")
    return visit.show("password", *why, form, title=title, refused=refused, help_topic="access")


def _why_password(visit: Visit, account: Account) -> tuple[Block, ...]:
    """Return why the password has to be changed now (MIM-27, MIM-28, POL-17)."""
    reason = "expired" if account.password is PasswordState.EXPIRED else "assigned"
    keys = (*(f"password.due.{reason}.{part}" for part in ("why", "first")), "password.due.then")
    return (Prose(paragraphs=tuple(visit.text(key) for key in keys), tone=Tone.WARNING),)


# -- the second click, and the second tab ---------------------------------------------------


def _name_of(credential: Credential | None) -> str:
    """Return a short name of what a form replaces, which tells nothing of it."""
    if isinstance(credential, SlowCredential):
        return short(credential.encoded)
    return "" if credential is None else str(credential.generation)


def _is_stale(visit: Visit, present: Credential | None) -> bool:
    """Tell whether what the form was to replace has been replaced since it was drawn."""
    return visit.typed(_INSTEAD_OF) not in {"", _name_of(present)}


def _changed_before(visit: Visit, present: Answer, key: str) -> Outcome:
    """Go on as the first click did: the old one is wrong because it counts no more."""
    visit.say(key, Tone.INFO)
    return onwards(visit, present)


# -- the personal code ----------------------------------------------------------------------


@for_holder(Next.CHANGE_PERSONAL_CODE)
def show_code(visit: Visit, present: Answer) -> Running:
    """Show the form of the personal code (IST-12)."""
    yield from ()
    return _code(visit, present)


@for_holder(Next.CHANGE_PERSONAL_CODE)
def send_code(visit: Visit, present: Answer) -> Running:
    """Change the personal code, the temporary one first of all (IST-12, POL-07)."""
    old, new, again = (visit.typed(n) for n in ("old", "personal_code", "personal_code_again"))
    try:
        answer = yield lambda r: r.change_personal_code(visit.session, old, new, again)
    except Refusal as refused:
        # A wrong code too many has blocked it meanwhile.
        present = yield lambda r: r.look(session=visit.session)
        if _is_stale(visit, account_of(present).code_credential):
            return _changed_before(visit, present, "code.changed_before")
        return _code(visit, present, refused)
    visit.say("code.changed")
    return onwards(visit, answer)


@for_holder(Next.CHANGE_PERSONAL_CODE)
def recover_code(visit: Visit, present: Answer) -> Running:
    """Have a new temporary code mailed (POL-09)."""
    try:
        yield lambda r: r.recover_personal_code(visit.session)
    except Refusal as refused:
        return _code(visit, present, refused)
    visit.say("code.mailed")
    return visit.go("/code")


def _code(visit: Visit, present: Answer, refused: Refusal | None = None) -> Show:
    policy, account = visit.profile.personal_code, account_of(present)
    if policy is None:
        return visit.show("not_found", status=404)
    if account.code is CodeState.NONE:
        none = refused or refusal("personal_code.none")
        return visit.show("code", refused=none, help_topic="enabling", status=409)
    temporary = account.code is CodeState.TEMPORARY
    form = Form(
        action=visit.url("/code"),
        fields=(
            secret_field(
                visit,
                "old",
                "code.temporary" if temporary else "code.old",
                autocomplete="off",
                refused=refused,
            ),
            secret_field(
                visit,
                "personal_code",
                "code.new",
                policy=policy,
                autocomplete="off",
                refused=refused,
            ),
            secret_field(
                visit, "personal_code_again", "code.again", autocomplete="off", refused=refused
            ),
        ),
        buttons=(Button(label=visit.text("code.button")),),
        hidden=((_INSTEAD_OF, _name_of(account.code_credential)),),
        label=visit.text("code.title"),
    )
    recover = Form(
        action=visit.url("/code/recover"),
        heading=visit.text("code.recover.heading"),
        buttons=(Button(label=visit.text("code.recover"), tone=Tone.SECONDARY),),
    )
    blocked = account.code is CodeState.BLOCKED
    why = f"code.{account.code.value}.text"
    words = Prose(paragraphs=(visit.text(why),), tone=Tone.WARNING if blocked else Tone.INFO)
    forms = (recover,) if blocked else (form, recover)
    return visit.show("code", words, *forms, refused=refused, help_topic="enabling")


ROUTES: tuple[Route, ...] = (
    Route("/password", get=show_password, post=send_password),
    Route("/code", get=show_code, post=send_code),
    Route("/code/recover", post=recover_code),
)
