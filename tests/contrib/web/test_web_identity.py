"""In by SPID, CIE or eIDAS: there and back, from the same browser, once."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
from tests.contrib.web.browserless import Visitor, come_in, register, visitor_of
from tests.contrib.web.vouched_for import (
    CALLBACK,
    Closed,
    PostedTo,
    Silent,
    answered,
    come_by,
    filled_in,
    leave,
)
from tests.world import ANNA, BASE_URL, LUCA, MARIO, SECRETARIAT

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.contrib.web.chapters.identity import MOST_PENDING
from registrazione.contrib.web.exchange import Go, Send, Show
from registrazione.core.profile import Federation
from registrazione.core.refusals import Refusal
from registrazione.ports import IdentityError, IdentityProvider, Outgoing, StartsSignIn
from registrazione.profiles import load

# -- there -------------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-08", "IOL-11", "POL-01")
def test_the_button_leads_to_the_provider_with_the_way_back():
    """The address of the page that answers, and an unguessable name, go along."""
    visitor = visitor_of("iscrizioni-online").get("/sign-in")
    assert visitor.links["Entra con SPID"].endswith("/identity/spid")

    for provider in ("spid", "cie", "eidas"):
        first, second = leave(visitor, provider), leave(visitor, provider)
        assert isinstance(visitor.outcome, Go)
        there = urlsplit(visitor.outcome.url)
        assert there.path == f"/demo/identity/{provider}"
        callback = parse_qs(there.query)["callback"]
        assert callback == [f"{BASE_URL}/identity/{provider}/callback"]
        assert first != second
        assert 24 <= len(first) <= 80


def test_a_form_goes_by_itself_to_its_own_origin_alone():
    """The page lets it go there, and no token of ours goes along."""
    visitor = visitor_of(identity_providers=[PostedTo("spid", {})]).get("/identity/spid")
    form = visitor.form()

    assert (visitor.name, form.action) == ("identity.leave", "https://idp.example/sso?x=1")
    assert form.bare
    assert form.auto
    assert [name for name, _ in form.hidden] == ["SAMLRequest", "RelayState"]
    policy = dict(visitor.reply.headers)["Content-Security-Policy"]
    assert "form-action 'self' https://idp.example;" in policy


def test_a_form_for_this_host_needs_no_other_origin():
    """Where the address has no host, the policy stays as it is."""

    class Here(PostedTo):
        def start(self, callback_url: str, state: str) -> Outgoing:
            return attrs.evolve(super().start(callback_url, state), url="/sso")

    visitor = visitor_of(identity_providers=[Here("spid", {})]).get("/identity/spid")
    assert "form-action 'self';" in dict(visitor.reply.headers)["Content-Security-Policy"]


def test_where_nobody_starts_a_sign_in_there_is_no_page():
    """A provider of the procedure that the host leads to itself is not to be started here."""
    silent = Silent("spid")
    assert isinstance(silent, IdentityProvider)
    assert not isinstance(silent, StartsSignIn)

    assert visitor_of(identity_providers=[silent]).get("/identity/spid").status == 404


@pytest.mark.parametrize("awaitable", [False, True])
def test_a_provider_that_is_none_or_away_is_refused_in_words(awaitable):
    """The visitor reads why, and how else to get in."""
    visitor = visitor_of(identity_providers=[Closed("spid", {})], awaitable=awaitable)

    assert visitor.get("/identity/eidas").page.faults[0].text
    assert "Riprova con l'identità digitale" not in visitor.links
    assert visitor.get("/identity/spid").said == [
        "Il gestore di identità non risponde: riprova più tardi."
    ]
    assert visitor.links["Riprova con l'identità digitale"].endswith("/identity/spid")


# -- and back ----------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-02", "MIM-02")
@pytest.mark.parametrize("awaitable", [False, True])
def test_who_is_vouched_for_is_in_at_once(awaitable):
    """No registration: what the provider tells, and what it does not, makes the account."""
    visitor = come_by(visitor_of(awaitable=awaitable), MARIO)
    if visitor.name == "complete":
        visitor.submit(filled_in(visitor))

    assert visitor.name == "area"
    account = visitor.reply.signed_in or visitor.replies[-2].signed_in
    assert account is not None
    assert account.codice_fiscale == MARIO.cf


@pytest.mark.requirement("MIM-29")
def test_the_service_that_was_wanted_survives_the_journey():
    """What stood behind the button is where the person gets to; an unknown one is forgotten."""
    visitor = visitor_of(setup={"services": {"pagamenti": "https://pay.example/"}})
    come_in(visitor, cf=MARIO.cf)
    visitor.sign_out()
    state = leave(visitor, query="?service=pagamenti")
    answered(visitor, state, MARIO)

    assert visitor.name == "align"
    visitor.submit(do="accept")
    assert any(url.endswith("/service/pagamenti") for url in visitor.trail)
    visitor.sign_out() if visitor.left == "" else visitor.post("/sign-out")
    come_by(visitor, MARIO, query="?service=nothing-of-the-kind")
    assert visitor.name == "area"


@pytest.mark.requirement("UNI-02")
def test_an_answer_is_taken_once():
    """The same state again, as a back button brings it, lets nobody in."""
    visitor = visitor_of()
    state = leave(visitor)
    answered(visitor, state, MARIO)
    answered(visitor, state, MARIO)

    assert (visitor.name, visitor.status) == ("identity.refused", 422)


@pytest.mark.parametrize("query", ["", "?state=", "?state=made-up", "?person=mario.rossi"])
def test_an_answer_that_nobody_asked_for_is_refused(query):
    """Login CSRF: an attacker's answer does not sign the visitor in."""
    visitor = visitor_of().get(f"{CALLBACK}{query}")
    assert visitor.name == "identity.refused"
    assert visitor.get("/area").name == "sign_in"


def test_an_answer_belongs_to_the_browser_that_asked():
    """Another browser cannot use the state, whatever it learned of it."""
    visitor = visitor_of()
    state = leave(visitor)
    stranger = Visitor(visitor.site)

    assert answered(stranger, state, MARIO).name == "identity.refused"
    assert answered(visitor, state, MARIO).name != "identity.refused"


def test_an_answer_belongs_to_the_provider_that_was_asked():
    """What was begun with one provider is not taken from another."""
    visitor = visitor_of("iscrizioni-online")
    state = leave(visitor, "spid")
    assert answered(visitor, state, MARIO, "cie").name == "identity.refused"


def test_an_answer_does_not_let_wait_for_itself():
    """Ten minutes and no more."""
    visitor = visitor_of()
    state = leave(visitor)
    visitor.world.wait(minutes=10, seconds=1)
    assert answered(visitor, state, MARIO).name == "identity.refused"


def test_a_browser_has_a_few_sign_ins_under_way():
    """The oldest of too many is forgotten; the others still count."""
    visitor = visitor_of()
    states = [leave(visitor) for _ in range(MOST_PENDING + 1)]

    assert answered(visitor, states[0], MARIO).name == "identity.refused"
    assert answered(visitor, states[1], MARIO).name != "identity.refused"


@pytest.mark.requirement("UNI-10")
def test_what_the_provider_refuses_is_told_with_its_own_help():
    """Who gives up at the provider reads so, and that the password is not known here."""
    spid = ScriptedProvider("spid", {"annulla": IdentityError("cancelled")})
    visitor = come_by(visitor_of(identity_providers=[spid]), "annulla")

    assert visitor.said == ["L'accesso con il gestore di identità è stato annullato."]
    assert "password" in visitor.prose
    route = load("unimi-external").help["identity"]
    assert visitor.page.help[0].text == route.text.it


# -- posted from elsewhere ---------------------------------------------------------------------


def posted(visitor: Visitor, form: dict[str, str]) -> Visitor:
    """Post from another site: the browser leaves our cookies at home, and takes none over."""
    elsewhere = Visitor(visitor.site)
    elsewhere.post(CALLBACK, form)
    assert not elsewhere.jar, "a page for who brings no cookies must not set any"
    visitor.replies.append(elsewhere.reply)
    return visitor


def test_an_answer_posted_by_another_site_is_posted_again_from_here():
    """SAML's POST binding works with cookies that do not come along from elsewhere."""
    visitor = visitor_of()
    state = leave(visitor)
    sent = {"person": MARIO.username, "nonce": "n1", "RelayState": state}
    posted(visitor, sent)
    form = visitor.form()

    assert (visitor.name, visitor.status) == ("identity.back", 200)
    assert (form.bare, form.auto) == (True, True)
    assert visitor.site.is_foreign(CALLBACK)
    visitor.submit()
    assert visitor.name != "identity.refused"
    visitor.post(CALLBACK, sent)
    assert visitor.name == "identity.back"
    visitor.submit()
    assert visitor.name == "identity.refused"


def test_an_answer_that_comes_with_cookies_is_taken_at_once():
    """Where the browser brings them, nothing is posted twice."""
    visitor = visitor_of()
    state = leave(visitor)
    visitor.post(CALLBACK, {"person": MARIO.username, "nonce": "n1", "state": state})
    assert "identity.back" not in {
        reply.outcome.page.name for reply in visitor.replies if isinstance(reply.outcome, Show)
    }
    assert visitor.name != "identity.refused"


def test_a_posted_answer_is_cut_where_it_is_too_long():
    """A form of very many fields is none of a provider's."""
    visitor = posted(visitor_of(), {f"x{number}": "y" for number in range(100)})
    assert len(visitor.form().hidden) < 30


# -- with a registration, or an account --------------------------------------------------------


@pytest.mark.requirement("POL-18")
def test_a_registration_that_waits_goes_on_by_the_identity():
    """From the page that says to come in person, SPID stands for the visit."""
    visitor = register(visitor_of("polis"), MARIO)
    account = visitor.world.registrar.accounts("awaiting_link").items[0]
    token = visitor.world.link(account.email)
    visitor.get(f"/activate/{token}").submit()
    assert visitor.name == "waiting.presence"
    way = visitor.links["Entra con SPID"]
    state = leave(visitor, query=f"?{urlsplit(way).query}")
    answered(visitor, state, MARIO)

    assert visitor.world.registrar.load(account.id).state == "active"
    assert visitor.name not in {"identity.refused", "waiting.presence"}


@pytest.mark.requirement("POL-07")
def test_the_link_leads_this_browser_to_its_own_registration_alone():
    """Of several in one browser the page is the right one's; another browser has none."""
    visitor = visitor_of("polis")
    for person in (ANNA, LUCA, MARIO):
        register(visitor, person)
        visitor.world.wait(minutes=1)
    anna, luca, mario = visitor.world.registrar.accounts("awaiting_link").items
    visitor.world.registrar.cancel(operator=SECRETARIAT, account_id=anna.id, reason="r")
    visitor.world.registrar.erase(operator=SECRETARIAT, account_id=anna.id)

    visitor.get(f"/activate/{visitor.world.link(mario.email)}").submit()
    assert visitor.name == "waiting.presence"
    pdf = next(url for url in visitor.links.values() if url.endswith("form.pdf"))
    outcome = visitor.get(pdf).outcome
    assert isinstance(outcome, Send)
    assert outcome.body.startswith(b"%PDF")
    assert dict(visitor.reply.headers)["Content-Disposition"].endswith('modulo-di-adesione.pdf"')
    stranger = Visitor(visitor.site)
    stranger.get(pdf)
    assert stranger.name == "sign_in"
    stranger.get(f"/activate/{visitor.world.link(luca.email)}")
    stranger.submit({field.name: LUCA.password for field in stranger.form().fields})
    assert stranger.name == "done.go-in-person"


def test_a_registration_of_another_browser_cannot_be_named():
    """The name in the address opens nothing without the cookie."""
    visitor = visitor_of("polis").get("/identity/spid?ticket=0123456789ab")
    assert visitor.name == "sign_in"


@pytest.mark.requirement("UNI-04")
def test_somebody_elses_identity_is_refused_to_who_is_signed_in():
    """SPID is strictly personal."""
    visitor = come_in(visitor_of(), MARIO)
    come_by(visitor, ANNA)

    assert visitor.name == "identity.refused"
    assert "strettamente personale" in visitor.said[0]
    assert visitor.get("/area").name == "area"


def test_who_is_signed_in_adds_an_identity():
    """Where nothing is to be aligned, it is linked at once, and said so."""
    profile = load("unimi-external")
    plain = attrs.evolve(profile, federation=Federation(providers=("spid",)))
    visitor = come_in(visitor_of(plain), MARIO)
    come_by(visitor, MARIO)

    assert visitor.said == ["L'identità digitale è stata collegata al tuo account."]


def test_signing_in_by_identity_ends_the_session_before():
    """The same person's at once, another's once the data are complete (ASVS 5.0 7.2.4)."""
    visitor = visitor_of("mim-students")
    state = leave(visitor)
    come_by(visitor, MARIO).submit(filled_in(visitor))
    sessions = [visitor.reply.session]
    come_by(visitor, MARIO)
    sessions.append(visitor.reply.session)
    answered(visitor, state, ANNA)
    assert visitor.name == "complete"
    visitor.submit(filled_in(visitor))

    assert visitor.name == "area"
    for session in sessions:
        with pytest.raises(Refusal, match=r"session\.ended"):
            visitor.world.registrar.look(session=session)


def test_a_session_that_ended_on_the_way_signs_in_again():
    """Who was signed in on leaving is asked for the password, not let in by another way."""
    visitor = come_in(visitor_of(), MARIO)
    state = leave(visitor)
    account = visitor.world.registrar.accounts("active").items[0]
    visitor.world.registrar.suspend(SECRETARIAT, account.id, "why")
    assert answered(visitor, state, MARIO).name == "sign_in"
