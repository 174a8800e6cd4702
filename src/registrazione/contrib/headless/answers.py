"""Answers as JSON: what the command is about, and no more than the asker has proved to be due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import attrs

from registrazione.contrib.headless.problems import fault_to_json
from registrazione.core import commands as c
from registrazione.core.account import Account
from registrazione.core.answer import Answer
from registrazione.core.draft import Draft
from registrazione.core.profile import Profile
from registrazione.core.snapshot import to_plain

_PROVED = (c.SessionCommand, c.OperatorCommand, c.HolderOrOperatorCommand)
"""Commands that only the holder of the account or an operator gets an answer to."""


def answer_to_json(
    answer: Answer,
    profile: Profile,
    language: str,
    *,
    proved: bool,
    seal: Callable[[Draft], str],
) -> dict[str, Any]:
    """Return an answer as plain data; what it does not hold is left out.

    Args:
        answer: The answer.
        profile: The procedure.
        language: ``it`` or ``en``, for the notices.
        proved: Whether the asker is the holder of the account, or an operator.
        seal: Makes of a draft what the asker keeps.
    """
    parts = _parts(answer, profile, language, proved=proved, seal=seal)
    return {"next": answer.next.value, **{name: value for name, value in parts if value}}


def is_proved(command: c.Command, answer: Answer) -> bool:
    """Tell whether the answer goes to the holder of the account, or to an operator.

    Whoever gets a session has proved it with the same command.
    """
    return isinstance(command, _PROVED) or bool(answer.session)


def account_to_json(account: Account, *, proved: bool) -> dict[str, Any]:
    """Return the account; to strangers nothing but how far the registration is.

    Args:
        account: The account.
        proved: Whether the asker is its holder, or an operator.
    """
    public: dict[str, Any] = {"id": account.id, "state": account.state.value}
    if not proved:
        return {**public, "email": masked(account.email)}
    return {
        **public,
        "email": account.email,
        "personal_email": account.personal_email,
        "pending_email": account.pending_email,
        "username": account.username,
        "codice_fiscale": account.codice_fiscale,
        "values": dict(account.values),
        "sources": dict(account.sources),
        "language": account.language,
        "password": account.password.value,
        "code": account.code.value,
        "link": account.link.value,
        "created_at": _time(account.created_at),
        "activated_at": _time(account.activated_at),
        "last_used_at": _time(account.last_used_at),
    }


def masked(email: str | None) -> str | None:
    """Return an address that whoever typed it knows again, and nobody else learns from."""
    if email is None:
        return None
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _parts(
    answer: Answer,
    profile: Profile,
    language: str,
    *,
    proved: bool,
    seal: Callable[[Draft], str],
) -> Iterator[tuple[str, Any]]:
    """Yield what an answer may hold, by name."""
    account, draft = answer.account, answer.draft
    yield "account", account and account_to_json(account, proved=proved)
    yield "draft", draft and seal(draft)
    yield "form", draft and form_to_json(draft, profile)
    yield "session", answer.session
    yield "ticket", answer.ticket
    yield "provider_session", answer.provider_session
    yield "receipt", answer.receipt
    yield "notices", [fault_to_json(notice, language) for notice in answer.notices]
    yield "missing", list(answer.missing)
    yield "differences", [to_plain(difference) for difference in answer.differences]
    yield "services", [attrs.asdict(offer) for offer in answer.services]
    yield "destination", answer.destination
    yield "expires_at", _time(answer.expires_at)
    yield "history", [to_plain(record) for record in answer.history]
    yield "export", dict(answer.export)


def form_to_json(draft: Draft, profile: Profile) -> dict[str, Any]:
    """Return the form on its way as its summary shows it (MIM-10, MIM-13, MIM-23)."""
    number, total = draft.number(profile)
    step = draft.step(profile)
    return {
        "step": None if step is None else step.value,
        "number": number,
        "total": total,
        "codice_fiscale": draft.codice_fiscale,
        "values": dict(draft.values),
        "consents": [consent.name for consent in draft.consents],
    }


def _time(time: datetime | None) -> str | None:
    """Write a time in ISO 8601."""
    return None if time is None else time.isoformat()
