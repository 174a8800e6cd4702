"""One request on its way: what came, what the browser keeps, the words, and the registrar."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

import attrs

from registrazione.contrib.web.cookies import Cookies, short
from registrazione.contrib.web.exchange import Go, Outcome, Show, WebRequest
from registrazione.contrib.web.frame import frame_of
from registrazione.contrib.web.pages import (
    Block,
    Field,
    Help,
    Link,
    Links,
    Mark,
    Message,
    Page,
    Prose,
    Tone,
)
from registrazione.contrib.web.setup import SiteSetup
from registrazione.core.account import Account
from registrazione.core.answer import Answer
from registrazione.core.profile import HelpRoute, Profile
from registrazione.core.refusals import Fault, Refusal, Severity
from registrazione.core.texts import LANGUAGES
from registrazione.refusals import catalogue, help_for

Work: TypeAlias = Callable[[Any], Any]
"""Something to be asked of the registrar, whichever of the two it is."""
Handler: TypeAlias = Callable[["Visit"], Generator[Work, Any, Outcome]]
"""Answers a request; what it yields is asked of the registrar, and awaited where need be."""

MOST_TICKETS = 3
"""Registrations that one browser may have under way, such as those of a family."""

MOST_WANTED = 2000
"""Characters of an address that a cookie carries."""

_WORTH_ANOTHER_TRY = frozenset({"forged", "unavailable"})
"""Pages in whose stead the one that was wanted may be asked for once more."""

_TONES = {Severity.ERROR: Tone.DANGER, Severity.WARNING: Tone.WARNING, Severity.INFO: Tone.INFO}


@attrs.define(kw_only=True, eq=False)
class Visit:
    """What a handler works with.

    Args:
        request: What came.
        setup: What the site is.
        profile: The procedure.
        cookies: What the browser keeps.
        kept: The site's own cookie, opened: change it, and it is written back.
        now: The present time.
        language: ``it`` or ``en``.
        before: The same as it came.
        params: Parts of the path.
        here: Address of this page, to come back to; empty where there is nothing to be shown.
        sources: Other origins that the page needs, by directive of the content policy.
        signed_in: Set by :meth:`let_in`.
        signed_out: Set where somebody leaves.
    """

    request: WebRequest = attrs.field(repr=False)
    setup: SiteSetup
    profile: Profile
    cookies: Cookies = attrs.field(repr=False)
    kept: dict[str, Any] = attrs.field(repr=False)
    now: datetime
    language: str
    before: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False)
    params: dict[str, str] = attrs.field(factory=dict[str, str], repr=False)
    here: str = attrs.field(default="", repr=False)
    sources: dict[str, str] = attrs.field(factory=dict[str, str])
    signed_in: Account | None = attrs.field(default=None, repr=False)
    signed_out: bool = False

    # -- what came ---------------------------------------------------------------------------

    def typed(self, name: str) -> str:
        """Return what was sent under a name, the last if there are several."""
        values = self.request.form.get(name, ())
        return values[-1] if values else ""

    def all_typed(self, names: Iterable[str]) -> dict[str, str]:
        """Return what was sent under these names; those that were not sent are left out."""
        return {name: self.typed(name) for name in names if name in self.request.form}

    @property
    def action(self) -> str:
        """Return which button was pressed."""
        return self.typed("do")

    @property
    def session(self) -> str:
        """Return the token of the signed-in session, if there is one."""
        return str(self.kept.get("session", ""))

    @property
    def tickets(self) -> dict[str, str]:
        """Return the tokens of the registrations that this browser confirmed, by short name."""
        found: dict[str, str] = self.kept.get("tickets", {})
        return found

    def keep_ticket(self, ticket: str) -> str:
        """Keep the token of a registration; return its short name, which stands in addresses."""
        name = short(ticket)
        others = {known: kept for known, kept in self.tickets.items() if known != name}
        latest = list(others.items())[-(MOST_TICKETS - 1) :]
        self.kept["tickets"] = dict([*latest, (name, ticket)])
        return name

    # -- words and addresses -----------------------------------------------------------------

    def text(self, key: str, **params: object) -> str:
        """Return a text of the pages in the visitor's language."""
        return self.setup.words.text(key, self.language, **params)

    def has_text(self, key: str) -> bool:
        """Tell whether there is a text of that key."""
        return self.setup.words.has(key)

    def words_of(self, fault: Fault) -> str:
        """Return what a fault says in the visitor's language."""
        return self.setup.words.fault(fault, self.language)

    def url(self, path: str = "/") -> str:
        """Return the whole path of one of the site's pages."""
        return f"{self.setup.base}{path}"

    def again(self, **more: str) -> str:
        """Return the whole address of this request, with its query but for the language.

        Args:
            more: What is added to the query.
        """
        query = {name: kept for name, kept in self.request.query.items() if name != "language"}
        written = urlencode({**query, **more}, errors="replace")
        # What stands in a path that a framework has read may be anything (RFC 3986 3.3), and two
        # slashes at its beginning would make another host of what follows (RFC 3986 4.2).
        path = quote(self.request.path, safe="/:@!$&'()*+,;=~", errors="replace")
        path = self.url(f"/{path.lstrip('/')}")
        return f"{path}?{written}" if written else path

    def allow(self, directive: str, origins: str) -> None:
        """Let the page reach other origins, by a directive of the content policy."""
        known = self.sources.get(directive, "")
        self.sources[directive] = f"{known} {origins}".strip()

    # -- outcomes ----------------------------------------------------------------------------

    def go(self, path: str) -> Go:
        """Return the way to one of the site's pages."""
        return Go(url=self.url(path))

    def say(self, key: str, tone: Tone = Tone.SUCCESS, **params: object) -> None:
        """Have something said at the top of the next page that is shown, once."""
        self._tell([self.text(key, **params), tone.value])

    def say_faults(self, faults: Iterable[Fault]) -> None:
        """Have warnings and hints said at the top of the next page, each of them once."""
        for fault in faults:
            self._tell([self.words_of(fault), _TONES[fault.severity].value])

    def _tell(self, words: list[str]) -> None:
        said = self.kept.setdefault("said", [])
        if words not in said:
            said.append(words)

    def want(self, url: str) -> None:
        """Have a page shown once the person may see it (MIM-29).

        Args:
            url: Which one, on this host. One that would bloat every request is forgotten.
        """
        if 0 < len(url) <= MOST_WANTED:
            self.kept["wanted"] = url

    def sign_in_first(self, key: str) -> Go:
        """Return the way to the login page, and back here afterwards.

        Args:
            key: Text that says why.
        """
        self.want(self.here)
        self.say(key, Tone.INFO)
        return self.go("/sign-in")

    def let_in(self, answer: Answer) -> None:
        """Remember the session that an answer brought, and what it had to say."""
        if not self.session:
            # What a provider keeps open was opened by whoever came in before.
            self.kept.pop("there", None)
        self.kept["session"] = answer.session
        self.kept.pop("tickets", None)
        self.say_faults(answer.notices)

    def show(
        self,
        name: str,
        *blocks: Block,
        title: str = "",
        refused: Refusal | None = None,
        marks: tuple[Mark, ...] = (),
        help_topic: str = "registration",
        status: int = 0,
    ) -> Show:
        """Return a page.

        Args:
            name: Its name; its title is the text ``<name>.title``.
            blocks: What it consists of; none: the text ``<name>.text``, if there is one, and a
                way on, so that no page is a dead end.
            title: Its heading, where it is another than that text.
            refused: Why the last attempt failed; every fault is said at the top.
            marks: The numbered steps.
            help_topic: Kind of problem that the page may lead to (POL-16).
            status: Of HTTP; by default 422 with a refusal, 200 without.
        """
        faults = () if refused is None else refused.faults
        blocks = blocks or self._ways_on(name)
        fields = {
            field.told_as or field.name: field
            for block in blocks
            for field in getattr(block, "fields", ())
        }
        page = Page(
            name=name,
            title=title or self.text(f"{name}.title"),
            language=self.language,
            texts=self.setup.words,
            frame=frame_of(
                self.profile,
                self.setup,
                path=self.request.path,
                language=self.language,
                languages={other: self.again(language=other) for other in LANGUAGES},
                signed_in=bool(self.session),
            ),
            blocks=blocks,
            faults=tuple(self._message(fault, fields) for fault in faults if fault.is_error),
            notices=(
                *self._said(),
                *(self._message(fault, fields) for fault in faults if not fault.is_error),
            ),
            marks=marks,
            help=self._help(help_topic, faults),
        )
        return Show(page=page, status=status or (422 if refused is not None else 200))

    def _ways_on(self, name: str) -> tuple[Block, ...]:
        """Return what a page that has nothing of its own says, and where one goes from there."""
        key = f"{name}.text"
        words = (Prose(paragraphs=(self.text(key),)),) if self.has_text(key) else ()
        again = Link(label=self.text("way.again"), url=self.here)
        home = Link(label=self.text("way.home"), url=self.setup.home or self.url())
        ways = (again, home) if self.here and name in _WORTH_ANOTHER_TRY else (home,)
        return (*words, Links(items=ways))

    def _message(self, fault: Fault, fields: Mapping[str, Field]) -> Message:
        """Return a fault in words, with the name of its field where that is on the page."""
        words, tone = self.words_of(fault), _TONES[fault.severity]
        field = fields.get(fault.field or "")
        if field is None:
            return Message(text=words, tone=tone)
        return Message(text=f"{field.label}: {words}", tone=tone, field=field.id)

    def _said(self) -> tuple[Message, ...]:
        """Return what earlier requests had to say, and forget it."""
        return tuple(Message(text=t, tone=Tone(tone)) for t, tone in self.kept.pop("said", ()))

    def _help(self, topic: str, faults: tuple[Fault, ...]) -> tuple[Help, ...]:
        """Return where help is to be had: with the faults first, then with the page."""
        routes = [help_for(fault, self.profile) for fault in faults if fault.code in catalogue()]
        routes.append(self.profile.help.get(topic))
        found: list[HelpRoute] = []
        for route in routes:
            if route is not None and route not in found:
                found.append(route)
        return tuple(
            Help(text=route.text.to(self.language), phone=route.phone, url=route.url)
            for route in found
        )


def faults_of(visit: Visit, refused: Refusal | None) -> dict[str, tuple[tuple[str, bool], ...]]:
    """Return what was wrong with each field: the words, and whether it is an error."""
    found: dict[str, tuple[tuple[str, bool], ...]] = {}
    for fault in refused.faults if refused is not None else ():
        if fault.field is not None:
            told = (visit.words_of(fault), fault.is_error)
            found[fault.field] = (*found.get(fault.field, ()), told)
    return found
