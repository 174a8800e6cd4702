"""SPID on the pages of Flask and Django: two services behind the button, real SAML, and back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
from tests.contrib.web.browserless import come_in, register, sign_in
from tests.contrib.web.vouched_for import filled_in
from tests.stories.framework_pages import CALLBACK, choose, outgoing_of, spid_in
from tests.world import ANNA, MARIO, password_of

from registrazione.adapters.saml.logout import (
    logout_answer,
    logout_request,
)
from registrazione.adapters.saml.logout_reading import (
    asked_to_end,
    redirected_message,
)
from registrazione.adapters.saml.profiles import POST, REDIRECT
from registrazione.contrib.web.exchange import Send
from registrazione.core.states import AccountState, LinkState
from registrazione.profiles import load
from registrazione.testing.people import Person

ARUBA, POSTE = "https://aruba.example", "https://poste.example"
ROSSI = Person(
    name=MARIO.name,
    surname=MARIO.surname,
    sex=MARIO.sex,
    born=MARIO.born,
    birth_place=MARIO.place,
    email="mario@spid.example",
    phone="+393331234567",
)
BIANCHI = Person(
    name=ANNA.name,
    surname=ANNA.surname,
    sex=ANNA.sex,
    born=ANNA.born,
    birth_place=ANNA.place,
    email="anna@spid.example",
)
UNIMI = load("unimi-external")
LEVEL_ONE = attrs.evolve(UNIMI, federation=attrs.evolve(UNIMI.federation, min_level=1))


@pytest.fixture(params=["flask", "django"])
def framework(request):
    """Everything happens in each of the two."""
    return request.param


def accounts(visitor):
    """Return the active accounts."""
    return visitor.world.registrar.accounts("active").items


@pytest.mark.requirement("MIM-02", "MIM-06", "MIM-08")
def test_a_new_person_comes_in_and_fills_in_what_is_missing(framework):
    """No registration: the service tells the person, the page asks for the rest."""
    with spid_in(framework, "mim-students") as (visitor, spid):
        spid.answer(choose(visitor, POSTE), ROSSI, service=1)
        assert visitor.name == "complete"
        asked = {field.name for field in visitor.form().fields}
        assert not asked & {"name", "surname", "cf", "birth_date"}
        assert MARIO.cf in visitor.facts.values()
        visitor.submit(filled_in(visitor))

        assert visitor.name == "area"
        (account,) = accounts(visitor)
        assert (account.codice_fiscale, account.values["surname"]) == (MARIO.cf, MARIO.surname)
        assert account.identities[0].issuer == POSTE

        visitor.sign_out()
        spid.answer(choose(visitor, POSTE), ROSSI, service=1)
        assert visitor.name == "area"
        assert len(accounts(visitor)) == 1


@pytest.mark.requirement("IOL-11", "UNI-02", "POL-01")
@pytest.mark.parametrize("profile", ["iscrizioni-online", "unimi-external", "polis"])
def test_who_has_spid_needs_no_registration(framework, profile):
    """Whatever the procedure: in by SPID, active at once or once the rest is filled in."""
    with spid_in(framework, profile) as (visitor, spid):
        button = visitor.get("/sign-in").links["Entra con SPID"]
        assert visitor.get(button).name == "identity.choose"
        spid.answer(choose(visitor, ARUBA), ROSSI)
        if visitor.name == "complete":
            visitor.submit(filled_in(visitor))

        assert visitor.reply.signed_in or visitor.name in {"area", "code"}
        (account,) = accounts(visitor)
        assert account.link in {LinkState.LINKED, LinkState.ONLY}


@pytest.mark.requirement("UNI-03", "UNI-02")
def test_an_account_with_a_password_is_aligned_and_then_opens_by_spid_alone(framework):
    """The difference of the data, side by side; accepted, the password is void."""
    with spid_in(framework, "unimi-external") as (visitor, spid):
        come_in(visitor, cf=MARIO.cf, surname="Rosso")
        visitor.sign_out()
        spid.answer(choose(visitor, ARUBA), ROSSI)

        assert visitor.name == "align"
        table = next(block for block in visitor.page.blocks if hasattr(block, "columns"))
        told = {row[0].text: (row[1].text, row[2].text) for row in table.rows}
        assert told["Cognome"] == ("Rosso", "Rossi")
        assert told["Email"] == (MARIO.email(), ROSSI.email)
        visitor.submit(do="accept")
        assert visitor.name == "area"
        (account,) = accounts(visitor)
        assert (account.link, account.values["surname"]) == (LinkState.ONLY, "Rossi")

        visitor.sign_out()
        password = password_of(visitor.world.profile, MARIO)
        visitor.get("/sign-in").submit({"username": MARIO.username, "password": password})
        assert visitor.name == "sign_in"
        assert visitor.page.faults
        spid.answer(choose(visitor, POSTE), ROSSI, service=1)
        assert visitor.name == "area"


@pytest.mark.requirement("UNI-03")
def test_who_refuses_the_alignment_keeps_the_password(framework):
    """Nothing changes, and the password still opens."""
    with spid_in(framework, "unimi-external") as (visitor, spid):
        come_in(visitor, cf=MARIO.cf)
        visitor.sign_out()
        spid.answer(choose(visitor, ARUBA), ROSSI)
        visitor.submit(do="refuse")
        (account,) = accounts(visitor)

        assert account.link is LinkState.NONE
        sign_in(visitor, account, password_of(visitor.world.profile, MARIO))
        assert visitor.name == "area"


@pytest.mark.requirement("UNI-02", "UNI-03")
def test_who_is_signed_in_adds_spid_to_the_account(framework):
    """From the session, by way of the alignment; no other account comes to be."""
    with spid_in(framework, "unimi-external") as (visitor, spid):
        come_in(visitor, cf=MARIO.cf)
        visitor.get(visitor.get("/profile").links["Collega SPID al tuo account"])
        assert visitor.name == "identity.choose"
        spid.answer(choose(visitor, ARUBA), ROSSI)
        assert visitor.name == "align"
        visitor.submit(do="accept")

        (account,) = accounts(visitor)
        assert [identity.provider for identity in account.identities] == ["spid"]
        assert visitor.get("/profile").facts["Identità digitali collegate"] == "SPID"
        assert "Collega SPID al tuo account" not in visitor.links


@pytest.mark.requirement("UNI-04")
def test_somebody_elses_spid_is_refused(framework):
    """SPID is strictly personal: who is signed in as Mario is not Anna."""
    with spid_in(framework, "unimi-external") as (visitor, spid):
        come_in(visitor, cf=MARIO.cf)
        spid.answer(choose(visitor, POSTE), BIANCHI, service=1)

        assert (visitor.name, visitor.status) == ("identity.refused", 422)
        assert "strettamente personale" in visitor.said[0]
        (account,) = accounts(visitor)
        assert account.identities == ()
        assert visitor.get("/area").name == "area"


@pytest.mark.requirement("UNI-10", "UNI-04")
@pytest.mark.parametrize(
    ("number", "said"), [(25, "annullato"), (19, "credenziali"), (23, "sospesa o revocata")]
)
def test_who_is_not_let_in_there_reads_why_and_what_to_do(framework, number, said):
    """The anomaly in words, that the password is not known here, help, and the way back."""
    with spid_in(framework, "unimi-external") as (visitor, spid):
        service = visitor.world.profile.services[0].name
        spid.refusal(choose(visitor, ARUBA, f"?service={service}"), number)

        assert visitor.name == "identity.refused"
        assert said in visitor.said[0]
        assert "password" in visitor.prose
        assert visitor.page.help
        visitor.get(visitor.links["Riprova con l'identità digitale"])
        assert visitor.name == "identity.choose"
        assert f"service={service}" in visitor.links[POSTE]
        assert accounts(visitor) == ()


@pytest.mark.requirement("POL-18", "POL-01")
def test_a_registration_that_waits_for_the_visit_goes_on_by_spid(framework):
    """From the page that says to come in person, through the choice, to an active account."""
    with spid_in(framework, "polis") as (visitor, spid):
        register(visitor, MARIO)
        (waiting,) = visitor.world.registrar.accounts("awaiting_link").items
        visitor.get(f"/activate/{visitor.world.link(waiting.email)}").submit()
        assert visitor.name == "waiting.presence"
        visitor.get(visitor.links["Entra con SPID"])
        assert visitor.name == "identity.choose"
        visitor.get(visitor.links[ARUBA])
        spid.answer(visitor, ROSSI)

        account = visitor.world.registrar.load(waiting.id)
        assert account.state is AccountState.ACTIVE
        assert [identity.issuer for identity in account.identities] == [ARUBA]


def test_an_answer_counts_once_and_in_one_browser(framework):
    """The same answer again, and from a service that was not chosen, lets nobody in."""
    with spid_in(framework, "unimi-external") as (visitor, spid):
        choose(visitor, ARUBA)
        idp = spid.services[0]
        asked = idp.read(outgoing_of(visitor), CALLBACK)
        fields = idp.answer(idp.draft(asked, ROSSI))
        assert spid.brought(visitor, fields).name != "identity.refused"
        assert spid.brought(visitor, fields).name == "identity.refused"


@pytest.mark.requirement("MIM-08")
def test_the_metadata_are_served_where_their_name_says(framework):
    """To anybody, signed, without a cookie; another path has nothing."""
    with spid_in(framework, "unimi-external") as (visitor, _):
        visitor.get("/identity/spid/metadata")
        assert isinstance(visitor.outcome, Send)
        assert b"AssertionConsumerService" in visitor.outcome.body
        assert visitor.reply.cookies == ()
        visitor.get("/identity/spid/.well-known/openid-federation")
        assert visitor.status == 404


LOGOUT = "/identity/spid/logout"


def inside_at_level_one(visitor, spid):
    """Come in at the level at which a session goes on at the service."""
    spid.answer(choose(visitor, POSTE), ROSSI, service=1)
    assert visitor.get("/area").name == "area"


def ending_of(visitor, party):
    """Return what the service reads in the address that the page leads to."""
    query = urlsplit(visitor.links["Prosegui"]).query
    message = redirected_message(party, query, visitor.world.clock.now())
    return asked_to_end(party, message, parse_qs(query)["RelayState"][0])


@pytest.mark.requirement("MIM-42")
@pytest.mark.parametrize("binding", [POST, REDIRECT])
def test_who_leaves_is_out_here_and_at_the_service(framework, binding):
    """Ours ends first; the service's answer comes back, and the page says both."""
    with spid_in(framework, LEVEL_ONE, level=1) as (visitor, spid):
        inside_at_level_one(visitor, spid)
        visitor.sign_out()
        assert visitor.name == "identity.out"
        party = spid.party(1, binding)
        asked = ending_of(visitor, party)
        assert visitor.get("/area").name == "sign_in"
        answer = logout_answer(party, asked, visitor.world.clock.now())
        if answer.fields:
            spid.brought(visitor, dict(answer.fields), LOGOUT)
        else:
            visitor.get(answer.url)

        assert visitor.name == "sign_in"
        assert "Sei uscito da questo sito e dal gestore di identità." in visitor.said


@pytest.mark.requirement("MIM-42")
def test_a_service_ends_the_session_of_its_own_sign_in(framework):
    """Its request ends ours, and its answer goes back; another person's request does not."""
    with spid_in(framework, LEVEL_ONE, level=1) as (visitor, spid):
        inside_at_level_one(visitor, spid)
        visitor.sign_out()
        party, now = spid.party(1, POST), visitor.world.clock.now()
        asked = ending_of(visitor, party)
        inside_at_level_one(visitor, spid)
        for name_id, name in (("_somebody-else", "area"), (asked.name_id, "sign_in")):
            request = logout_request(
                party,
                next(iter(party.providers.values())),
                name_id=name_id,
                session_index=asked.session_indexes[0],
                state="theirs",
                at=now,
                named=asked.named,
            )
            spid.brought(visitor, dict(request.fields), LOGOUT)
            assert visitor.name == "identity.out_reply"
            assert "RelayState=theirs&" in visitor.links["Prosegui"]
            assert visitor.get("/area").name == name
