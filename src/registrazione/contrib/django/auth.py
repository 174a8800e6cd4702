"""Signing in through Django: an authentication back-end on the registrar.

In the project's settings::

    AUTHENTICATION_BACKENDS = [
        "registrazione.contrib.django.auth.RegistrazioneBackend",
        "django.contrib.auth.backends.ModelBackend",
    ]
"""
# mypy: disable-error-code="import-untyped,misc,valid-type"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from django.conf import settings
from django.contrib.auth import backends, get_user_model
from django.utils.module_loading import import_string

from registrazione.contrib.django import orm
from registrazione.contrib.django.conf import get_async_registrar, get_registrar, get_users
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.refusals import Refusal

# To type checkers a class of an untyped package is one of which nothing is known.
if TYPE_CHECKING:
    _Backend = object
else:
    _Backend = backends.BaseBackend


@attrs.frozen(kw_only=True)
class SignInOutcome:
    """What became of an attempt to sign in; the back-end leaves it at ``request.registrazione``.

    Args:
        answer: What the registrar answered: its ``session`` is what the library's pages go on with,
            its ``next`` says what stands between the person and the services.
        refusal: Why it was refused.
    """

    answer: Answer | None = None
    refusal: Refusal | None = None


class RegistrazioneBackend(_Backend):
    """Let in whoever the registrar signs in; :mod:`django.contrib.auth` does the rest.

    Somebody whose password is right, and who has to change it first, is not let in: the outcome at
    the request says so, and holds the session with which they can. Unknown, locked and wrong are
    one refusal, at the same cost (UNI-15). Permissions are left to the other back-ends.
    """

    procedure: ClassVar[str] = ""
    """Name of the procedure in the settings; a subclass may set another one."""

    def authenticate(
        self,
        request: Any,  # noqa: ANN401 - Django has no types
        username: str | None = None,
        password: str | None = None,
        **credentials: object,
    ) -> Any:  # noqa: ANN401 - the project's own model
        """Return the user whom a username and a password belong to, or ``None``.

        Args:
            request: The request, or ``None``.
            username: Also by the name that the project's users have for it.
            password: As typed.
            credentials: Those of other back-ends.
        """
        username = _login(username, credentials)
        if username is None or password is None:
            return None
        try:
            answer = get_registrar(self.procedure).sign_in(
                username, password, origin=_origin(request)
            )
            user = self._user(answer)
        except Refusal as refused:
            _leave(request, SignInOutcome(refusal=refused))
            return None
        _leave(request, SignInOutcome(answer=answer))
        return user

    async def aauthenticate(
        self,
        request: Any,  # noqa: ANN401 - as above
        username: str | None = None,
        password: str | None = None,
        **credentials: object,
    ) -> Any:  # noqa: ANN401 - as above
        """See :meth:`authenticate`."""
        username = _login(username, credentials)
        if username is None or password is None:
            return None
        try:
            answer = await get_async_registrar(self.procedure).sign_in(
                username, password, origin=_origin(request)
            )
            user = await orm.sync_to_async(self._user)(answer)
        except Refusal as refused:
            _leave(request, SignInOutcome(refusal=refused))
            return None
        _leave(request, SignInOutcome(answer=answer))
        return user

    def get_user(self, user_id: object) -> Any:  # noqa: ANN401 - as above
        """Return the user of a session, unless the account or the user is not active any more.

        Args:
            user_id: The user's key.
        """
        link = orm.links.select_related("user").filter(user_id=user_id, active=True).first()
        return link.user if link is not None and _may_enter(link.user) else None

    async def aget_user(self, user_id: object) -> Any:  # noqa: ANN401 - as above
        """See :meth:`get_user`."""
        return await orm.sync_to_async(self.get_user)(user_id)

    def _user(self, answer: Answer) -> Any:  # noqa: ANN401 - as above
        """Return the user of somebody between whom and the services nothing stands."""
        if answer.next is not Next.USE_SERVICES or answer.account is None:
            return None
        return user_for(answer.account, self.procedure)


def user_for(account: Account, procedure: str = "") -> Any:  # noqa: ANN401 - as above
    """Return the user of whoever has signed in, or ``None`` if the project lets no such user in.

    One who is missing is made: the account may be older than the project's use of it.

    Args:
        account: As it is.
        procedure: Name of the procedure.

    Raises:
        Refusal: ``registration.user_exists``.
    """
    users = get_users(procedure)
    user = None if users is None else users.of(account)
    return user if user is not None and _may_enter(user) else None


def backend_of(procedure: str = "") -> str:
    """Return the back-end by which the users of a procedure are known again: its dotted path.

    Args:
        procedure: Name of the procedure.
    """
    found: dict[str, str] = {}
    for path in settings.AUTHENTICATION_BACKENDS:
        backend = import_string(path)
        if issubclass(backend, RegistrazioneBackend):
            found.setdefault(backend.procedure, path)
    usual = f"{RegistrazioneBackend.__module__}.{RegistrazioneBackend.__qualname__}"
    return found.get(procedure, next(iter(found.values()), usual))


def _login(username: str | None, credentials: dict[str, object]) -> str | None:
    """Return what the person signs in with, under whichever name it comes."""
    given = credentials.get(get_user_model().USERNAME_FIELD) if username is None else username
    return given if isinstance(given, str) else None


def _origin(request: Any) -> str:  # noqa: ANN401 - as above
    """Return where the request comes from, as the server knows it."""
    return "" if request is None else str(request.META.get("REMOTE_ADDR", ""))


def _leave(request: Any, outcome: SignInOutcome) -> None:  # noqa: ANN401 - as above
    """Leave the outcome where the views find it."""
    if request is not None:
        request.registrazione = outcome


def _may_enter(user: Any) -> bool:  # noqa: ANN401 - as above
    """Tell whether the project lets the user in."""
    return bool(getattr(user, "is_active", True))
