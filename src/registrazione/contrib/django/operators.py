"""Which operator of a procedure a user of the project is."""

from __future__ import annotations

from typing import Any

from registrazione.contrib.django.conf import embedding
from registrazione.contrib.django.users import account_id_of
from registrazione.core.commands import Operator
from registrazione.core.profile import Role


def usual_operator(request: Any) -> Operator | None:  # noqa: ANN401 - Django has no types
    """Return the operator that the user of a request is, or ``None`` for one who is none.

    The identifier is the user's key. The role is the name of the group: ``secretariat``,
    ``identifying_office`` or ``help_desk``, the first of them that the user is in; a superuser who
    is in none is the secretariat. Nobody may approve or identify themselves, so that the user's own
    account is told as well.

    Args:
        request: With a user who is signed in.
    """
    user = request.user
    if not (user.is_authenticated and user.is_active):
        return None
    groups = set(user.groups.values_list("name", flat=True))
    roles = [role for role in Role if role.value in groups]
    if not roles and not user.is_superuser:
        return None
    return Operator(
        id=str(user.pk),
        role=roles[0] if roles else Role.SECRETARIAT,
        account_id=account_id_of(user),
    )


def operator_of(request: Any, procedure: str = "") -> Operator | None:  # noqa: ANN401 - as above
    """Return the operator that a request comes from, as the project's settings say.

    Args:
        request: With a user who is signed in.
        procedure: Name of the procedure.
    """
    found: Operator | None = (embedding(procedure).operator or usual_operator)(request)
    return found
