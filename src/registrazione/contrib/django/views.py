"""The pages as Django views: one class for blocking code, one for asynchronous code.

What is on a page, and what a button does, is the site's business; here a request of Django's
becomes the site's, and its reply Django's.
"""
# mypy: disable-error-code="import-untyped,misc,valid-type,no-any-return,untyped-decorator"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from asgiref.sync import async_to_sync, sync_to_async
from django.contrib import auth
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import select_template
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from registrazione.contrib.django.auth import backend_of, user_for
from registrazione.contrib.django.conf import embedding
from registrazione.contrib.django.forgery import is_own_form, keep_token, token_field
from registrazione.contrib.django.operators import operator_of
from registrazione.contrib.django.pages import get_async_site, get_site
from registrazione.contrib.web.exchange import Send, Show, WebReply, WebRequest
from registrazione.contrib.web.site import Site
from registrazione.core.account import Account
from registrazione.core.refusals import Refusal

# To type checkers a class of an untyped package is one of which nothing is known.
if TYPE_CHECKING:
    _View = object
else:
    _View = View

logger: logging.Logger = logging.getLogger("registrazione")

_MOST_LETTERS = 20
"""Letters that are sent behind one response; a worker is there for more."""
_DESK = "/desk"
"""Below it are the pages of operators."""

_as_typed = method_decorator([csrf_exempt, sensitive_post_parameters()])
"""Forms are checked by the pages themselves, and stay out of the reports of errors."""


class PageView(_View):
    """Every page of a procedure, for blocking code.

    ``as_view(procedure="…")`` makes it the pages of one of several procedures; a subclass may
    change how a page is rendered, or what is done when somebody comes or goes.
    """

    procedure: ClassVar[str] = ""
    """Name of the procedure in the settings."""

    @_as_typed
    def dispatch(self, request: Any, path: str = "") -> Any:  # noqa: ANN401 - Django has no types
        """Answer a request.

        Whether its form was made here is asked here: what an identity provider sends was not.

        Args:
            request: The request.
            path: Below the place where the pages are.
        """
        site = self.site()
        asked = self.asked(request, site, f"/{path}")
        if _may_be_forged(site, asked) and not is_own_form(request):
            reply = site.turn_away(asked, "forged", 403)
        else:
            reply = site.respond(asked)
        self.follow(request, reply)
        response = self.rendered(request, reply)
        if _is_to_deliver(request, self.procedure):
            _afterwards(response, lambda: _deliver(site))
        return response

    def site(self) -> Site:
        """Return the site that the pages come from."""
        return get_site(self.procedure)

    def asked(self, request: Any, site: Site, path: str) -> WebRequest:  # noqa: ANN401 - as above
        """Return a request of Django's as the site reads it.

        Args:
            request: The request.
            site: The site; an operator is asked for at its desk alone.
            path: Below the place where the pages are, beginning with a slash.
        """
        at_desk = site.setup.desk and path.startswith(_DESK)
        return WebRequest(
            method=request.method,
            path=path,
            query=request.GET.dict(),
            raw_query=request.META.get("QUERY_STRING", ""),
            form={name: request.POST.getlist(name) for name in request.POST},
            cookies=request.COOKIES,
            origin=request.META.get("REMOTE_ADDR", ""),
            languages=request.headers.get("Accept-Language", ""),
            operator=operator_of(request, self.procedure) if at_desk else None,
        )

    def follow(self, request: Any, reply: WebReply) -> None:  # noqa: ANN401 - as above
        """Sign the project's user in or out, where the accounts have users.

        Args:
            request: The request, with a session if the project has sessions.
            reply: What the site answered.
        """
        if not hasattr(request, "session"):
            return
        if reply.signed_in is not None:
            user = _user(reply.signed_in, self.procedure)
            if user is not None:
                auth.login(request, user, backend=backend_of(self.procedure))
                # As long as the session here, and no longer.
                request.session.set_expiry(self._lifetime())
        if reply.signed_out:
            auth.logout(request)

    def _lifetime(self) -> int:
        """Return for how many seconds somebody stays signed in."""
        site = get_site(self.procedure)
        return int(site.registrar.profile.lifetimes.session.total_seconds())

    def rendered(self, request: Any, reply: WebReply) -> Any:  # noqa: ANN401 - as above
        """Return a reply as a response of Django's.

        Args:
            request: The request that it answers.
            reply: What the site answered.
        """
        response = _response(request, reply)
        for key, value in reply.headers:
            response.headers[key] = value
        for cookie in reply.cookies:
            response.set_cookie(
                cookie.name,
                cookie.value,
                max_age=None if cookie.value else 0,
                path=cookie.path,
                secure=cookie.secure,
                httponly=True,
                samesite="Lax",
            )
        keep_token(request, response)
        return response


class AsyncPageView(PageView):
    """Every page of a procedure, for asynchronous code; nothing blocks the event loop.

    What a subclass overrides of :class:`PageView` runs in the thread that Django has for that.
    """

    view_is_async: ClassVar[bool] = True

    def site(self) -> Site:
        """Return the site that the pages come from."""
        return get_async_site(self.procedure)

    @_as_typed
    async def dispatch(self, request: Any, path: str = "") -> Any:  # noqa: ANN401 - as above
        """Answer a request; see :meth:`PageView.dispatch`."""
        site = await sync_to_async(self.site)()
        asked = await sync_to_async(self.asked)(request, site, f"/{path}")
        if _may_be_forged(site, asked) and not await sync_to_async(is_own_form)(request):
            reply = site.turn_away(asked, "forged", 403)
        else:
            reply = await site.respond_async(asked)
        response = await sync_to_async(self._answered)(request, reply)
        if _is_to_deliver(request, self.procedure):
            _afterwards(response, lambda: async_to_sync(_deliver_async)(site))
        return response

    def _answered(self, request: Any, reply: WebReply) -> Any:  # noqa: ANN401 - as above
        """Do what follows from a reply, and return the response."""
        self.follow(request, reply)
        return self.rendered(request, reply)


def _user(account: Account, procedure: str) -> Any:  # noqa: ANN401 - as above
    """Return the project's user of whoever has signed in; without one they use the pages alone."""
    try:
        return user_for(account, procedure)
    except Refusal as refused:
        logger.warning("account %s has no user of the project: %s", account.id, refused.code)
        return None


def _may_be_forged(site: Site, asked: WebRequest) -> bool:
    """Tell whether a request has to bring the token of one of the pages."""
    return asked.method == "POST" and not site.is_foreign(asked.path)


def _response(request: Any, reply: WebReply) -> Any:  # noqa: ANN401 - as above
    """Return what is sent, without the headers and cookies that the site adds."""
    outcome = reply.outcome
    if isinstance(outcome, Show):
        page = outcome.page
        own = f"registrazione/pages/{page.name}.html"
        template = select_template([own, "registrazione/page.html"])
        values = {"page": page, "csrf_field": token_field(request)}
        return HttpResponse(template.render(values, request), status=reply.status)
    if isinstance(outcome, Send):
        kind = outcome.content_type
        return HttpResponse(outcome.body, content_type=kind, status=reply.status)
    return HttpResponseRedirect(outcome.url, status=reply.status)


# -- the letters, behind the response -------------------------------------------------------


def _is_to_deliver(request: Any, procedure: str) -> bool:  # noqa: ANN401 - as above
    """Tell whether a request may have written letters, and whoever answers it sends them."""
    return request.method == "POST" and embedding(procedure).deliver


def _afterwards(response: Any, work: Any) -> None:  # noqa: ANN401 - as above
    """Have something done once a response has left; whoever waits for it does not wait for that."""
    response._resource_closers.append(work)  # noqa: SLF001 - there is no other way to be told


def _deliver(site: Site) -> None:
    """Send the letters that are due."""
    try:
        site.registrar.deliver_outbox(most=_MOST_LETTERS)
    except Exception:
        logger.exception("the letters could not be delivered; they stay in the outbox")


async def _deliver_async(site: Site) -> None:
    """Send the letters that are due."""
    try:
        delivery: Any = site.registrar.deliver_outbox(most=_MOST_LETTERS)
        await delivery
    except Exception:
        logger.exception("the letters could not be delivered; they stay in the outbox")
