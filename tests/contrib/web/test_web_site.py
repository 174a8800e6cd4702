"""The site as a whole: addresses, languages, cookies, sessions, headers, either registrar."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.contrib.web.browserless import (
    Visitor,
    come_in,
    fill_steps,
    register,
    respond,
    stored,
    visitor_of,
)
from tests.world import BASE_URL, MARIO, PROFILES, password_of

from registrazione import Refusal
from registrazione.adapters.memory import MemoryStore
from registrazione.contrib import web
from registrazione.contrib.web import cookies
from registrazione.contrib.web.chapters import CHAPTERS
from registrazione.contrib.web.exchange import Go, Send, Show, WebRequest
from registrazione.contrib.web.headers import content_security_policy, headers_for
from registrazione.contrib.web.local import is_local
from registrazione.contrib.web.onwards import PAGES
from registrazione.contrib.web.pages import Form, Links, Prose
from registrazione.contrib.web.routes import Route, Routes
from registrazione.contrib.web.setup import SiteSetup
from registrazione.contrib.web.site import Site
from registrazione.contrib.web.words import catalogue
from registrazione.core.answer import Next
from registrazione.core.profile import Step
from registrazione.core.refusals import refusal
from registrazione.ports import StoreUnavailable
from registrazione.settings import SettingsError

SAMPLES = {
    "service": "pagamenti",
    "what": "read-mail",
    "digest": "0" * 64,
    "step": "fill",
    "provider": "spid",
}
IN_THE_FORM = {Next.NOTICE, Next.IDENTIFY, Next.FILL, Next.SUMMARY, Next.CONFIRM}


def sample(path: str) -> str:
    """Return an address of a route."""
    return re.sub(r"<(\w+)>", lambda found: SAMPLES.get(found[1], "sample"), path)


# -- addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("profile", PROFILES)
def test_every_address_answers(profile, inside) -> None:
    """Signed in or not, to GET, HEAD and an empty POST, there is a page, a way or a refusal."""
    visitor = visitor_of(profile)
    if inside:
        come_in(visitor)
    closing = {"/sign-out", "/profile/cancel", "/profile/sign-out-everywhere"}
    for route in CHAPTERS:
        path = sample(route.path)
        for ask in (visitor.get, visitor.head):
            ask(path, follow=False) if ask == visitor.get else ask(path)
            assert visitor.status in {200, 303} or 400 <= visitor.status < 500, path
        if route.path not in closing:
            visitor.post(path, follow=False)
            assert visitor.status in {200, 303} or 400 <= visitor.status < 500, path
        assert route.methods()


def test_every_address_is_there_once() -> None:
    """No route hides another one; a page that can only be sent to has no GET."""
    paths = [route.path for route in CHAPTERS]
    routes = Routes(CHAPTERS)

    assert len(paths) == len(set(paths))
    for route in CHAPTERS:
        found = routes.find(sample(route.path))
        assert found is not None
        assert found[0].path == route.path or "<" in route.path
    assert Route("/x", get=None, post=CHAPTERS[0].get).methods() == ("POST",)
    assert routes.find("/more") is None


def test_what_is_not_there_is_not_found() -> None:
    """Nor can anything be sent where nothing is taken; other methods are not answered."""
    visitor = visitor_of()

    assert (visitor.get("/nowhere").status, visitor.name) == (404, "not_found")
    assert (visitor.get("/sign-out").status, visitor.name) == (405, "not_allowed")
    assert visitor.post("/area").status == 405
    reply = respond(visitor.site, WebRequest(method="DELETE", path="/sign-in"))
    assert reply.status == 405
    assert dict(reply.headers)["Allow"] == "GET, HEAD, POST"
    assert dict(visitor.get("/sign-out").reply.headers)["Allow"] == "POST"


@pytest.mark.parametrize("path", ["/nowhere", "/sign-out", "/register/x/y"])
def test_no_page_is_a_dead_end(path) -> None:
    """A page that has nothing of its own says what is the matter, and leads on."""
    visitor = visitor_of().get(path)

    assert all(isinstance(block, Prose | Links | Form) for block in visitor.page.blocks)
    assert visitor.prose or visitor.said
    assert visitor.links.get("Vai alla pagina iniziale") == "/registrazione/" or visitor.forms


@pytest.mark.parametrize("base_url", ["https://example.it", "https://example.it/below"])
def test_no_way_leads_to_a_host_that_somebody_put_in_the_path(base_url) -> None:
    """Two slashes at its beginning would make one of the path of this very page (RFC 3986 4.2)."""
    registrar = visitor_of().site.registrar
    site = Site(registrar, SiteSetup(base_url=base_url))
    for path in ("//evil.example/", "///evil.example/x"):
        shown = respond(site, WebRequest(method="GET", path=path)).outcome
        assert isinstance(shown, Show)
        addresses = [link.url for link in shown.page.frame.languages]
        query = {"language": "en"}
        moved = Site(registrar, site.setup, more=(Route("/<path:any>", get=CHAPTERS[0].get),))
        went = respond(moved, WebRequest(method="GET", path=path, query=query)).outcome
        assert isinstance(went, Go)
        for url in (*addresses, went.url):
            assert is_local(url), url


def test_other_pages_come_before_the_sites_own() -> None:
    """A developer's page stands at its address, also where the site has one."""

    def own(visit):
        yield lambda _: None
        return Send(body=b"own", content_type="text/plain")

    registrar = visitor_of().site.registrar
    site = Site(
        registrar, more=(Route("/area", get=own), Route("/callback", post=own, foreign=True))
    )

    assert Visitor(site).get("/area").outcome.body == b"own"
    assert site.is_foreign("/callback")
    assert not site.is_foreign("/area")
    assert not site.is_foreign("/nowhere")


def test_every_way_on_has_a_page() -> None:
    """Whatever the core says is next, outside the form, is an address of the site."""
    routes = Routes(CHAPTERS)

    assert PAGES.keys() == set(Next) - IN_THE_FORM
    for path in PAGES.values():
        assert routes.find(path.format(ticket="sample")) is not None


# -- words and languages --------------------------------------------------------------------


@pytest.mark.requirement("IOL-01")
@pytest.mark.parametrize("profile", PROFILES)
def test_registering_is_reachable_from_every_page(profile) -> None:
    """The frame of every page has "Registrati", as long as nobody is signed in."""
    visitor = visitor_of(profile)
    for path in ("/sign-in", "/recover", "/recover/password", "/done/read-mail", "/nowhere"):
        assert visitor.get(path).links["Registrati"] == "/registrazione/register"
    assert fill_steps(visitor).links["Registrati"] == "/registrazione/register"
    assert register(visitor).links["Registrati"] == "/registrazione/register"


def test_the_language_is_the_browsers_until_another_is_chosen() -> None:
    """The first of the browser's that there is; Italian otherwise; a choice is remembered."""
    english = visitor_of()
    english.languages = "de-DE,de;q=0.9,en-GB;q=0.8,it;q=0.1"
    other = visitor_of()
    other.languages = "de"

    assert english.get("/sign-in?service=x").page.language == "en"
    assert english.page.title == "Sign in"
    assert other.get("/sign-in").page.language == "it"
    english.get(english.links["Italiano"])
    assert (english.path, english.page.language) == ("/sign-in?service=x", "it")
    assert english.get("/recover").page.language == "it"
    current = [link.language for link in english.page.frame.languages if link.current]
    assert current == ["it"]
    assert english.get("/recover?language=xx").page.language == "it"


def test_texts_are_in_both_languages_and_none_is_twice(monkeypatch, tmp_path) -> None:
    """A key in two files is an error that names it; other files of the folder are passed over."""
    folder = tmp_path / "words"
    folder.mkdir()
    (folder / "README.md").write_text("no words")
    for name in ("a", "b"):
        (folder / f"{name}.toml").write_text('["same.key"]\nit = "x"\nen = "x"\n')
    monkeypatch.setattr("registrazione.contrib.web.words.files", lambda _: tmp_path)

    with pytest.raises(ValueError, match=r"same\.key"):
        catalogue.__wrapped__()
    assert all(text.it and text.en for text in catalogue().values())


def test_no_text_is_missing_or_spare() -> None:
    """Every key that the pages name in full is in the catalogue."""
    folder = Path(web.__file__).parent
    source = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    named = set(re.findall(r'\.text\(\s*"([a-z_.\-]+)"', source))

    assert not {key for key in named if key not in catalogue()}


# -- sessions -------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-29")
@pytest.mark.parametrize("awaitable", [False, True])
def test_a_session_that_has_ended_is_begun_anew_where_one_was(awaitable) -> None:
    """The page is asked for again after signing in; what only takes forms is not."""
    visitor = come_in(visitor_of(awaitable=awaitable))
    mine = password_of(visitor.world.profile, MARIO)
    visitor.world.wait(hours=11)
    visitor.get("/profile")
    visitor.world.wait(hours=2)
    visitor.get("/history")

    assert visitor.name == "sign_in"
    visitor.submit({"username": MARIO.username, "password": mine})
    assert visitor.name == "history"
    visitor.get("/profile")
    visitor.world.registrar.sign_out(session_of(visitor), everywhere=True)
    visitor.submit(form="/profile/export")
    assert visitor.said == ["La sessione è terminata: accedi di nuovo."]
    assert any(reply.signed_out for reply in visitor.replies)
    visitor.submit({"username": MARIO.username, "password": mine})
    assert visitor.path == "/area"


def session_of(visitor: Visitor) -> str:
    """Return the session that the visitor's browser keeps."""
    sent = visitor.cookies_for("/registrazione")
    now = visitor.world.clock.now()
    kept = cookies.Cookies(visitor.site._sealer, sent, now, "/registrazione", secure=True).read()
    return str(kept["session"])


class Broken(MemoryStore):
    """A store that can be switched off."""

    off = False

    def load(self, account_id: str) -> Any:
        """Load, while it is there."""
        if self.off:
            raise StoreUnavailable
        return super().load(account_id)


@pytest.mark.parametrize("awaitable", [False, True])
def test_a_store_that_is_away_has_a_page(awaitable) -> None:
    """The visitor is asked to come back, with the status that machines understand."""
    store = Broken()
    visitor = come_in(visitor_of(storage=store, awaitable=awaitable))
    store.off = True

    assert (visitor.get("/area").status, visitor.name) == (503, "unavailable")
    assert visitor.links["Apri di nuovo la pagina"] == "/registrazione/area"
    assert dict(visitor.reply.headers)["Retry-After"] == "60"


@pytest.mark.parametrize("awaitable", [False, True])
@pytest.mark.parametrize("error", [StoreUnavailable(), Refusal(), None])
def test_what_no_page_expects_has_one_all_the_same(awaitable, error) -> None:
    """A refusal that nobody caught is told in words; any other error is the framework's."""
    raised = refusal("limit.reached", minutes=60) if isinstance(error, Refusal) else error

    def failing(_visit):
        yield raising
        return Go(url="/")

    def raising(_registrar):
        raise raised or ZeroDivisionError

    visitor = visitor_of(awaitable=awaitable)
    visitor.site = Site(visitor.site.registrar, more=(Route("/failing", get=failing),))
    if error is None:
        with pytest.raises(ZeroDivisionError):
            visitor.get("/failing")
    elif isinstance(error, Refusal):
        assert (visitor.get("/failing").status, visitor.name) == (409, "refused")
        assert "60" in visitor.said[0]
    else:
        assert visitor.get("/failing").status == 503


def test_a_framework_may_turn_a_request_away() -> None:
    """With a page of the site that says why, and nothing of the request done."""
    visitor = visitor_of()
    before = stored(visitor)
    request = WebRequest(method="POST", path="/sign-in", form={"username": ["x"]})
    reply = visitor.site.turn_away(request, "not_allowed", 403)

    assert isinstance(reply.outcome, Show)
    assert (reply.status, reply.outcome.page.name) == (403, "not_allowed")
    assert stored(visitor) == before


@pytest.mark.parametrize(
    ("path", "ways"),
    [
        ("/sign-in", {"Apri di nuovo la pagina": "/registrazione/sign-in"}),
        ("/sign-out", {}),
        ("/nowhere", {}),
    ],
)
def test_a_form_that_is_none_of_ours_leads_back_to_its_page(path, ways) -> None:
    """Where there is one; there it may be sent once more."""
    site = visitor_of().site
    shown = site.turn_away(WebRequest(method="GET", path=path), "forged", 400).outcome

    assert isinstance(shown, Show)
    links = next(block for block in shown.page.blocks if isinstance(block, Links))
    home = {"Vai alla pagina iniziale": "/registrazione/"}
    assert {link.label: link.url for link in links.items} == ways | home


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("dati-personali.json", 'filename="dati-personali.json"'),
        ('a"b.json', "filename*=UTF-8''a%22b.json"),
        ("età €.json", "filename*=UTF-8''et%C3%A0%20%E2%82%AC.json"),
        ("a\r\nX: y", "filename*=UTF-8''a%0D%0AX%3A%20y"),
    ],
)
def test_a_file_is_saved_by_whatever_name_the_site_gives_it(filename, header) -> None:
    """A name may be a text of the site's own, and a header holds no more than ASCII (RFC 6266)."""
    file = Send(body=b"", content_type="text/plain", filename=filename)

    assert dict(headers_for(file, {}))["Content-Disposition"] == f"attachment; {header}"


# -- headers --------------------------------------------------------------------------------


def test_pages_are_protected_by_their_headers() -> None:
    """Nothing inline, nothing from elsewhere, no framing, nothing kept; files may be kept."""
    visitor = visitor_of().get("/sign-in")
    headers = dict(visitor.reply.headers)

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    more = content_security_policy({"frame-src": "https://a.example", "img-src": "data:"})
    assert "frame-src https://a.example" in more
    assert "img-src 'self' data:" in more
    lasting = Send(body=b"", content_type="text/css", lasting=True)
    assert dict(headers_for(lasting, {}))["Cache-Control"].endswith("immutable")
    brief = Send(body=b"", content_type="text/css", max_age=60)
    assert dict(headers_for(brief, {}))["Cache-Control"] == "public, max-age=60"
    assert "Content-Security-Policy" not in dict(headers_for(lasting, {}))


def test_a_setup_knows_its_path_and_its_other_origins() -> None:
    """The path has no slash at the end; only services elsewhere need to be named."""
    setup = SiteSetup(base_url="http://localhost:8000/", services={"a": "/a"})
    elsewhere = {"a": "https://b.example/x", "b": "https://b.example/y", "c": "https://a.example"}

    assert (setup.base, setup.secure, setup.sources) == ("", False, {})
    assert SiteSetup(base_url=BASE_URL).base == "/registrazione"
    named = SiteSetup(base_url=BASE_URL, services=elsewhere).sources
    assert named == {"form-action": "https://a.example https://b.example"}


@pytest.mark.requirement("POL-03")
@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example", "/\\evil.example", "istanze", "", None]
)
def test_a_receipt_is_handed_to_this_host_only(url) -> None:
    """The setup is refused as soon as it is made, and says which service it is about."""
    fine = {"istanze": "/istanze/ricevute?x=1", "mobilita": "/"}
    assert SiteSetup(base_url=BASE_URL, submissions=fine).submissions == fine

    with pytest.raises(SettingsError, match=r"^submissions: 'mobilita' needs the path of a page"):
        SiteSetup(base_url=BASE_URL, submissions={**fine, "mobilita": url})


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("/area", True),
        ("/area?a=b#c", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("/a\n", False),
        ("", False),
    ],
)
def test_only_this_hosts_addresses_are_local(url, local) -> None:
    """Whatever browsers make of slashes and backslashes."""
    assert is_local(url) is local


# -- what stands in addresses ---------------------------------------------------------------


@pytest.mark.parametrize("awaitable", [False, True])
@pytest.mark.parametrize("profile", PROFILES)
def test_no_address_tells_a_secret(profile, awaitable) -> None:
    """From the first page to the profile no address has a code, a password or a token in it.

    But for a mailed link, whose first page moves its token into a cookie at once.
    """
    visitor = visitor_of(profile, awaitable=awaitable)
    register(visitor)
    world = visitor.world
    if "link" in world.profile.gates:
        letter = visitor.outbox.last()
        visitor.follow_letter(letter)
        assert not any(letter.token() in url for url in visitor.trail[-1:])
        mine = password_of(world.profile, MARIO)
        visitor.submit({field.name: mine for field in visitor.form().fields})
    account = next(a for a in world.registrar.accounts().items)
    typed = [MARIO.cf, str(account.email), password_of(world.profile, MARIO), account.id]
    ways = [reply.outcome.url for reply in visitor.replies if isinstance(reply.outcome, Go)]
    asked = [url for url in visitor.trail if "/activate/" not in url or "/open/" in url]

    assert not [url for url in (*ways, *asked) for secret in typed if secret in url]
    assert all(len(part) < 65 for url in ways for part in url.split("/"))
    assert not any(MARIO.cf in repr(reply) for reply in visitor.replies)


def test_an_odd_path_is_written_down_safely() -> None:
    """Line ends, quotes and percent signs in a path never reach an address as they are."""
    visitor = visitor_of()
    path = '/service/a\r\nSet-Cookie: x%"<é\udcff'
    request = WebRequest(method="GET", path=path, query={"language": "en", "q": "à&b"})
    reply = respond(visitor.site, request)

    assert isinstance(reply.outcome, Go)
    assert reply.outcome.url.isascii()
    assert reply.outcome.url.isprintable()
    assert not set(reply.outcome.url) & set('"<> ')
    assert reply.outcome.url.endswith("?q=%C3%A0%26b")


def test_the_two_registrars_make_the_same_pages() -> None:
    """A site's blocking and awaitable sides differ in nothing that is seen."""
    seen = []
    for awaitable in (False, True):
        visitor = visitor_of("iscrizioni-online", awaitable=awaitable)
        register(visitor)
        shown = [reply.outcome for reply in visitor.replies if isinstance(reply.outcome, Show)]
        seen.append([(show.status, show.page) for show in shown])

    assert len(seen[0]) > len(Step) - 1
    assert seen[0] == seen[1]
