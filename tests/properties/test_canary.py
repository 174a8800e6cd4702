"""Canaries: what nobody may see is in no repr, text, log, trail or outbox (ASVS 5.0 16.2.5)."""

from __future__ import annotations

import logging
import traceback
from datetime import date

import attrs
import pytest
from tests.world import (
    ANNA,
    DIGEST,
    HELP_DESK,
    PROFILES,
    SECRETARIAT,
    Person,
    World,
    domain_of,
    text_of,
)
from tests.wrapped import Wrapped

from registrazione import Refusal
from registrazione.adapters.memory import MemoryStore
from registrazione.core.events import Event
from registrazione.service import perform

CANARY = Person(
    name="Zenobia",
    surname="Quarantadue",
    sex="F",
    born=date(1988, 8, 8),
    place="L219",
    password="Zqx8Parola1",
    code="zqx8codice1",
)
PHONE = "3471234567"
DOCUMENT = "ZQX8DOC42"
NEW_PASSWORD = "Zqx8Seconda2"
LONG, NEW_LONG = "zqx8 lunga frase di passaggio", "zqx8 seconda frase di passaggio"


class Spy:
    """Keep everything that passes by a world."""

    def __init__(self, profile, monkeypatch):
        """Open a world, and listen at its doors."""
        self.things = []
        self.secrets = set()
        store = Wrapped(MemoryStore())
        self.world = World(profile, storage=store)
        self.world.people = {}
        commit, change = store._port.commit, perform._change

        def watched_commit(made):
            self.things.append(made)
            commit(made)

        def watched_change(decision, command, *rest):
            self.things += [decision, command, *decision.events, decision.answer, decision.account]
            self.things += [o.account for o in decision.others]
            return change(decision, command, *rest)

        store._port.commit = watched_commit
        monkeypatch.setattr(perform, "_change", watched_change)

    def ask(self, method, *arguments, **more):
        """Call a method of the registrar, and keep what it answers or raises."""
        try:
            answer = getattr(self.world.registrar, method)(*arguments, **more)
        except Refusal as refused:
            self.things += [refused, "".join(traceback.format_exception(refused))]
            self.secrets |= {refused.ticket}
            return None
        self.things.append(answer)
        self.secrets |= {getattr(answer, n, "") for n in ("ticket", "session", "receipt")}
        return answer


def register(spy):
    """Go through a whole registration, with mistakes; return the account."""
    world, profile = spy.world, spy.world.profile
    domain = domain_of(profile)
    email = f"zenobia.canarino@{domain}"
    password = LONG if profile.name == "standard" else CANARY.password
    typed = CANARY.values(profile, email=email, phone=PHONE, document_number=DOCUMENT)
    typed = {k: v for k, v in typed.items() if profile.field(k) is not None}
    if "password" in typed:
        typed |= {"password": password, "password_again": password}
    consents = [text.name for text in profile.consents]

    draft = spy.ask("begin").draft
    for step in profile.steps:
        if step == "notice":
            draft = spy.ask("acknowledge_notice", draft).draft
        elif step == "identify":
            spy.ask("identify", draft, CANARY.cf[:-1] + "9", human_response="on")
            draft = spy.ask("identify", draft, CANARY.cf, human_response="on").draft
        elif step == "fill":
            spy.ask("fill", draft, {**typed, "email": "zenobia@", "name": ANNA.name})
            spy.ask("fill", draft, {**typed, CANARY.password: CANARY.cf, PHONE: email})
            draft = spy.ask("fill", draft, typed, consents=consents).draft
    confirmed = spy.ask("confirm", draft)
    account = confirmed.account
    if "link" in profile.gates:
        link = world.link(email)
        spy.secrets.add(link)
        spy.ask("activate", link, password="Zqx8Sbagliata")
        more = {"password": password, "password_again": password}
        spy.ask("activate", link, ticket=confirmed.ticket, **more)
    if "secretariat" in profile.gates:
        spy.ask("approve", SECRETARIAT, account.id)
    if "presence" in profile.gates:
        shown = {"document_type": "passaporto", "document_number": DOCUMENT}
        args = (SECRETARIAT, account.id)
        spy.ask("identify_in_person", *args, codice_fiscale=ANNA.cf, form_signed=True, **shown)
        spy.ask("identify_in_person", *args, codice_fiscale=CANARY.cf, form_signed=True, **shown)
    return world.registrar.load(account.id)


def live(spy, account):
    """Use the account, with mistakes, up to its end."""
    world, profile = spy.world, spy.world.profile
    password, new = (
        (LONG, NEW_LONG)
        if profile.name == "standard"
        else (
            CANARY.password,
            NEW_PASSWORD,
        )
    )
    login = account.username or account.email
    if profile.first_password == "temporary":
        password = world.secret(account.email)
        spy.secrets.add(password)
    spy.ask("sign_in", login, "Zqx8Sbagliata", origin="10.99.98.97")
    session = spy.ask("sign_in", login, password).session
    spy.ask("change_password", session, "Zqx8Sbagliata", new, new)
    spy.ask("change_password", session, password, new, new)
    if profile.personal_code is not None:
        code = world.code(account.email)
        spy.secrets.add(code)
        spy.ask("change_personal_code", session, "zqx8sbagliato1", CANARY.code, CANARY.code)
        spy.ask("change_personal_code", session, code, CANARY.code, CANARY.code)
        service = next(s.name for s in profile.services if s.personal_code)
        spy.ask("authorise_submission", session, CANARY.code, service=service, digest=DIGEST)
        spy.ask("recover_personal_code", session)
        spy.secrets.add(world.code(account.email))
    spy.ask("update_contacts", session, {"mobile_phone": PHONE, "name": "Zenobia"})
    other = f"altra.canarino@{domain_of(profile)}"
    spy.ask("change_email", session, other, other, password=new)
    spy.ask("request_password_reset", email=account.email)
    spy.ask("recover_username", account.email)
    spy.ask("resend_activation", email=account.email)
    spy.ask("correct_data", SECRETARIAT, account.id, {"name": "Zenobietta"}, "richiesta scritta")
    spy.ask("history", session=session)
    spy.ask("export_account", session=session)
    spy.ask("suspend", HELP_DESK, account.id, "accertamenti in corso")
    spy.ask("sign_in", login, new)
    spy.ask("reinstate", HELP_DESK, account.id, "chiarito")
    spy.ask("cancel", operator=HELP_DESK, account_id=account.id, reason="fine")
    spy.ask("erase", operator=SECRETARIAT, account_id=account.id)


def hidden(spy):
    """Return everything that must not be seen, in small letters."""
    words = {
        CANARY.cf,
        CANARY.name,
        CANARY.surname,
        CANARY.password,
        CANARY.code,
        PHONE,
        DOCUMENT,
        NEW_PASSWORD,
        LONG,
        NEW_LONG,
        "canarino",
        "zqx8",
        "10.99.98.97",
        ANNA.cf,
    }
    return {word.lower() for word in words | spy.secrets if word}


@pytest.fixture(params=PROFILES)
def spied(request, monkeypatch, caplog):
    """A whole life of an account, everything of it kept."""
    caplog.set_level(logging.DEBUG)
    spy = Spy(request.param, monkeypatch)
    live(spy, register(spy))
    spy.world.post()
    spy.log = caplog
    return spy


def seen_in(text, words):
    """Return the words that are in a text."""
    small = text.lower()
    return {word for word in words if word in small}


def test_nothing_of_the_canary_is_seen(spied):
    """Not in answers, accounts, commands, events, decisions, changes or exceptions."""
    assert len(spied.things) > 100
    assert any(isinstance(thing, Event) for thing in spied.things)
    assert any(isinstance(thing, Refusal) for thing in spied.things)
    words = hidden(spied)
    assert len(words) > 15
    for thing in spied.things:
        assert not seen_in(f"{thing!r} {thing!s}", words), type(thing)


def test_nothing_of_it_is_in_a_log(spied):
    """Whatever any library logs at whatever level."""
    lines = [f"{r.getMessage()} {r.args!r} {r.exc_text or ''}" for r in spied.log.records]

    assert not seen_in("\n".join(lines), hidden(spied))


def test_nothing_of_it_is_in_the_trail(spied):
    """The trail keeps fixed words, numbers and ids, in full and for ever."""
    records = [str(attrs.asdict(record)) for record in spied.world.told]

    assert len(records) > 20
    assert not seen_in("\n".join(records), hidden(spied))


def test_nothing_but_the_address_is_in_the_outbox(spied):
    """A letter's secrets and data are found again when it is written (outbox without secrets)."""
    rows = [
        attrs.asdict(letter, filter=lambda field, _value: field.name != "to")
        for thing in spied.things
        for letter in getattr(thing, "letters", ())
    ]

    assert len(rows) > 5
    assert not seen_in(str(rows), hidden(spied))


def test_the_canary_did_live(spied):
    """The letters, which are for the person alone, do carry name and secrets."""
    texts = " ".join(text_of(letter) for letter in spied.world.mailer.sent).lower()

    assert "zenobia" in texts
    assert spied.world.outbox()
