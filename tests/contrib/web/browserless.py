"""A visitor without a browser: keeps cookies, follows ways, fills in forms, reads letters."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.world import MARIO, Person, World, password_of

from registrazione import AsyncRegistrar
from registrazione.contrib.web.exchange import Go, Send, Show, WebReply, WebRequest
from registrazione.contrib.web.pages import Cards, Facts, Field, Form, InputType, Page, Prose, Table
from registrazione.contrib.web.setup import SiteSetup
from registrazione.contrib.web.site import Site
from registrazione.core.profile import Step
from registrazione.testing.outbox import Letter, Outbox

MOST_WAYS = 10
_TICKED = {InputType.CHECKBOX, InputType.HUMAN}
_CHOSEN = {InputType.SELECT, InputType.RADIO}


class Visitor:
    """One browser on a site.

    Args:
        site: Where it goes; its registrar may be either of the two.
        origin: Where it is seen to come from.
        languages: What it says of its languages.
    """

    def __init__(self, site: Site, *, origin: str = "198.51.100.7", languages: str = "it") -> None:
        """Start with an empty jar, nowhere."""
        self.site = site
        self.origin = origin
        self.languages = languages
        self.world: Any = None
        self.outbox: Any = None
        self.jar: dict[tuple[str, str], str] = {}
        self.path = ""
        """Path and query of the page that is shown, below the site."""
        self.left = ""
        """The address outside the site that the visitor was sent to, if so."""
        self.trail: list[str] = []
        """Every address that was asked for, whole."""
        self.replies: list[WebReply] = []

    # -- asking ------------------------------------------------------------------------------

    def get(self, path: str, *, follow: bool = True) -> Visitor:
        """Ask for a page, by its path below the site or by its whole address."""
        return self._ask("GET", path, {}, follow=follow)

    def head(self, path: str) -> Visitor:
        """Ask for the head of a page."""
        return self._ask("HEAD", path, {}, follow=False)

    def post(
        self, path: str, form: dict[str, Any] | None = None, *, follow: bool = True
    ) -> Visitor:
        """Send a form that nobody has drawn."""
        return self._ask("POST", path, form or {}, follow=follow)

    def submit(
        self,
        values: dict[str, Any] | None = None,
        do: str = "",
        form: int | str = 0,
        *,
        follow: bool = True,
    ) -> Visitor:
        """Fill in a form of the page that is shown, and send it.

        Args:
            values: By field name; what is not named stays as it is drawn.
            do: Which button is pressed; by default the first.
            form: Which form, by number, or by how the path in its action ends.
            follow: Whether to go where the reply leads.
        """
        chosen = self.form(form)
        sent = filled(chosen, values or {}, do)
        method = "GET" if chosen.search else "POST"
        return self._ask(method, chosen.action, sent, follow=follow)

    def follow_letter(self, letter: Letter) -> Visitor:
        """Open the link of a letter."""
        return self.get(letter.link())

    def sign_out(self) -> Visitor:
        """Press the button that logs out."""
        sign_out = self.page.frame.sign_out
        assert sign_out is not None
        return self._ask("POST", sign_out.action, {})

    def another_tab(self) -> Visitor:
        """Return another tab of the same browser: it shares the jar."""
        tab = Visitor(self.site, origin=self.origin, languages=self.languages)
        tab.jar, tab.world, tab.outbox = self.jar, self.world, self.outbox
        return tab

    def _ask(self, method: str, url: str, form: dict[str, Any], *, follow: bool = True) -> Visitor:
        base = self.site.setup.base
        for _ in range(MOST_WAYS):
            parts = urlsplit(url)
            path = parts.path.removeprefix(base) or "/"
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            if method == "GET" and form:
                query |= {name: str(value) for name, value in form.items()}
            sent = form if method == "POST" else {}
            request = WebRequest(
                method=method,
                path=path,
                query=query,
                raw_query=parts.query,
                form={k: v if isinstance(v, list) else [v] for k, v in sent.items()},
                cookies=self.cookies_for(base + path),
                origin=self.origin,
                languages=self.languages,
            )
            self.trail.append(f"{base}{path}" + (f"?{parts.query}" if parts.query else ""))
            self._take(respond(self.site, request))
            self.path = path + (f"?{parts.query}" if parts.query else "")
            if not (follow and isinstance(self.outcome, Go)):
                return self
            url, method, form = self.outcome.url, "GET", {}
            if not f"{urlsplit(url).path}/".startswith(f"{base}/"):
                self.left = url
                return self
        raise AssertionError(f"going round in circles: {self.trail[-MOST_WAYS:]}")

    def cookies_for(self, path: str) -> dict[str, str]:
        """Return what a browser sends along to a path (RFC 6265 5.4), the longest path first."""
        fitting = sorted(
            (
                (name, where, value)
                for (name, where), value in self.jar.items()
                if path == where or path.startswith(where if where.endswith("/") else f"{where}/")
            ),
            key=lambda cookie: len(cookie[1]),
        )
        return {name: value for name, _, value in fitting}

    def _take(self, reply: WebReply) -> None:
        self.replies.append(reply)
        for cookie in reply.cookies:
            assert len(cookie.header()) <= 4096
            if cookie.value:
                self.jar[cookie.name, cookie.path] = cookie.value
            else:
                self.jar.pop((cookie.name, cookie.path), None)

    # -- looking -----------------------------------------------------------------------------

    @property
    def reply(self) -> WebReply:
        """The last reply."""
        return self.replies[-1]

    @property
    def outcome(self) -> Go | Show | Send:
        """What the last reply was."""
        return self.reply.outcome

    @property
    def status(self) -> int:
        """The status of the last reply."""
        return self.reply.status

    @property
    def page(self) -> Page:
        """The page that is shown."""
        assert isinstance(self.outcome, Show), self.outcome
        return self.outcome.page

    @property
    def name(self) -> str:
        """The name of the page that is shown."""
        return self.page.name

    @property
    def forms(self) -> tuple[Form, ...]:
        """All forms of the page, those on cards and in tables after the others."""
        inner: list[Form] = []
        for block in self.page.blocks:
            if isinstance(block, Cards):
                inner += [form for card in block.items for form in card.forms]
            if isinstance(block, Table):
                inner += [form for row in block.rows for cell in row for form in cell.forms]
        return (*self.page.forms, *inner)

    def form(self, which: int | str = 0) -> Form:
        """Return a form of the page, by number or by how its action ends."""
        if isinstance(which, int):
            return self.forms[which]
        fitting = [form for form in self.forms if urlsplit(form.action).path.endswith(which)]
        assert fitting, f"no form leads to {which}: {[form.action for form in self.forms]}"
        return fitting[0]

    def field(self, name: str) -> Field:
        """Return a field of any form of the page."""
        return next(field for form in self.forms for field in form.fields if field.name == name)

    @property
    def links(self) -> dict[str, str]:
        """All ways of the page and of its frame: label to address."""
        inner = [link for block in self.page.blocks for link in getattr(block, "items", ())]
        named = [link for link in inner if hasattr(link, "url")]
        frame = self.page.frame
        return {link.label: link.url for link in (*frame.links, *frame.languages, *named)}

    @property
    def facts(self) -> dict[str, str]:
        """Labels and values that the page tells."""
        blocks = (block for block in self.page.blocks if isinstance(block, Facts))
        return {label: value for block in blocks for label, value in block.rows}

    @property
    def prose(self) -> str:
        """The paragraphs of the page, with their headings."""
        blocks = (block for block in self.page.blocks if isinstance(block, Prose))
        return "\n".join(line for block in blocks for line in (block.heading, *block.paragraphs))

    @property
    def said(self) -> list[str]:
        """What stands at the top of the page, faults first."""
        return [message.text for message in (*self.page.faults, *self.page.notices)]


def respond(site: Site, request: WebRequest) -> WebReply:
    """Return the reply to a request, awaited where the registrar is to be awaited."""
    if isinstance(site.registrar, AsyncRegistrar):
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            return runner.run(site.respond_async(request))
    return site.respond(request)


def filled(form: Form, values: dict[str, Any], do: str = "") -> dict[str, Any]:
    """Return what a browser sends of a form that was filled in.

    Raises:
        AssertionError: The form has no such field or button, or the field cannot be changed.
    """
    known = {field.name: field for field in form.fields}
    unknown = values.keys() - known.keys()
    assert not unknown, f"no such fields: {sorted(unknown)}; there are {sorted(known)}"
    buttons = [button.value for button in form.buttons]
    assert not do or do in buttons, f"no such button: {do}; there are {buttons}"
    sent: dict[str, Any] = dict(form.hidden)
    for name, field in known.items():
        assert not (field.readonly and name in values), f"{name} cannot be changed"
        value = values.get(name, drawn(field))
        if value or field.type not in _TICKED | {InputType.RADIO}:
            sent[name] = value
    pressed = do or (buttons[0] if buttons else "")
    return sent | ({"do": pressed} if pressed else {})


def drawn(field: Field) -> str:
    """Return what a field holds as it is drawn."""
    if field.type in _CHOSEN:
        return next((option.value for option in field.options if option.selected), "")
    if field.type in _TICKED:
        return "yes" if field.value else ""
    return field.value


# -- a site to visit -------------------------------------------------------------------------


def visitor_of(
    profile: Any = "unimi-external",
    *,
    awaitable: bool = False,
    setup: dict[str, Any] | None = None,
    **settings: Any,
) -> Visitor:
    """Return a visitor of a new site of a procedure; ``world`` and ``outbox`` are what it is of.

    Args:
        profile: The procedure, or its name.
        awaitable: Whether the site's registrar is to be awaited.
        setup: Arguments of the site's setup, besides its address.
        settings: Anything else that the world takes.
    """
    outbox = Outbox()
    world: Any = World(profile, mailer=outbox, **settings)
    world.mailer = outbox
    outbox.watch(world.registrar)
    registrar = AsyncRegistrar(world.registrar.parts) if awaitable else world.registrar
    base_url = registrar.parts.base_url
    visitor = Visitor(Site(registrar, SiteSetup(base_url=base_url, **(setup or {}))))
    visitor.world, visitor.outbox = world, outbox
    return visitor


def fill_steps(visitor: Visitor, person: Person = MARIO, **changes: Any) -> Visitor:
    """Go through the pages of a registration, up to the form on the last one before the end.

    Returns:
        The same visitor, on the last page, whose form is filled in but not sent.
    """
    profile = visitor.site.registrar.profile
    visitor.get("/register")
    for step in profile.steps[:-1]:
        visitor.submit(step_values(visitor, step, person, **changes))
    return visitor


def step_values(
    visitor: Visitor, step: Step, person: Person = MARIO, **changes: Any
) -> dict[str, Any]:
    """Return what a person types on the page of a step."""
    profile = visitor.site.registrar.profile
    if step is Step.IDENTIFY:
        human = {"human_response": "on"} if profile.human_check else {}
        return {"codice_fiscale": person.cf, **human}
    if step is not Step.FILL:
        return {}
    consents = {f"consent_{text.name}": "yes" for text in profile.consents}
    return {**person.values(profile, **changes), **consents}


def register(visitor: Visitor, person: Person = MARIO, **changes: Any) -> Visitor:
    """Register on the pages, from the first one to the one that says what is waited for."""
    last = visitor.site.registrar.profile.steps[-1]
    fill_steps(visitor, person, **changes)
    return visitor.submit(step_values(visitor, last, person, **changes))


def sign_in(visitor: Visitor, account: Any, password: str, **query: str) -> Visitor:
    """Sign in on the login page."""
    path = f"/sign-in?{urlencode(query)}" if query else "/sign-in"
    typed = {"username": visitor.world.login(account), "password": password}
    return visitor.get(path).submit(typed)


def come_in(visitor: Visitor, person: Person = MARIO, **changes: Any) -> Visitor:
    """Make an account that has nothing to do any more, and sign in with it on the login page."""
    account = visitor.world.signed_in(person, **changes).account
    return sign_in(visitor, account, password_of(visitor.world.profile, person))


def fresh(visitor: Visitor, person: Person = MARIO, **changes: Any) -> Visitor:
    """Make an account, and sign in for the first time, with what was mailed or chosen."""
    world = visitor.world
    account = world.active(person, **changes)
    return sign_in(visitor, account, world.first_password(account, person))


def stored(visitor: Visitor) -> dict[str, Any]:
    """Return everything that the store holds, so that two moments can be compared."""
    held = vars(visitor.world.store).items()
    return {
        name: {key: tuple(v) if isinstance(v, (list, set)) else v for key, v in kept.items()}
        for name, kept in held
        if name != "_lock"
    }
