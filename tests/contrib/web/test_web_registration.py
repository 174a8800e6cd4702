"""The form on the pages: steps, ways back, tabs, reloads, double clicks."""

from __future__ import annotations

import pytest
from tests.contrib.web.browserless import (
    Visitor,
    fill_steps,
    register,
    respond,
    step_values,
    stored,
    visitor_of,
)
from tests.world import ANNA, MARIO, NOON, PROFILES

from registrazione.checks.places import InstalledPlaces
from registrazione.contrib.web.exchange import WebRequest
from registrazione.contrib.web.fields import InputType
from registrazione.core.profile import Step


def typed(visitor: Visitor, **changes: object) -> dict[str, object]:
    """Return what Mario types into the form."""
    return step_values(visitor, Step.FILL, **changes)


def at_form(profile: str = "iscrizioni-online", **settings: object) -> Visitor:
    """Return a visitor on the page of the form."""
    visitor = visitor_of(profile, **settings).get("/register")
    steps = visitor.world.profile.steps
    for step in steps[: steps.index(Step.FILL)]:
        visitor.submit(step_values(visitor, step))
    return visitor


@pytest.mark.requirement("MIM-09", "MIM-10", "MIM-11", "MIM-12", "MIM-23", "MIM-24")
@pytest.mark.parametrize("awaitable", [False, True])
def test_a_student_goes_from_the_notice_to_the_secretariat(awaitable) -> None:
    """Four numbered steps, each with its page, and then the wait that the ministry describes."""
    visitor = visitor_of("mim-students", awaitable=awaitable).get("/register")
    titles = ["Avviso", "Riconoscimento con codice fiscale", "Dati personali"]
    for number, title in enumerate([*titles, "Riepilogo dei dati inseriti"], 1):
        marks = visitor.page.marks
        assert visitor.page.title == title
        assert [mark.label for mark in marks] == [f"Passaggio {n}" for n in range(1, 5)]
        assert [mark.state for mark in marks].index("current") == number - 1
        assert [mark.state for mark in marks].count("done") == number - 1
        visitor.submit(step_values(visitor, visitor.world.profile.steps[number - 1]))

    assert visitor.name == "waiting.secretariat"
    assert "attendi che la segreteria abiliti l'utenza" in visitor.prose
    assert "credenziali di autenticazione temporanee" in visitor.prose


@pytest.mark.requirement("MIM-09")
def test_the_notice_has_its_button() -> None:
    """It says "Procedi con la registrazione", and there is nothing to go back to."""
    visitor = visitor_of("mim-students").get("/register")

    assert [button.label for button in visitor.form().buttons] == ["Procedi con la registrazione"]
    assert "SPID" in visitor.prose


@pytest.mark.requirement("MIM-11", "MIM-12", "IOL-02")
def test_code_and_human_check_come_first() -> None:
    """Both are mandatory, and both are told at once, at their fields."""
    visitor = visitor_of("iscrizioni-online").get("/register")

    assert visitor.field("codice_fiscale").required
    assert visitor.field("human_response").type is InputType.HUMAN
    visitor.submit({"codice_fiscale": "RSSMRA80A01H501X"})
    assert visitor.status == 422
    assert visitor.field("codice_fiscale").value == "RSSMRA80A01H501X"
    assert {message.field for message in visitor.page.faults} <= {
        field.id for field in visitor.form().fields
    }
    assert not any("RSSMRA" in url for url in visitor.trail)


@pytest.mark.requirement("MIM-13", "MIM-22")
def test_the_code_is_shown_and_cannot_be_changed() -> None:
    """On the page of the form it is a fact, not a field; mandatory fields are marked."""
    visitor = at_form("mim-students")

    assert visitor.facts["Codice fiscale inserito (non modificabile)"] == MARIO.cf
    assert "cf" not in [field.name for field in visitor.form().fields]
    assert visitor.form().asterisk
    assert visitor.field("surname").required


@pytest.mark.requirement("MIM-15")
def test_the_places_are_a_cascade_with_hints() -> None:
    """Each list says what has to be chosen first, and what a script needs to fill it."""
    visitor = at_form("mim-students", places=InstalledPlaces())
    region, comune = visitor.field("birth_region"), visitor.field("birth_place")

    assert visitor.field("birth_nation").options[0].label == "Italia"
    assert region.placeholder == "È necessario selezionare una nazione"
    assert visitor.field("birth_province").placeholder == "È necessario selezionare una regione"
    assert dict(comune.data)["choose-province"] == "È necessario selezionare una provincia"
    assert dict(comune.data)["place"] == "comune"
    assert dict(comune.data)["places-url"] == "/registrazione/places"
    groups = {option.group for option in visitor.field("birth_province").options}
    assert "Lazio" in groups
    visitor.submit(typed(visitor, surname="", birth_nation="Z100", birth_region="Lazio"))
    chosen = {
        name: [option.value for option in visitor.field(name).options if option.selected]
        for name in ("birth_nation", "birth_region", "birth_province")
    }
    assert chosen == {"birth_nation": ["Z100"], "birth_region": ["Lazio"], "birth_province": ["RM"]}
    assert comune.value == ""
    assert visitor.field("birth_place").value == "Roma (RM)"


def test_lists_are_in_the_visitors_language() -> None:
    """The nations by their English names, the documents as well."""
    visitor = visitor_of("mim-students", places=InstalledPlaces())
    visitor.languages = "en"
    visitor.get("/register").submit()
    visitor.submit(step_values(visitor, Step.IDENTIFY))
    nations = [option.label for option in visitor.field("birth_nation").options]

    assert nations[0] == "Italy"
    assert "Germany" in nations


@pytest.mark.requirement("MIM-21", "IOL-04")
@pytest.mark.parametrize("profile", ["mim-students", "iscrizioni-online"])
def test_going_back_loses_nothing(profile) -> None:
    """The button "Torna indietro" shows all that was typed, the repeated address as well."""
    visitor = fill_steps(visitor_of(profile))
    assert visitor.name == "register.summary"
    visitor.submit(do="back")

    assert visitor.name == "register.fill"
    assert visitor.field("surname").value == "Rossi"
    assert visitor.field("email_again").value == visitor.field("email").value != ""
    if profile == "mim-students":
        assert visitor.field("consent_terms").value == "yes"
    visitor.submit(do="back")
    assert visitor.field("codice_fiscale").value == MARIO.cf
    visitor.submit(step_values(visitor, Step.IDENTIFY)).submit({"name": "Mario", **typed(visitor)})
    assert visitor.name == "register.summary"


@pytest.mark.requirement("MIM-23", "IOL-04")
def test_the_summary_is_what_was_typed() -> None:
    """Labels and values as people read them; no password, no repeated field."""
    visitor = fill_steps(visitor_of("iscrizioni-online", places=InstalledPlaces()))

    assert visitor.facts["Codice fiscale"] == MARIO.cf
    assert visitor.facts["Sesso"] == "Maschio"
    assert visitor.facts["Comune di nascita"] == "Roma (RM)"
    assert "Conferma email" not in visitor.facts
    assert [button.label for button in visitor.form().buttons] == ["Conferma", "Torna indietro"]


@pytest.mark.requirement("MIM-17", "MIM-18", "MIM-19")
def test_a_wrong_form_is_shown_again_with_every_fault() -> None:
    """What was typed stays, but for passwords; each fault leads to its field."""
    visitor = at_form("mim-students")
    wrong = typed(visitor, email_again="other@example.it", surname="")
    visitor.submit({**wrong, "consent_terms": ""})

    assert visitor.status == 422
    assert visitor.field("name").value == "Mario"
    assert visitor.field("surname").faults
    assert visitor.field("email_again").faults
    assert visitor.field("consent_terms").faults
    assert visitor.field("consent_terms").value == ""
    assert visitor.field("consent_privacy").value == "yes"
    external = at_form("unimi-external")
    external.submit(typed(external, surname=""))
    assert external.field("password").value == ""
    assert external.field("username").value == MARIO.username


def test_reloading_and_the_browsers_back_show_what_was_typed() -> None:
    """Every step has an address of its own, which shows it again with the draft's data."""
    visitor = fill_steps(visitor_of("iscrizioni-online"))
    summary = visitor.path
    form = summary.replace("summary", "fill")

    assert visitor.get(summary).name == "register.summary"
    assert visitor.get(form).field("surname").value == "Rossi"
    assert visitor.get(form.replace("fill", "identify")).name == "register.identify"
    visitor.get(form).submit(typed(visitor, surname="Rossi"))
    assert visitor.path == summary
    assert visitor.get(form).head(form).status == 200


def test_no_step_is_left_out() -> None:
    """Asking for a later one, or for one that the procedure has not, leads to the present one."""
    visitor = visitor_of("iscrizioni-online").get("/register")
    here = visitor.path

    for step in ("summary", "fill", "notice", "other"):
        assert visitor.get(here.replace("identify", step)).path == here
        assert visitor.post(here.replace("identify", step)).path == here


def test_two_tabs_do_not_mix() -> None:
    """Two people of a family register side by side, in one browser."""
    first = visitor_of("iscrizioni-online").get("/register")
    second = first.another_tab().get("/register")
    for tab, person in ((first, MARIO), (second, ANNA)):
        tab.submit(step_values(tab, Step.IDENTIFY, person))
    for tab, person in ((second, ANNA), (first, MARIO)):
        tab.submit(step_values(tab, Step.FILL, person))

    assert first.facts["Cognome"] == "Rossi"
    assert second.facts["Cognome"] == "Bianchi"
    first.submit()
    second.submit()
    assert first.name == second.name == "waiting.link"
    assert first.path != second.path
    accounts = first.world.registrar.accounts().items
    assert {account.values["surname"] for account in accounts} == {"Rossi", "Bianchi"}


@pytest.mark.parametrize("awaitable", [False, True])
def test_a_form_confirmed_twice_registers_once(awaitable) -> None:
    """A second click, a reload of what was sent, or the form taken back: one account, one page."""
    visitor = fill_steps(visitor_of("iscrizioni-online", awaitable=awaitable))
    path, before = visitor.path, dict(visitor.jar)
    visitor.submit()
    waiting = visitor.path
    visitor.post(path, {"do": "next"})
    assert visitor.path == waiting
    assert visitor.get(path).path == waiting
    late = visitor.another_tab()
    late.jar = before
    late.post(path, {"do": "next"})

    assert late.path == waiting
    assert len(visitor.world.registrar.accounts().items) == 1
    assert len(visitor.outbox.letters("activation")) == 1


def test_a_lost_draft_begins_anew_and_says_why() -> None:
    """Without its cookie, or too late, the form begins again."""
    visitor = fill_steps(visitor_of("iscrizioni-online"))
    path = visitor.path
    other = Visitor(visitor.site)
    other.world = visitor.world
    visitor.world.wait(hours=13)

    assert other.get(path).name == "register.identify"
    assert "ricomincia da qui" in other.said[0]
    assert visitor.post(path, {"do": "next"}).name == "register.identify"
    assert "ricomincia da qui" in visitor.said[0]


@pytest.mark.requirement("MIM-03", "IOL-12")
def test_registration_that_is_closed_says_so() -> None:
    """After the closing date the page says that, and where help is."""
    visitor = visitor_of("mim-students", at=NOON).get("/register")

    assert (visitor.status, visitor.name) == (403, "register.closed")
    assert visitor.said == ["Il termine per registrarsi è scaduto."]


@pytest.mark.requirement("UNI-17", "IOL-15")
def test_whoever_is_registered_already_gets_the_same_pages() -> None:
    """The page does not tell; the letter does, and leads to the recovery."""
    visitor = visitor_of()
    visitor.world.active()
    again = register(visitor, username="another.name")

    assert again.name == "waiting.link"
    assert again.outbox.letters("already_registered")


def test_a_doubt_is_said_on_the_next_page() -> None:
    """Where a school looks at the document, a contradiction is a warning and no refusal."""
    visitor = at_form("istanze-online")
    visitor.submit(typed(visitor, surname="Verdi"))

    assert visitor.name == "waiting.link"
    assert visitor.page.notices
    assert visitor.page.notices[0].tone.value == "warning"


@pytest.mark.parametrize("profile", PROFILES)
def test_no_field_is_taken_that_the_form_has_not(profile) -> None:
    """Whatever else is sent along is passed over."""
    visitor = at_form(profile)
    values = {**typed(visitor), "state": "active", "roles": "admin", "owner": ""}
    sent = {name: [str(value)] for name, value in values.items()}
    where = "/registrazione" + visitor.path
    reply = respond(
        visitor.site,
        WebRequest(
            method="POST",
            path=visitor.path,
            form={**sent, "do": ["next"]},
            cookies=visitor.cookies_for(where),
        ),
    )

    assert reply.status == 303


def test_looking_at_the_first_page_writes_nothing() -> None:
    """Any number of drafts may be begun; a procedure of one step has no numbers."""
    visitor = visitor_of("standard")
    before = stored(visitor)

    assert not visitor.get("/register").page.marks
    assert visitor.get("/register").name == "register.fill"
    assert stored(visitor) == before
