"""The project's own users: one for each account that was activated, of whatever model they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from registrazione.contrib.django import orm
from registrazione.contrib.django.reading import ERASING
from registrazione.core.account import Account
from registrazione.core.records import Change
from registrazione.core.refusals import refusal
from registrazione.core.states import AccountState

_NOBODY = "erased.invalid"

_CONCERNING = frozenset(
    {
        "activated",
        "suspended",
        "reinstated",
        "cancelled",
        "superseded",
        "activation_expired",
        "rejected",
        "email_changed",
        "data_corrected",
        "data_completed",
        "contacts_updated",
        "username_assigned",
        "identity_linked",
    }
)
"""Events after which a user may not be what the account says any more."""

_ENDING = frozenset(
    {"identity_made_only", "password_changed", "password_reset", "signed_out", "temporary_taken"}
)
"""Events that end sessions here; those of the project have to end with them."""

_NAMES = {"first_name": "name", "last_name": "surname"}
"""Fields that many users have, and the fields of a form that they are filled from."""


def usual_fields(account: Account) -> dict[str, object]:
    """Return the fields of a user as an account tells them.

    The username is the account's, or its address where it has none or where the project's users go
    by theirs. The address, ``first_name`` and ``last_name`` are filled if there are such fields.

    Args:
        account: An active account.
    """
    model = orm.get_user_model()
    fields = orm.columns(model)
    address = model.get_email_field_name()
    known: dict[str, str] = {
        name: account.values.get(source, "") for name, source in _NAMES.items()
    }
    known[address] = account.email or ""
    # Not where people sign in with their address.
    known.setdefault(model.USERNAME_FIELD, account.username or account.email or account.id)
    return {
        name: value[: fields[name].max_length] if name in _NAMES else value
        for name, value in known.items()
        if name in fields
    }


class Users:
    """Keeps the project's users in step with the accounts.

    Args:
        fields: Returns the fields of a user, from an account; by default :func:`usual_fields`.
        adopt: Returns the user that an account is to become; by default each gets a new one.
        erased: What becomes of the user of an account that is erased: ``anonymise``, ``delete``,
            or a function that takes the user.
    """

    def __init__(
        self,
        *,
        fields: Callable[[Account], Mapping[str, object]] | None = None,
        adopt: Callable[[Account], Any] | None = None,
        erased: str | Callable[[Any], None] = ERASING[0],
    ) -> None:
        """Remember how the project wants it."""
        self._fields = fields or usual_fields
        self._adopt = adopt
        self._erased = _ERASING[erased] if isinstance(erased, str) else erased

    @property
    def using(self) -> str:
        """Return the database that the users are in."""
        return str(orm.router.db_for_write(orm.UserLink))

    def concerns(self, change: Change) -> bool:
        """Tell whether there may be a user that has to follow a change."""
        erases = any(write.account is None for write in change.writes)
        return erases or any(record.event in _CONCERNING | _ENDING for record in change.audit)

    def follow(self, change: Change) -> None:
        """Let the users follow a change, within a transaction.

        Raises:
            Refusal: ``registration.user_exists``.
        """
        ended = {record.account_id for record in change.audit if record.event in _ENDING}
        for write in change.writes:
            user = self.sync(write.account_id, write.account)
            if user is not None and write.account_id in ended and _left(change, write.account):
                self._signed_out(user)

    def sync(self, account_id: str, account: Account | None) -> Any:  # noqa: ANN401 - the project's own model
        """Make the user what the account is, within a transaction; return it, if there is one.

        Args:
            account_id: Which account.
            account: As it is; ``None`` if it was erased.

        Raises:
            Refusal: ``registration.user_exists``.
        """
        links = orm.links.using(self.using).select_related("user")
        link = links.filter(account_id=account_id).first()
        active = account is not None and account.state is AccountState.ACTIVE
        if link is None:
            return self._made(account) if account is not None and active else None
        if account is None:
            link.delete()
            self._erased(link.user)
            return None
        if active:
            _fill(link.user, self._fields(account))
        if active is not link.active:
            link.active = active
            link.save(update_fields=["active"])
            _switch(link.user, on=active)
        self._saved(link.user)
        return link.user

    def of(self, account: Account) -> Any:  # noqa: ANN401 - as above
        """Return the user of an active account; one who is missing is made.

        Args:
            account: As it is.

        Raises:
            Refusal: ``registration.user_exists``.
        """
        return user_of(account.id, self.using) or self._at_last(account)

    def _at_last(self, account: Account) -> Any:  # noqa: ANN401 - as above
        with orm.atomic(using=self.using):
            return self.sync(account.id, account)

    def _made(self, account: Account) -> Any:  # noqa: ANN401 - as above
        """Return the user that an account becomes."""
        user = self._adopt(account) if self._adopt is not None else None
        if user is None:
            user = orm.get_user_model()()
            user.set_unusable_password()
            _switch(user, on=True)
        _fill(user, self._fields(account))
        self._saved(user)
        try:
            orm.links.using(self.using).create(account_id=account.id, user=user, active=True)
        except orm.IntegrityError:
            raise refusal("registration.user_exists") from None
        return user

    def _signed_out(self, user: Any) -> None:  # noqa: ANN401 - as above
        """End the project's sessions of a user, which hold a mark of what stands for the password.

        Whoever is signed in here goes on: the pages sign the present browser in again.
        """
        if not user.has_usable_password():
            user.set_unusable_password()
            self._saved(user)

    def _saved(self, user: Any) -> None:  # noqa: ANN401 - as above
        """Write a user down, unless another one has the name or the address.

        No savepoint is needed: the refusal undoes the whole transaction that this is part of.
        """
        try:
            user.save(using=self.using)
        except orm.IntegrityError:
            raise refusal("registration.user_exists") from None


def user_of(account_id: str, using: str | None = None) -> Any:  # noqa: ANN401 - as above
    """Return the project's user of an account, or ``None``.

    Args:
        account_id: Which account.
        using: The database to look into; by default the one that the routers name.
    """
    links = orm.links.using(using).select_related("user")
    link = links.filter(account_id=account_id).first()
    return None if link is None else link.user


def account_id_of(user: Any) -> str | None:  # noqa: ANN401 - as above
    """Return the id of a user's account, or ``None`` for one who has none.

    Args:
        user: Of the project's model.
    """
    if user.pk is None:
        return None
    found: str | None = (
        orm.links.filter(user_id=user.pk).values_list("account_id", flat=True).first()
    )
    return found


def _left(change: Change, account: Account | None) -> bool:
    """Tell whether nobody else is to stay signed in: whoever leaves one of several rooms does."""
    everywhere = any(record.event in _ENDING - {"signed_out"} for record in change.audit)
    return everywhere or (account is not None and not account.sessions)


def _fill(user: Any, fields: Mapping[str, object]) -> None:  # noqa: ANN401 - as above
    for name, value in fields.items():
        setattr(user, name, value)


def _switch(user: Any, *, on: bool) -> None:  # noqa: ANN401 - as above
    """Let a user in or keep them out, where the model has a field for it."""
    model = user.__class__
    if "is_active" in orm.columns(model):
        user.is_active = on


def anonymise(user: Any) -> None:  # noqa: ANN401 - as above
    """Leave the row of a user, so that what refers to it stays, and nothing that tells who it was.

    Name, address and username go, and with them whatever else :func:`usual_fields` fills. A model
    with more personal data needs a function of its own.

    Args:
        user: Whose account was erased.
    """
    model = user.__class__
    fields = orm.columns(model)
    nobody = uuid4().hex
    address = model.get_email_field_name()
    for name in (*_NAMES, address):
        if name in fields:
            setattr(user, name, f"{nobody}@{_NOBODY}" if fields[name].unique else "")
    if address != model.USERNAME_FIELD:
        length = fields[model.USERNAME_FIELD].max_length
        setattr(user, model.USERNAME_FIELD, f"erased-{nobody}"[:length])
    user.set_unusable_password()
    _switch(user, on=False)
    user.save()


def delete(user: Any) -> None:  # noqa: ANN401 - as above
    """Delete the row of a user, with whatever the project has deleted with it.

    Args:
        user: Whose account was erased.
    """
    user.delete()


_ERASING: Mapping[str, Callable[[Any], None]] = dict(zip(ERASING, (anonymise, delete), strict=True))
