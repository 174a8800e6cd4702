"""The site: a request in, a reply out, with either registrar and for any framework."""

from __future__ import annotations

from collections.abc import Generator
from copy import deepcopy
from inspect import isawaitable
from typing import Any

import attrs

from registrazione.contrib.web.chapters import CHAPTERS
from registrazione.contrib.web.cookies import Cookies
from registrazione.contrib.web.exchange import Go, Outcome, Show, WebReply, WebRequest
from registrazione.contrib.web.headers import headers_for
from registrazione.contrib.web.routes import Route, Routes
from registrazione.contrib.web.sealing import Sealer
from registrazione.contrib.web.setup import SiteSetup
from registrazione.contrib.web.visit import Visit, Work
from registrazione.core.refusals import Refusal, Severity
from registrazione.core.texts import LANGUAGES
from registrazione.ports import StoreUnavailable
from registrazione.registrar import AsyncRegistrar, Registrar

_LATER = frozenset({"service.unavailable", "service.busy"})
"""Refusals that nobody can do anything about but come back."""
_OTHER_METHOD = 405
_Running = Generator[Work, Any, Outcome]


class Site:
    """Every page of one procedure.

    Args:
        registrar: Either of the two.
        setup: What the developer says of the site; by default what the registrar knows.
        more: Pages of one's own, before all others.
    """

    def __init__(
        self,
        registrar: Registrar | AsyncRegistrar,
        setup: SiteSetup | None = None,
        more: tuple[Route, ...] = (),
    ) -> None:
        """Assemble the table of addresses."""
        self.registrar = registrar
        self.setup: SiteSetup = setup or SiteSetup(base_url=registrar.parts.base_url)
        table: tuple[Route, ...] = (*more, *CHAPTERS)
        self.routes: Routes = Routes(table)
        self._sealer = Sealer.of(registrar)
        self._profile = registrar.parts.identities.offered_by(registrar.profile)

    def is_foreign(self, path: str) -> bool:
        """Tell whether other sites may post to a path: no token against forgery is asked there."""
        found = self.routes.find(path)
        return found is not None and found[0].foreign

    def respond(self, request: WebRequest) -> WebReply:
        """Answer a request with a blocking registrar.

        Args:
            request: As the framework read it.
        """
        visit, running = self._opened(request)
        try:
            work = next(running)
            while True:
                try:
                    answer = work(self.registrar)
                except Exception as error:  # noqa: BLE001 - the handler decides what it means
                    work = running.throw(error)
                else:
                    work = running.send(answer)
        except StopIteration as stop:
            return self._reply(visit, stop.value)
        except (Refusal, StoreUnavailable) as error:
            return self._reply(visit, turned_away(visit, error))

    async def respond_async(self, request: WebRequest) -> WebReply:
        """Answer a request with an awaitable registrar; see :meth:`respond`."""
        visit, running = self._opened(request)
        try:
            work = next(running)
            while True:
                try:
                    answer = work(self.registrar)
                    if isawaitable(answer):
                        answer = await answer
                except Exception as error:  # noqa: BLE001 - as above
                    work = running.throw(error)
                else:
                    work = running.send(answer)
        except StopIteration as stop:
            return self._reply(visit, stop.value)
        except (Refusal, StoreUnavailable) as error:
            return self._reply(visit, turned_away(visit, error))

    def turn_away(self, request: WebRequest, name: str, status: int) -> WebReply:
        """Answer with a page that only says something, such as ``forged``.

        Args:
            request: As the framework read it; nothing of it is done.
            name: Name of the page; its title is all that it says.
            status: Of HTTP.
        """
        visit, _ = self._opened(request)
        found = self.routes.find(request.path)
        if found is not None and found[0].get is not None:
            visit.here = visit.again()
        return self._reply(visit, visit.show(name, status=status))

    def _opened(self, request: WebRequest) -> tuple[Visit, _Running]:
        """Return the visit, and the handler at work on it."""
        parts = self.registrar.parts
        now = parts.clock.now()
        cookies = Cookies(
            self._sealer, request.cookies, now, self.setup.base, secure=self.setup.secure
        )
        kept = cookies.read()
        visit = Visit(
            request=request,
            setup=self.setup,
            profile=self._profile,
            cookies=cookies,
            kept=kept,
            now=now,
            language=_language(kept.get("language"), request.languages),
            before=deepcopy(kept),
            sources=dict(self.setup.sources),
        )
        return visit, self._handled(visit)

    def _handled(self, visit: Visit) -> _Running:
        """Run the handler of the request's address."""
        request = visit.request
        found = self.routes.find(request.path)
        if found is None:
            return visit.show("not_found", status=404)
        route, visit.params = found
        chosen = request.query.get("language")
        if chosen in LANGUAGES and request.method != "POST":
            visit.kept["language"] = chosen
            return Go(url=visit.again())
        visit.here = visit.again() if route.get is not None else ""
        handler = route.post if request.method == "POST" else route.get
        if handler is None or request.method not in {"GET", "HEAD", "POST"}:
            return visit.show("not_allowed", status=405)
        return (yield from handler(visit))

    def _reply(self, visit: Visit, outcome: Outcome) -> WebReply:
        """Return the reply, with the cookies and headers that go with it."""
        if visit.kept != visit.before:
            visit.cookies.write(visit.kept)
        return WebReply(
            outcome=outcome,
            headers=(*headers_for(outcome, visit.sources), *self._allowed(visit, outcome)),
            cookies=visit.cookies.changes(),
            signed_in=visit.signed_in,
            session=visit.session,
            signed_out=visit.signed_out,
        )

    def _allowed(self, visit: Visit, outcome: Outcome) -> tuple[tuple[str, str], ...]:
        """Return which methods an address knows, where another one was tried (RFC 9110 15.5.6)."""
        if not isinstance(outcome, Show) or outcome.status != _OTHER_METHOD:
            return ()
        found = self.routes.find(visit.request.path)
        return (("Allow", ", ".join(found[0].methods())),) if found is not None else ()


def turned_away(visit: Visit, error: Refusal | StoreUnavailable) -> Outcome:
    """Return the page for what no handler had a page for.

    Whose session has ended, or is not fresh enough, signs in again; everybody else reads why, and
    where help is to be had.
    """
    if isinstance(error, StoreUnavailable) or error.code in _LATER:
        return visit.show("unavailable", status=503)
    if error.code == "session.ended":
        visit.kept.pop("session", None)
        visit.signed_out = True
        return visit.sign_in_first("session.ended")
    if error.code == "session.not_fresh":
        visit.want(visit.here)
        visit.say_faults(attrs.evolve(fault, severity=Severity.INFO) for fault in error.faults)
        return visit.go("/sign-in")
    return visit.show("refused", refused=error, status=409)


def _language(chosen: object, header: str) -> str:
    """Return the language that was chosen, or the first of the browser's that there is."""
    if chosen in LANGUAGES:
        return str(chosen)
    for part in header.split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]
