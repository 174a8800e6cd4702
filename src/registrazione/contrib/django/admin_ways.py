"""What an operator can do in Django's admin: a form for each, and the command it becomes."""
# mypy: disable-error-code="import-untyped,misc,valid-type"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
from django import forms

from registrazione.contrib.django.languages import language
from registrazione.core.account import Account
from registrazione.core.answer import Answer
from registrazione.core.commands import Operator
from registrazione.core.documents import DocumentType
from registrazione.core.machine import Actor
from registrazione.core.profile import Profile
from registrazione.core.ways import ways_on
from registrazione.registrar import Registrar

# To type checkers a class of an untyped package is one of which only this is known.
if TYPE_CHECKING:

    class _Form:
        fields: Any

        def __init__(self, *args: object, **more: object) -> None: ...

else:
    _Form = forms.Form


def _documents() -> list[tuple[str, str]]:
    """Return the types of document, each with what people read."""
    return [(one.value, one.label.to(language())) for one in DocumentType]


class ConfirmForm(_Form):
    """Nothing more is asked."""

    def __init__(self, *args: Any, words: Mapping[str, str], **more: Any) -> None:  # noqa: ANN401 - Django's own
        """Put the words beside the fields."""
        super().__init__(*args, **more)
        for name, field in self.fields.items():
            field.label = words[name]


class ReasonForm(ConfirmForm):
    """Why, for the person to read."""

    reason: Any = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


class IdentifyForm(ConfirmForm):
    """With which document the person came."""

    codice_fiscale: Any = forms.CharField(
        max_length=16, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    document_type: Any = forms.ChoiceField(choices=_documents)
    document_number: Any = forms.CharField(
        max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    document_expires: Any = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    form_signed: Any = forms.BooleanField(required=False)


@attrs.frozen
class AdminWay:
    """One thing that can be done.

    Args:
        form: What is asked before.
        act: Does it to one account.
        several: Whether it can be done to several accounts at once.
    """

    form: Any
    act: Callable[[Registrar, Operator, str, Mapping[str, Any]], Answer]
    several: bool = True


WAYS: Mapping[str, AdminWay] = MappingProxyType(
    {
        "approve": AdminWay(
            ConfirmForm, lambda registrar, operator, one, _: registrar.approve(operator, one)
        ),
        "reject": AdminWay(
            ReasonForm,
            lambda registrar, operator, one, given: registrar.reject(operator, one, **given),
        ),
        "identify_in_person": AdminWay(
            IdentifyForm,
            lambda registrar, operator, one, given: registrar.identify_in_person(
                operator, one, **given
            ),
            several=False,
        ),
        "suspend": AdminWay(
            ReasonForm,
            lambda registrar, operator, one, given: registrar.suspend(operator, one, **given),
        ),
        "reinstate": AdminWay(
            ReasonForm,
            lambda registrar, operator, one, given: registrar.reinstate(operator, one, **given),
        ),
    }
)
"""What can be done, by the name of the command."""


def ways_of(account: Account, profile: Profile, operator: Operator | None) -> list[str]:
    """Return what an operator can do to an account now, in the order of its life.

    Args:
        account: As it is.
        profile: The procedure, which says which role may do what.
        operator: Who asks; ``None``: nobody who may do anything.
    """
    if operator is None:
        return []
    open_to = {
        way.command.name
        for way in ways_on(account, profile)
        if way.actor is Actor.OPERATOR and operator.role in way.roles
    }
    return [name for name in WAYS if name in open_to]
