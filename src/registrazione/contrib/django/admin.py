"""Accounts and letters in Django's admin, through the registrar and never by their rows.

So encrypted data can be read, each role does what the procedure lets it do, and whatever is done
leaves its line in the trail. What identifies somebody is masked, and travels in no address.
"""
# mypy: disable-error-code="import-untyped,misc,valid-type,no-untyped-call,untyped-decorator"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from registrazione.contrib.django import orm
from registrazione.contrib.django.admin_ways import WAYS, ways_of
from registrazione.contrib.django.admin_words import words
from registrazione.contrib.django.conf import get_registrar, procedures
from registrazione.contrib.django.languages import language
from registrazione.contrib.django.masking import facts
from registrazione.contrib.django.operators import operator_of
from registrazione.contrib.web.desk.counter import belongs
from registrazione.core.account import Account
from registrazione.core.commands import Operator
from registrazione.core.emails import EmailAddress
from registrazione.core.records import AuditRecord, Key, LetterState, Page
from registrazione.core.refusals import Refusal
from registrazione.core.states import AccountState
from registrazione.core.usernames import username_key
from registrazione.ports import StoreError, StoreUnavailable
from registrazione.refusals import text_of
from registrazione.registrar import Registrar
from registrazione.service.masking import masked_code, masked_email, masked_name

# To type checkers a class of an untyped package is one of which only this is known.
if TYPE_CHECKING:

    class _ModelAdmin:
        admin_site: Any
        opts: Any

        def has_view_permission(self, request: object) -> bool: ...

else:
    _ModelAdmin = admin.ModelAdmin

T = TypeVar("T")

PART = 50
"""So many accounts or letters come on one page."""

_AT_ONCE, _MOST = 500, 5000
"""So many letters are read at once, and about so many are sent again with one click."""

_CHOSEN = "chosen"

_concealed = method_decorator(sensitive_post_parameters())
"""Keeps what was typed out of the reports of errors that are mailed to the project's admins."""


class _Pages(_ModelAdmin):
    """What both lists have in common: nobody adds, changes or deletes a row."""

    def has_add_permission(self, _request: Any) -> bool:  # noqa: ANN401 - Django has no types
        """Return false."""
        return False

    def has_change_permission(self, _request: Any, _obj: object = None) -> bool:  # noqa: ANN401 - as above
        """Return false."""
        return False

    def has_delete_permission(self, _request: Any, _obj: object = None) -> bool:  # noqa: ANN401 - as above
        """Return false."""
        return False

    def page(self, request: Any, name: str, title: str, **more: object) -> Any:  # noqa: ANN401 - as above
        """Return one of the library's pages."""
        said = words(language())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": said[title],
            "words": said,
            "procedure": self.procedure(request),
            "procedures": procedures(),
            **more,
        }
        return TemplateResponse(request, f"admin/registrazione/{name}.html", context)

    def procedure(self, request: Any) -> str:  # noqa: ANN401 - as above
        """Return the procedure that a request is about; without a choice, the first one."""
        asked = request.POST.get("procedure", request.GET.get("procedure", ""))
        if asked not in procedures():
            raise Http404
        return str(asked)

    def admitted(self, request: Any) -> tuple[Registrar, Operator | None]:  # noqa: ANN401 - as above
        """Return the registrar and the operator, if the user may look at all."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        procedure = self.procedure(request)
        return get_registrar(procedure), operator_of(request, procedure)


@admin.register(orm.Account)
class AccountAdmin(_Pages):
    """The list of accounts, one account, and what can be done to it."""

    def get_urls(self) -> list[Any]:
        """Return the addresses of the pages."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name="registrazione_account_changelist"),
            path("act/", wrap(self.act_view), name="registrazione_account_act"),
            path(
                "<str:object_id>/change/",
                wrap(self.change_view),
                name="registrazione_account_change",
            ),
        ]

    @_concealed
    def changelist_view(self, request: Any, extra_context: object = None) -> Any:  # noqa: ANN401, ARG002 - Django's own
        """Show a part of the accounts, or those that carry a username or an address."""
        registrar, operator = self.admitted(request)
        state = request.GET.get("state", "")
        states = [one for one in AccountState if one.value == state]
        term = request.POST.get("term", "")
        cursor = None
        if term:
            found: Sequence[Account] = _found(registrar, term)
        else:
            page = _part(partial(registrar.accounts, *states), request)
            found, cursor = page.items, page.cursor
        here = [account for account in found if belongs(registrar.profile, account)]
        return self.page(
            request,
            "accounts",
            "accounts",
            rows=[_row(account) for account in here],
            state=state,
            states=_with_words(one.value for one in AccountState),
            cursor=cursor,
            ways=_with_words(name for name, way in WAYS.items() if way.several and operator),
        )

    def change_view(
        self,
        request: Any,  # noqa: ANN401 - as above
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's own
        extra_context: object = None,  # noqa: ARG002 - as above
    ) -> Any:  # noqa: ANN401 - as above
        """Show one account, its history, and what can be done."""
        registrar, operator = self.admitted(request)
        account = registrar.load(object_id)
        profile = registrar.profile
        if account is None or account.realm != profile.realm or not belongs(profile, account):
            raise Http404
        said = words(language())
        known = facts(account, registrar.profile, language())
        return self.page(
            request,
            "account",
            "account",
            account=account,
            state=said[account.state.value],
            facts=[(said.get(name, name), value) for name, value in known if value],
            history=_history(registrar, operator, account),
            ways=_with_words(ways_of(account, registrar.profile, operator)),
        )

    @_concealed
    def act_view(self, request: Any) -> Any:  # noqa: ANN401 - as above
        """Ask what has to be known before, then do it to whoever was chosen."""
        registrar, operator = self.admitted(request)
        name, chosen = request.POST.get("way", ""), request.POST.getlist(_CHOSEN)
        back = reverse(f"{self.admin_site.name}:registrazione_account_changelist")
        back = f"{back}?procedure={self.procedure(request)}"
        said = words(language())
        if request.method != "POST" or name not in WAYS or operator is None:
            raise PermissionDenied
        way = WAYS[name]
        if not chosen or (len(chosen) > 1 and not way.several):
            messages.warning(request, said["none_chosen"])
            return redirect(back)
        confirmed = "confirmed" in request.POST
        form = way.form(request.POST if confirmed else None, words=said)
        if confirmed and form.is_valid():
            refused, notices = _act(registrar, operator, name, chosen, form.cleaned_data)
            if not refused or len(chosen) > 1:
                done = len(chosen) - len(refused)
                messages.success(request, said["done"].format(done=done, count=len(chosen)))
                for notice in notices:
                    messages.info(request, notice)
                for account_id, refusal in refused.items():
                    messages.error(request, f"{_in_words(refusal)} ({account_id})")
                return redirect(back)
            form.add_error(None, _in_words(refused[chosen[0]]))
        return self.page(request, "act", name, way=name, form=form, chosen=chosen)


@admin.register(orm.Letter)
class LetterAdmin(_Pages):
    """The letters that were given up, to be sent again."""

    def get_urls(self) -> list[Any]:
        """Return the address of the page."""
        wrap = self.admin_site.admin_view
        return [path("", wrap(self.changelist_view), name="registrazione_letter_changelist")]

    def changelist_view(self, request: Any, extra_context: object = None) -> Any:  # noqa: ANN401, ARG002 - Django's own
        """Show a part of the letters, and put those that were chosen back into the queue."""
        registrar, operator = self.admitted(request)
        may_act = operator is not None and _may(registrar, operator, "correct_data")
        if request.method == "POST":
            if not may_act:
                raise PermissionDenied
            everything = "everything" in request.POST
            chosen = None if everything else frozenset(request.POST.getlist(_CHOSEN))
            done = registrar.resend_dead(_dead(registrar, chosen))
            messages.success(request, words(language())["queued"].format(done=done))
            return redirect(request.get_full_path())
        page = _part(partial(registrar.letters, LetterState.DEAD), request)
        ours = [letter for letter in page.items if letter.profile == registrar.profile.name]
        rows = [{"letter": letter, "to": masked_email(letter.to)} for letter in ours]
        return self.page(
            request,
            "letters",
            "letters",
            rows=rows,
            cursor=page.cursor,
            may_act=may_act,
        )


def _may(registrar: Registrar, operator: Operator, duty: str) -> bool:
    """Tell whether the procedure lets the operator's role do this."""
    return operator.role in registrar.profile.duties.get(duty, ())


def _dead(registrar: Registrar, chosen: Collection[str] | None) -> set[str]:
    """Return which letters of this procedure were given up, of those chosen or of all."""
    found, cursor = set[str](), None
    while True:
        page = registrar.letters(LetterState.DEAD, cursor=cursor, limit=_AT_ONCE)
        found |= {
            letter.id
            for letter in page.items
            if letter.profile == registrar.profile.name and (chosen is None or letter.id in chosen)
        }
        cursor = page.cursor
        if cursor is None or len(found) >= (_MOST if chosen is None else len(chosen)):
            return found


def _part(ask: Callable[..., Page[T]], request: Any) -> Page[T]:  # noqa: ANN401 - as above
    """Return the part of a list that a request asks for; what is no place in it leads nowhere."""
    try:
        return ask(cursor=request.GET.get("after"), limit=PART)
    except StoreUnavailable:
        raise
    except StoreError:
        raise Http404 from None


def _row(account: Account) -> Mapping[str, object]:
    """Return an account as a row of the list."""
    return {
        "account": account,
        "state": words(language())[account.state.value],
        "who": masked_name(account),
        "codice_fiscale": masked_code(account.codice_fiscale),
        "email": masked_email(account.email),
    }


def _with_words(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return names, each with what people read."""
    said = words(language())
    return [(name, said[name]) for name in names]


def _found(registrar: Registrar, term: str) -> Sequence[Account]:
    """Return the accounts that carry a username or an address, in full."""
    kind, value = "username", username_key(term.strip())
    if "@" in term:
        address = registrar.parts.checks.normalise_email(term.strip(), "email")
        kind, value = "email", address.key if isinstance(address, EmailAddress) else ""
    if not value:
        return ()
    found = registrar.parts.store.find(Key(registrar.profile.realm, kind, value))
    return cast("Sequence[Account]", found)


def _history(
    registrar: Registrar, operator: Operator | None, account: Account
) -> tuple[AuditRecord, ...]:
    """Return the account's trail, if the procedure lets the operator read it."""
    if operator is None:
        return ()
    try:
        return registrar.history(operator=operator, account_id=account.id).history
    except Refusal:
        return ()


def _act(
    registrar: Registrar,
    operator: Operator,
    name: str,
    chosen: Sequence[str],
    given: Mapping[str, Any],
) -> tuple[dict[str, Refusal], list[str]]:
    """Do it to each account that was chosen; return what was refused, and what there is to say."""
    refused: dict[str, Refusal] = {}
    notices: dict[str, None] = {}
    for account_id in chosen:
        try:
            answer = WAYS[name].act(registrar, operator, account_id, given)
        except Refusal as refusal:
            refused[account_id] = refusal
        else:
            notices |= dict.fromkeys(text_of(notice, language()) for notice in answer.notices)
    return refused, list(notices)


def _in_words(refusal: Refusal) -> str:
    """Return what a refusal says."""
    return " ".join(text_of(fault, language()) for fault in refusal.faults)
