"""The pages in a Django project: from the form to the project's user, blocking and awaited."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.signals import got_request_exception
from django.test import Client, override_settings
from django.views.debug import SafeExceptionReporterFilter
from tests.contrib.django.browsing import ADA, HOST, PASSWORD, AsyncBrowser, Browser, project

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.contrib.django.auth import RegistrazioneBackend, backend_of
from registrazione.contrib.django.conf import get_async_registrar, get_registrar
from registrazione.contrib.django.pages import get_async_site, get_site
from registrazione.core.commands import Operator
from registrazione.core.profile import Role
from registrazione.core.refusals import refusal

OWN_TEMPLATES = Path(__file__).parent / "pages_templates"


class SchoolBackend(RegistrazioneBackend):
    """The one of another procedure."""

    procedure = "school"


@pytest.fixture
def post(default):
    """Return the letters that the project sends."""
    mail.outbox = []
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        yield mail.outbox


@pytest.fixture(params=[("/registrazione", Browser, "/who"), ("/awaited", AsyncBrowser, None)])
def way(request, post):
    """Name a place of the pages, how it is visited, and where the project says who is there."""
    base, browser, who = request.param
    with project(base, storage="django://"):
        opened = browser(base)
        yield opened, who or "/awaited-who"
        if isinstance(opened, AsyncBrowser):
            opened.runner.close()


# -- from the form to the user -------------------------------------------------------------------


def test_somebody_registers_and_is_the_projects_user(way) -> None:
    """Nobody before the activation, ``request.user`` after signing in, nobody after logging out."""
    browser, who = way
    users = get_user_model().objects
    browser.register()
    assert "/waiting/" in browser.path
    assert (browser.get(who).content, users.count()) == (b"nobody", 0)

    browser.activate()
    browser.sign_in()

    assert browser.path == f"{browser.base}/area"
    assert browser.get(who).content == ADA.encode()
    assert users.get().email == ADA
    browser.get(f"{browser.base}/area")
    browser.send(f"{browser.base}/sign-out")
    assert browser.get(who).content == b"nobody"


def test_the_letters_leave_behind_the_response(way, monkeypatch) -> None:
    """The response is made before anything is sent, and sending begins when it is closed."""
    browser, _ = way
    seen = []
    site = get_site if browser.base == "/registrazione" else get_async_site
    registrar = site().registrar
    deliver = registrar.deliver_outbox

    def watched(**told):
        seen.append((told, len(mail.outbox)))
        return deliver(**told)

    monkeypatch.setattr(registrar, "deliver_outbox", watched)
    browser.register()

    assert seen == [({"most": 20}, 0)]
    assert [letter.to for letter in mail.outbox] == [[ADA]]


def test_a_mailer_that_fails_does_not_break_the_response(way, monkeypatch, caplog) -> None:
    """The page is there, the failure in the log, the letter in the outbox."""
    browser, _ = way
    site = get_site if browser.base == "/registrazione" else get_async_site
    monkeypatch.setattr(site().registrar, "deliver_outbox", lambda **_: 1 / 0)

    assert browser.register().status_code == 200
    assert "could not be delivered" in caplog.text


def test_a_worker_may_send_the_letters(post) -> None:
    """Switched off, the letters stay where a worker finds them."""
    with project(deliver=False):
        Browser().register()
        assert get_registrar().outbox_metrics().queued == 1

    assert post == []


# -- what is sent and what is not accepted -------------------------------------------------------


def test_a_forged_form_does_nothing(way) -> None:
    """Without the token of this browser nothing is registered, and the page says what to do."""
    browser, _ = way
    browser.get(f"{browser.base}/register")
    browser.text = ""

    response = browser.send(f"{browser.base}/sign-in", username=ADA, password=PASSWORD)

    assert response.status_code == 403
    assert "Il modulo non è più valido" in browser.text


def test_an_identity_provider_may_post(way) -> None:
    """What it sends comes from elsewhere: the token is not asked for, the site judges it."""
    browser, _ = way
    provider = ScriptedProvider("spid", {})
    with project(browser.base, profile="mim-students", identity_providers=[provider]):
        response = browser.send(f"{browser.base}/identity/spid/callback", x="y")

    assert response.status_code != 403
    assert "Il modulo è scaduto" not in browser.text


@pytest.mark.parametrize("middleware", [True, False])
def test_the_token_is_kept_without_the_projects_middleware(post, middleware) -> None:
    """The pages see to their forms themselves; a project's own middleware is no second token."""
    kept = [each for each in settings.MIDDLEWARE if middleware or "Csrf" not in each]
    with project(MIDDLEWARE=kept):
        browser = Browser()
        first = browser.client.get("/registrazione/sign-in")
        browser.arrive()

    assert first.cookies["csrftoken"].value
    assert browser.path == "/registrazione/area"


def test_a_token_in_the_session_is_as_good(way) -> None:
    """``CSRF_USE_SESSIONS`` reads the database, in the thread that Django has for that."""
    browser, _ = way
    with override_settings(CSRF_USE_SESSIONS=True):
        browser.register()

    assert "/waiting/" in browser.path


def test_headers_and_cookies_are_those_of_the_site(way) -> None:
    """Nothing is cached or framed, and no script reads a cookie; by https all are secure."""
    browser, _ = way
    browser.register()
    response = browser.get(f"{browser.base}/sign-in")

    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["Cache-Control"] == "no-store"
    kept = browser.client.cookies["registrazione"]
    assert (kept["path"], kept["samesite"], kept["httponly"]) == (browser.base, "Lax", True)
    assert not kept["secure"]
    assert not kept["max-age"]


def test_by_https_cookies_are_secure(post) -> None:
    """They have a prefix by which browsers know it, and are never sent in the clear."""
    with project(base_url="https://testserver/registrazione"):
        client = Client()
        client.post("/registrazione/sign-in", {"username": ADA, "password": "x"}, secure=True)
        client.get("/registrazione/sign-in?next=/somewhere", secure=True)

    assert client.cookies["__Secure-registrazione"]["secure"]


def test_a_cookie_that_is_not_needed_any_more_is_deleted(way) -> None:
    """The draft goes once it is confirmed."""
    browser, _ = way
    with project(browser.base, profile="unimi-external", places="tests.world.AllPlaces"):
        browser.get(f"{browser.base}/area")
        assert browser.client.cookies["registrazione"].value
        browser.get(f"{browser.base}/sign-in?service=unknown")

    assert browser.client.cookies["registrazione"].value == ""
    assert browser.client.cookies["registrazione"]["max-age"] == 0


def test_files_are_sent_as_they_are(way) -> None:
    """The style sheet has its type, and may be kept for good."""
    browser, _ = way
    browser.get(f"{browser.base}/sign-in")
    address = re.search(r'href="(\S+\.css)"', browser.text)[1]

    response = browser.get(address)

    assert response.headers["Content-Type"].startswith("text/css")
    assert "immutable" in response.headers["Cache-Control"]


def test_other_methods_are_answered_in_words(way) -> None:
    """HEAD is as good as GET; what the pages do not know has a page too."""
    browser, _ = way

    assert browser._asked("head", f"{browser.base}/sign-in").status_code == 200
    assert browser._asked("put", f"{browser.base}/sign-in").status_code == 405
    assert browser.get(f"{browser.base}/no/such/page").status_code == 404


# -- what the project changes --------------------------------------------------------------------


def test_a_template_is_overridden_by_its_path(way) -> None:
    """One page has a template of the project's, the others the library's."""
    browser, _ = way
    templates = [{**settings.TEMPLATES[0], "DIRS": [OWN_TEMPLATES]}]
    with override_settings(TEMPLATES=templates):
        browser.get(f"{browser.base}/sign-in")
        assert "<footer>del progetto</footer>" in browser.text
        browser.get(f"{browser.base}/register")

    assert "del progetto" not in browser.text
    assert '<footer class="it-footer">' in browser.text


@pytest.mark.parametrize("base", ["/school", "/awaited-school"])
def test_there_may_be_several_procedures(post, base) -> None:
    """Each has its pages, its accounts and its way of knowing its users again."""
    told = {"procedures": {"school": {"profile": "unimi-external", "base_url": f"{HOST}{base}"}}}
    with project(**told):
        browser = (AsyncBrowser if "awaited" in base else Browser)(base)
        browser.get(f"{base}/sign-in")
        assert "Servizi online" in browser.text or "Università" in browser.text
        assert get_site("school").setup.base == base
        assert get_site().setup.base == "/registrazione"
        assert get_site("school") is get_site("school") is not get_site()


def test_a_registrar_that_was_opened_anew_has_a_site_of_its_own(post) -> None:
    """A test that overrides settings sees its own pages, in either kind."""
    with project():
        before = get_site(), get_async_site()
    with project():
        after = get_site(), get_async_site()
        assert after[0].registrar is get_registrar()
        assert after[1].registrar is get_async_registrar()

    assert len({id(site) for site in (*before, *after)}) == 4


# -- the users -----------------------------------------------------------------------------------


def test_without_users_the_pages_work_alone(way) -> None:
    """Whoever signs in uses the pages, and is nobody for the project."""
    browser, who = way
    with project(browser.base, users=False):
        browser.arrive()
        assert browser.path == f"{browser.base}/area"
        assert browser.get(who).content == b"nobody"


def test_without_sessions_the_pages_work_alone(post) -> None:
    """The library has a session of its own."""
    kept = [each for each in settings.MIDDLEWARE if "Csrf" in each]
    with project(MIDDLEWARE=kept):
        browser = Browser().arrive()

    assert browser.path == "/registrazione/area"


def test_a_user_who_is_missing_is_made(way) -> None:
    """An account may be older than the project's use of it."""
    browser, who = way
    with project(browser.base, users=False, storage="django://"):
        browser.register()
        browser.activate()
    assert not get_user_model().objects.exists()

    browser.sign_in()

    assert browser.get(who).content == ADA.encode()


def test_a_user_whom_the_project_keeps_out_stays_out(way) -> None:
    """The account may be used, the project may not."""
    browser, who = way
    browser.register()
    browser.activate()
    get_user_model().objects.update(is_active=False)

    browser.sign_in()

    assert browser.path == f"{browser.base}/area"
    assert browser.get(who).content == b"nobody"


def test_a_name_that_is_another_users_is_told_in_the_log(way, monkeypatch, caplog) -> None:
    """Nobody becomes somebody else, and the address is not in the log."""
    browser, who = way
    browser.register()
    browser.activate()

    def taken(*_):
        raise refusal("registration.user_exists")

    monkeypatch.setattr("registrazione.contrib.django.views.user_for", taken)
    browser.sign_in()

    assert browser.get(who).content == b"nobody"
    assert "registration.user_exists" in caplog.text
    assert ADA not in caplog.text


@pytest.mark.parametrize(
    ("backends", "found"),
    [
        (["auth.RegistrazioneBackend"], ("auth.RegistrazioneBackend", "auth.RegistrazioneBackend")),
        (["SchoolBackend"], ("SchoolBackend", "SchoolBackend")),
        (
            ["SchoolBackend", "auth.RegistrazioneBackend"],
            ("auth.RegistrazioneBackend", "SchoolBackend"),
        ),
        ([], ("auth.RegistrazioneBackend", "auth.RegistrazioneBackend")),
    ],
)
def test_users_are_known_again_by_a_backend_of_the_project(backends, found) -> None:
    """The one of the procedure, or one of the library's that there is."""
    here = {"SchoolBackend": __name__, "auth.RegistrazioneBackend": "registrazione.contrib.django"}
    paths = [f"{here[name]}.{name}" for name in backends]
    with override_settings(
        AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend", *paths]
    ):
        assert (backend_of(), backend_of("school")) == tuple(f"{here[n]}.{n}" for n in found)


# -- operators -----------------------------------------------------------------------------------


def test_an_operator_is_whom_the_project_names(way) -> None:
    """The desk is there with ``operator``, and closed to everybody else."""
    browser, _ = way

    def operator(request):
        if "op" not in request.GET:
            return None
        return Operator(id="1", role=Role.SECRETARIAT)

    with project(browser.base, profile="mim-students", operator=operator):
        assert browser.get(f"{browser.base}/desk").status_code == 403
        assert browser.get(f"{browser.base}/desk?op").status_code == 200


def test_operators_may_be_those_of_the_admin(way) -> None:
    """``pages`` opens the desk, and the groups of Django's say who is who."""
    browser, _ = way
    with project(browser.base, profile="mim-students", pages={"desk": True}):
        assert browser.get(f"{browser.base}/desk").status_code == 403
        root = get_user_model().objects.create_superuser("root", "root@example.it", "x")
        browser.client.force_login(root, "django.contrib.auth.backends.ModelBackend")
        assert browser.get(f"{browser.base}/desk").status_code == 200


def test_there_is_no_desk_otherwise(way) -> None:
    """Nobody is asked who they are, and the page is none."""
    browser, _ = way
    with project(browser.base, profile="mim-students"):
        assert browser.get(f"{browser.base}/desk").status_code == 404


def test_a_report_of_an_error_tells_nothing_that_was_typed(way, monkeypatch) -> None:
    """What Django mails to the project's admins holds no password and no codice fiscale."""
    browser, _ = way
    get = get_async_site if isinstance(browser, AsyncBrowser) else get_site
    reported = []

    def note(request, **_):
        reported.append(SafeExceptionReporterFilter().get_post_parameters(request))

    browser.get(f"{browser.base}/sign-in")
    monkeypatch.setattr(type(get()), "_handled", lambda *_: 1 // 0)
    got_request_exception.connect(note)
    try:
        with pytest.raises(ZeroDivisionError):
            browser.send(f"{browser.base}/sign-in", username=ADA, password=PASSWORD)
    finally:
        got_request_exception.disconnect(note)

    assert [set(told.values()) for told in reported] == [{"*" * 20}]
