"""The extension: settings, pages, forged forms, signals, letters behind a response."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask_wtf import CSRFProtect
from itsdangerous import TimestampSigner

from registrazione import Registrar
from registrazione.contrib.flask import (
    Registrazione,
    happened,
    sign_in_required,
    signed_in,
    signed_out,
)
from registrazione.contrib.web.exchange import Send
from registrazione.contrib.web.pages import Prose
from registrazione.contrib.web.routes import Route
from registrazione.plugins import PluginError
from registrazione.settings import SettingsError
from registrazione.testing.fakes import FastHasher
from registrazione.testing.outbox import Outbox

KEY = "a key of an application, of more than 32 bytes"
HOST = "http://localhost"
BASE = "/registrazione"
PASSWORD = "quattro Cavalli verdi 17 lune"
FORM = {
    "name": "Ada",
    "surname": "Rossi",
    "email": "ada@posta.example",
    "consent_privacy": "yes",
    "do": "next",
}


def application(outbox: Outbox | None = None, **settings) -> Flask:
    """Return an application with the neutral procedure, in memory."""
    app = Flask("some_app")
    app.config["SECRET_KEY"] = KEY
    app.config["REGISTRAZIONE"] = {
        "profile": "standard",
        "storage": "memory://",
        "mailer": outbox or Outbox(),
        "base_url": f"{HOST}{BASE}",
        "hasher": FastHasher(),
        **settings,
    }
    Registrazione(app)
    return app


class Browser:
    """A browser that fills in the forms of an application."""

    def __init__(self, app: Flask) -> None:
        """Open no page yet."""
        self.client = app.test_client()
        self.text = ""
        self.path = ""

    def get(self, path: str):
        """Open a page, wherever it leads."""
        return self._seen(self.client.get(path, follow_redirects=True))

    def send(self, path: str = "", **values: str):
        """Send the form that is shown."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.text)
        values["csrf_token"] = token[1] if token else ""
        return self._seen(self.client.post(path or self.path, data=values, follow_redirects=True))

    def _seen(self, response):
        with response:
            self.text, self.path = response.text, response.request.path
            return response


def registered(outbox: Outbox, app: Flask) -> Browser:
    """Return the browser of somebody who has registered and signed in."""
    browser = Browser(app)
    browser.get(f"{BASE}/register")
    browser.send(**FORM)
    letter = outbox.to("ada@posta.example")[-1]
    browser.get(letter.link().removeprefix(HOST))
    browser.send(password=PASSWORD, password_again=PASSWORD)
    browser.get(f"{BASE}/sign-in")
    browser.send(username="ada@posta.example", password=PASSWORD)
    return browser


def test_the_pages_are_where_the_settings_say() -> None:
    """The first page leads to the login page, with the headers that protect it."""
    response = Browser(application()).get(f"{BASE}/")

    assert response.status_code == 200
    assert "<h1>Accedi</h1>" in response.text
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["Cache-Control"] == "no-store"


def test_somebody_registers_activates_and_signs_in() -> None:
    """A whole registration through Flask, from the form to the services."""
    outbox = Outbox()

    browser = registered(outbox, application(outbox))

    assert browser.path == f"{BASE}/area"


def test_the_letters_leave_behind_the_response() -> None:
    """Nobody has to run a worker to get the link; switched off, the letter stays queued."""
    for deliver, waiting in ((True, 0), (False, 1)):
        app = application(deliver=deliver)
        browser = Browser(app)
        browser.get(f"{BASE}/register")

        browser.send(**FORM)

        assert app.extensions["registrazione"].registrar.outbox_metrics().queued == waiting


def test_a_mailer_that_fails_does_not_break_the_response(caplog) -> None:
    """The page is there, the failure in the log, the letter in the outbox."""
    app = application()
    registrar = app.extensions["registrazione"].registrar
    registrar.deliver_outbox = lambda **_: 1 / 0
    browser = Browser(app)
    browser.get(f"{BASE}/register")

    response = browser.send(**FORM)

    assert response.status_code == 200
    assert "could not be delivered" in caplog.text


def test_a_forged_form_does_nothing() -> None:
    """Without the token of this browser nothing is registered, and the page says what to do."""
    app = application()
    browser = Browser(app)
    browser.get(f"{BASE}/register")
    browser.text = ""

    response = browser.send(**FORM)

    assert response.status_code == 400
    assert "Il modulo non è più valido" in response.text
    assert not app.extensions["registrazione"].registrar.accounts().items


def test_the_application_s_own_protection_may_be_there_too() -> None:
    """With CSRFProtect before the extension, the pages' own check is the only one."""
    outbox = Outbox()
    app = Flask("protected")
    app.config["SECRET_KEY"] = KEY
    CSRFProtect(app)
    Registrazione(
        app,
        profile="standard",
        storage="memory://",
        mailer=outbox,
        base_url=f"{HOST}{BASE}",
        hasher=FastHasher(),
    )

    assert registered(outbox, app).path == f"{BASE}/area"


def test_a_page_open_to_other_sites_asks_for_no_token() -> None:
    """What an identity provider sends has none, and is answered."""

    def answer(visit):
        return Send(body=visit.typed("word").encode(), content_type="text/plain", filename="w.txt")
        yield

    app = Flask("foreign")
    app.config["SECRET_KEY"] = KEY
    Registrazione(
        app,
        routes=(Route("/back/<who>", get=answer, post=answer, foreign=True),),
        profile="standard",
        storage="memory://",
        mailer=Outbox(),
        base_url=f"{HOST}{BASE}",
    )

    response = app.test_client().post(f"{BASE}/back/them", data={"word": "ciao"})

    assert response.data == b"ciao"
    assert response.headers["Content-Disposition"] == 'attachment; filename="w.txt"'


def test_pages_of_one_s_own_come_first() -> None:
    """A route of the application's own replaces one of the library's."""

    def welcome(visit):
        return visit.show("sign_in", Prose(paragraphs=("Benvenuti",)))
        yield

    app = Flask("own_pages")
    app.config["SECRET_KEY"] = KEY
    Registrazione(
        app,
        routes=(Route("/", get=welcome),),
        profile="standard",
        storage="memory://",
        mailer=Outbox(),
        base_url=f"{HOST}{BASE}",
    )

    assert "Benvenuti" in Browser(app).get(f"{BASE}/").text


def test_a_template_of_the_application_replaces_the_library_s(tmp_path) -> None:
    """Templates are found by path, the application's first; one page may have its own."""
    folder = tmp_path / "templates" / "registrazione" / "pages"
    folder.mkdir(parents=True)
    (folder / "sign_in.html").write_text("mine: {{ page.title }}", encoding="utf-8")
    app = Flask("themed", root_path=str(tmp_path))
    app.config["SECRET_KEY"] = KEY
    Registrazione(
        app, profile="standard", storage="memory://", mailer=Outbox(), base_url=f"{HOST}{BASE}"
    )

    assert Browser(app).get(f"{BASE}/sign-in").text == "mine: Accedi"


def test_signals_tell_what_happened() -> None:
    """Records after each commit, and who comes and goes."""
    told: list[object] = []
    outbox = Outbox()
    app = application(outbox)

    def hear(_sender, record) -> None:
        told.append(record.event)

    def come(_sender, account) -> None:
        told.append(account.email)

    def leave(_sender) -> None:
        told.append("left")

    with happened.connected_to(hear, app), signed_in.connected_to(come, app):
        browser = registered(outbox, app)
        with signed_out.connected_to(leave, app):
            browser.send(f"{BASE}/sign-out")

    assert told[-1] == "left"
    assert "activated" in told
    assert "ada@posta.example" in told


def test_two_applications_in_one_process_do_not_mix() -> None:
    """Each has a registrar of its own; one object may serve both."""
    extension = Registrazione(
        profile="standard", storage="memory://", mailer=Outbox(), base_url=f"{HOST}{BASE}"
    )
    apps = [Flask("one"), Flask("two")]
    for app in apps:
        app.config["SECRET_KEY"] = KEY
        extension.init_app(app)

    first, second = (app.extensions["registrazione"].registrar for app in apps)
    first.confirm(
        first.fill(
            first.begin().draft,
            {k: FORM[k] for k in ("name", "surname", "email")},
            consents=["privacy"],
        ).draft
    )

    assert len(first.accounts().items) == 1
    assert not second.accounts().items


def test_two_procedures_in_one_application() -> None:
    """Each under its own name and address."""
    app = Flask("several")
    app.config["SECRET_KEY"] = KEY
    for name in ("standard", "unimi-external"):
        Registrazione(
            app,
            name=name,
            profile=name,
            storage="memory://",
            mailer=Outbox(),
            base_url=f"{HOST}/{name}",
        )

    titles = [Browser(app).get(f"/{name}/sign-in").text for name in ("standard", "unimi-external")]

    assert "Registrazione utenti esterni" not in titles[0]
    assert "Registrazione utenti esterni" in titles[1]


def test_a_registrar_that_is_open_already_is_used() -> None:
    """Whoever wants to open it otherwise hands it over."""
    registrar = Registrar.open(
        profile="standard",
        storage="memory://",
        mailer=Outbox(),
        secret_keys=[KEY],
        base_url="https://example.it",
    )
    app = Flask("given")
    app.config["SECRET_KEY"] = KEY
    Registrazione(app, registrar=registrar)

    assert app.extensions["registrazione"].registrar is registrar
    assert Browser(app).get("/sign-in").status_code == 200


# -- settings -------------------------------------------------------------------------------


def test_single_keys_are_settings_as_well(monkeypatch, tmp_path) -> None:
    """``REGISTRAZIONE_PROFILE`` and the like come from the environment; the database is made."""
    monkeypatch.setenv("FLASK_REGISTRAZIONE_PROFILE", "standard")
    monkeypatch.setenv("FLASK_REGISTRAZIONE_MAILER", "console://")
    app = Flask("single", instance_path=str(tmp_path / "instance"))
    app.config.from_prefixed_env()
    app.config["SECRET_KEY"] = KEY

    Registrazione(app)

    state = app.extensions["registrazione"]
    assert state.registrar.profile.name == "standard"
    assert state.site.setup.base == BASE
    assert (tmp_path / "instance").is_dir()
    state.registrar.close()


def test_a_database_elsewhere_needs_no_instance_folder(tmp_path) -> None:
    """The folder is made for what is kept in it, and for nothing else."""
    app = Flask("elsewhere", instance_path=str(tmp_path / "instance"))
    app.config["SECRET_KEY"] = KEY

    Registrazione(
        app, profile="standard", storage=f"sqlite:///{tmp_path}/accounts.db", mailer=Outbox()
    )

    app.extensions["registrazione"].registrar.close()
    assert (tmp_path / "accounts.db").is_file()
    assert not (tmp_path / "instance").exists()


def test_an_unknown_setting_is_said() -> None:
    """A misspelt name is an error, not silence."""
    with pytest.raises(SettingsError, match=r"no settings: profil \(profile is\), qzx$"):
        application(profil="standard", qzx=1)


def test_delivering_is_a_switch() -> None:
    """A text such as ``no``, which an environment may hold, would count as yes."""
    with pytest.raises(SettingsError, match="deliver is True or False"):
        application(deliver="no")


@pytest.mark.parametrize("key", [None, "short"])
def test_a_short_key_is_refused(key) -> None:
    """Flask's own key has to be long enough, where it is to be the library's as well."""
    app = Flask("weak")
    app.config["SECRET_KEY"] = key

    with pytest.raises(SettingsError, match="SECRET_KEY"):
        Registrazione(app, profile="standard", storage="memory://", mailer=Outbox())


def test_older_keys_go_on_reading() -> None:
    """Flask's fallbacks are the older keys; those that are too short are left out."""
    app = Flask("rotated")
    app.config["SECRET_KEY"] = KEY
    app.config["SECRET_KEY_FALLBACKS"] = [KEY[::-1], "short"]

    Registrazione(app, profile="standard", storage="memory://", mailer=Outbox())

    keys = app.extensions["registrazione"].options.registrar["secret_keys"]
    assert keys == [KEY, KEY[::-1]]


def test_keys_of_one_s_own_come_first() -> None:
    """Whoever gives secret_keys needs no long key of Flask's."""
    app = Flask("own_keys")
    app.config["SECRET_KEY"] = "short"
    Registrazione(app, profile="standard", storage="memory://", mailer=Outbox(), secret_keys=[KEY])

    assert app.extensions["registrazione"].options.registrar["secret_keys"] == [KEY]


def test_a_missing_back_end_is_an_error_at_once() -> None:
    """Whatever cannot be opened is said when the application is made."""
    with pytest.raises(PluginError, match="nowhere"):
        application(storage="nowhere://")


# -- commands -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["deliver"], "sent: 1, postponed: 0, given up: 0"),
        (["expire"], "ended: 0"),
        (["warn"], "warned: 0"),
        (["cancel-unused"], "cancelled: 0"),
        (["cancel-unused", "--dry-run"], "would be cancelled: 0"),
    ],
)
def test_the_commands_work_on_the_application_s_registrar(command, told) -> None:
    """``flask registrazione …`` delivers letters and runs the timers."""
    app = application(deliver=False)
    browser = Browser(app)
    browser.get(f"{BASE}/register")
    browser.send(**FORM)

    result = app.test_cli_runner().invoke(args=["registrazione", *command])

    assert result.exit_code == 0
    assert told in result.output


def test_an_operator_s_desk_is_open_to_operators_only() -> None:
    """The callable of the settings is asked in each request."""
    asked: list[str] = []

    def operator(request) -> None:
        asked.append(request.path)

    app = application(operator=operator)

    assert Browser(app).get(f"{BASE}/sign-in").status_code == 200
    assert asked == [f"{BASE}/sign-in"]
    assert app.extensions["registrazione"].site.setup.desk is True


def test_texts_lie_beside_the_application(tmp_path) -> None:
    """A path that is not whole begins where the application's own templates do."""
    (tmp_path / "texts.toml").write_text('["sign_in.title"]\nit = "Entra"\nen = "Enter"\n')
    app = Flask("some_app", root_path=str(tmp_path))
    app.config["SECRET_KEY"] = KEY
    settings = {"profile": "standard", "storage": "memory://", "mailer": "memory://"}
    Registrazione(app, **settings, texts="texts.toml")

    assert "<h1>Entra</h1>" in app.test_client().get(f"{BASE}/sign-in").text


@pytest.mark.parametrize("protected_first", [True, False])
def test_other_sites_may_post_whichever_protection_comes_first(protected_first) -> None:
    """CSRFProtect asks nothing of what an identity provider sends, before or after us."""

    def answer(visit):
        return Send(body=visit.typed("word").encode(), content_type="text/plain")
        yield

    app = Flask("both_ways")
    app.config["SECRET_KEY"] = KEY
    if protected_first:
        CSRFProtect(app)
    Registrazione(
        app,
        routes=(Route("/back/<who>", get=answer, post=answer, foreign=True),),
        profile="standard",
        storage="memory://",
        mailer=Outbox(),
        base_url=f"{HOST}{BASE}",
    )
    if not protected_first:
        CSRFProtect(app)
    client = app.test_client()

    assert client.post(f"{BASE}/back/them", data={"word": "ciao"}).data == b"ciao"
    assert client.post(f"{BASE}/sign-in").status_code == 400
    assert "Il modulo non è più valido" in client.post(f"{BASE}/sign-in").text


def test_the_pages_below_an_application_that_is_mounted_somewhere() -> None:
    """``base_url`` is what browsers see; the server cuts ``APPLICATION_ROOT`` off."""
    outbox = Outbox()
    app = Flask("mounted")
    app.config.update(SECRET_KEY=KEY, APPLICATION_ROOT="/portal")
    Registrazione(
        app,
        profile="standard",
        storage="memory://",
        mailer=outbox,
        base_url=f"{HOST}/portal{BASE}",
        hasher=FastHasher(),
    )

    @app.get("/private")
    @sign_in_required
    def private() -> str:
        return "the private page"

    client = app.test_client()
    page = client.get(f"{BASE}/register", base_url=f"{HOST}/portal", follow_redirects=True)
    away = client.get("/private?a=b", base_url=f"{HOST}/portal")

    assert page.status_code == 200
    assert f'action="/portal{BASE}/register/' in page.text
    assert client.get_cookie("session", path="/portal") is not None
    assert away.location == f"/portal{BASE}/sign-in?next=/portal/private?a%3Db"


def test_an_application_root_that_is_another_s_changes_nothing() -> None:
    """Only whole parts of a path count."""
    app = Flask("elsewhere")
    app.config.update(SECRET_KEY=KEY, APPLICATION_ROOT="/reg")
    Registrazione(
        app, profile="standard", storage="memory://", mailer=Outbox(), base_url=f"{HOST}{BASE}"
    )

    assert app.test_client().get(f"{BASE}/sign-in").status_code == 200


@pytest.mark.parametrize(("hours", "status"), [(2, 200), (11, 200), (13, 400)])
def test_a_form_may_lie_open_as_long_as_the_browser_keeps_the_rest(
    monkeypatch, hours, status
) -> None:
    """Whoever is called away for an hour does not type everything again."""
    app = application()
    browser = Browser(app)
    now = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) - hours * 3600)
    browser.get(f"{BASE}/recover/password")
    monkeypatch.setattr(TimestampSigner, "get_timestamp", now)

    assert browser.send(who="ada@posta.example").status_code == status
