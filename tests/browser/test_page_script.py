"""What the script adds: places, passwords, one click, the way to the fault. In a real browser."""

from __future__ import annotations

import threading
from urllib.parse import parse_qs

import pytest
from tests.browser.conftest import Sent, opened, serving
from tests.browser.gallery_site import answer_from
from tests.contrib.web.gallery import (
    BIRTH_DATE,
    FILL,
    GALLERY,
    NEXT,
    page,
    password_fields,
    place_fields,
)

from registrazione.contrib.web.pages import Form, Link, Links

PAGES = {
    **GALLERY,
    "standard": page(
        "standard",
        "Password",
        Form(action="/sent", fields=password_fields("standard"), buttons=(NEXT,)),
    ),
    "onwards": page(
        "onwards", "Prosegui", Links(items=(Link(label="Prosegui", url="/choose", auto=True),))
    ),
    "chosen": page(
        "chosen",
        "Luogo",
        Form(
            action="/sent",
            fields=(BIRTH_DATE, *place_fields(("IT", "Lombardia", "MI", "Milano (MI)"))),
            buttons=(NEXT,),
        ),
    ),
}


@pytest.fixture(scope="module")
def log():
    """Keep every request of the tests of this file."""
    return []


@pytest.fixture(scope="module")
def site(log):
    """Serve the pages."""
    with serving(answer_from(PAGES, log, Sent)) as url:
        yield url


def hint(tab, name: str) -> str:
    """Return what the script says under a place."""
    return tab.locator(f"#field-birth-{name}-place").inner_text()


def choices(tab, name: str) -> list[str]:
    """Return the suggestions of a field."""
    return tab.eval_on_selector_all(
        f"#field-{name}-list option", "all => all.map(one => one.value)"
    )


def filled(tab, name: str) -> list[str]:
    """Return the suggestions of a field as soon as there are any."""
    tab.wait_for_selector(f"#field-{name}-list option", state="attached")
    return choices(tab, name)


@pytest.mark.requirement("MIM-15")
def test_places_are_chosen_one_after_the_other(tab, site) -> None:
    """Each list waits for the one before it, says so, and is the shorter for it."""
    tab.goto(f"{site}/fill")
    region, province = tab.get_by_label("Regione"), tab.get_by_label("Provincia")
    comune = tab.get_by_label("Comune")

    assert [hint(tab, name) for name in ("region", "province", "place")] == [
        "È necessario selezionare una nazione"
    ] * 3
    assert region.is_disabled()
    assert region.locator("option").first.inner_text() == "Scegli…"

    tab.get_by_label("Nazione").select_option("IT")
    assert hint(tab, "region") == ""
    assert hint(tab, "province") == "È necessario selezionare una regione"

    region.select_option("Basilicata")
    assert province.locator("option").all_inner_texts() == ["Scegli…", "Matera", "Potenza"]
    assert hint(tab, "place") == "È necessario selezionare una provincia"

    province.select_option("MT")
    assert "Matera (MT)" in filled(tab, "birth-place")
    comune.fill("Matera (MT)")
    region.select_option("Lombardia")
    assert (province.input_value(), comune.input_value()) == ("", "")
    assert comune.is_disabled()


@pytest.mark.requirement("MIM-15")
def test_a_foreign_birth_asks_for_no_more(tab, site) -> None:
    """After another nation than Italy nothing below it is shown or sent."""
    tab.goto(f"{site}/chosen")
    tab.get_by_label("Nazione").select_option(label="Francia")

    assert not any(
        tab.get_by_label(name).is_visible() for name in ("Regione", "Provincia", "Comune")
    )
    with tab.expect_request(lambda request: request.method == "POST") as sent:
        tab.get_by_role("button", name="Prosegui").click()
    assert set(parse_qs(sent.value.post_data)) == {"csrf_token", "birth_nation", "do"}

    tab.get_by_label("Nazione").select_option("IT")
    assert tab.get_by_label("Regione").is_visible()


def test_what_was_chosen_before_stays(tab, site) -> None:
    """A page that comes back with a place filled in shows that place."""
    tab.goto(f"{site}/chosen")

    assert tab.get_by_label("Provincia").input_value() == "MI"
    assert tab.get_by_label("Comune").input_value() == "Milano (MI)"
    assert "Milano" in tab.get_by_label("Provincia").inner_text()
    assert "Roma" not in tab.get_by_label("Provincia").inner_text()


@pytest.mark.requirement("MIM-15")
def test_the_lists_are_those_of_the_day_of_birth(tab, site, log) -> None:
    """A comune that has ceased is offered to who was born before it did."""
    tab.goto(f"{site}/chosen")
    tab.get_by_label("Comune").focus()
    now = filled(tab, "birth-place")
    with tab.expect_response(lambda response: "day=1921-03-01" in response.url):
        tab.get_by_label("Data di nascita").fill("1921-03-01")

    assert "Milano (MI)" in now
    assert any("day=1921-03-01" in received.path for received in log)
    tab.wait_for_function(
        "count => document.querySelectorAll('datalist option').length !== count", arg=len(now)
    )
    assert set(choices(tab, "birth-place")) != set(now)


def test_a_place_is_found_by_name(tab, site, log) -> None:
    """Where there is no cascade the list follows what is typed, from the second letter on."""
    tab.goto(f"{site}/fields")
    tab.get_by_label("Luogo").press_sequentially("brixen", delay=5)

    assert filled(tab, "anywhere") == ["Bressanone (BZ)"]
    assert not any(received.path.endswith("text=b") for received in log)


@pytest.mark.requirement("MIM-37")
def test_requirements_are_ticked_while_one_types(tab, site) -> None:
    """Every line that is met is ticked, and the count is said aloud once the typing pauses."""
    tab.goto(f"{site}/password")
    typed = tab.get_by_label("Nuova password", exact=False).first

    typed.fill("ab1")
    met = tab.locator(".requirements .met").all_inner_texts()
    assert [line.split(" (")[0] for line in met if "minima" in line] == []
    assert any("numero" in line for line in met)

    typed.fill("Abcdefg1")
    met = tab.locator(".requirements .met").all_inner_texts()
    assert any("lunghezza minima 8" in line for line in met)
    assert all(line.endswith("(soddisfatto)") for line in met)
    status = tab.get_by_text("Requisiti soddisfatti: 5 su 5.")
    status.wait_for()
    assert "Decide il controllo" in status.inner_text()
    # Whether it was used before is known to the server alone.
    assert not any("ultime 5" in line for line in met)


@pytest.mark.parametrize(
    ("typed", "level"),
    [
        ("password", "1"),
        ("aaaaaaaaaaaaaaaa", "1"),
        ("Abcdefg1!x", "2"),
        ("tre gatti in barca a vela", "3"),
    ],
)
def test_the_strength_grows_with_length_and_variety(tab, site, typed, level) -> None:
    """A longer and more varied text counts as stronger; repetition does not."""
    tab.goto(f"{site}/standard")
    tab.locator("#field-password").fill(typed)

    assert tab.locator(".password-meter").get_attribute("data-level") == level


def test_characters_count_as_people_count_them(tab, site) -> None:
    """Length is counted in code points after the policy's normalisation, as the server does."""
    tab.goto(f"{site}/standard")
    minimum = tab.locator(".requirements li", has_text="minima")
    needed = int("".join(filter(str.isdigit, minimum.inner_text())))
    tab.locator("#field-password").fill("\U0001f511" * (needed - 1))
    short = minimum.get_attribute("class")
    tab.locator("#field-password").fill("e\u0301" * (needed - 1))
    composed = minimum.get_attribute("class")
    tab.locator("#field-password").fill("\U0001f511" * needed)

    assert (short or "", composed or "") == ("", "")
    assert minimum.get_attribute("class") == "met"


def test_a_password_can_be_looked_at_and_is_hidden_again(tab, site) -> None:
    """The button shows the password, says what it does now, and sending hides it."""
    tab.goto(f"{site}/sign-in")
    password = tab.locator("#field-password")
    tab.get_by_role("button", name="Mostra i caratteri").click()
    assert password.get_attribute("type") == "text"
    tab.get_by_role("button", name="Nascondi i caratteri").click()
    assert password.get_attribute("type") == "password"
    tab.get_by_role("button", name="Mostra i caratteri").click()
    with tab.expect_request(lambda request: request.method == "POST"):
        tab.get_by_role("button", name="Entra", exact=True).click()
    assert password.get_attribute("type") == "password"


def test_two_texts_are_compared(tab, site) -> None:
    """The second password or address says whether it is the same as the first."""
    tab.goto(f"{site}/password")
    told = tab.locator("#field-password-again-same")
    tab.locator("#field-password").fill("Abcdefg1")
    tab.locator("#field-password-again").fill("Abcdefg2")
    told.filter(has_text="I due testi non coincidono.").wait_for()
    tab.locator("#field-password-again").fill("Abcdefg1")
    told.filter(has_text="I due testi coincidono.").wait_for()
    assert "field-password-again-same" in tab.locator("#field-password-again").get_attribute(
        "aria-describedby"
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["with", "without"])
def test_a_form_is_sent_as_it_stands(browser, site, log, scripts) -> None:
    """The pressed button's value, hidden ones and typed ones arrive, with and without scripts."""
    log.clear()
    with opened(browser, java_script_enabled=scripts) as tab:
        tab.goto(f"{site}/identify")
        tab.get_by_label("Codice fiscale").fill("RSSMRA80A01H501U")
        tab.get_by_label("Non sono un robot").check()
        with tab.expect_request(lambda request: request.method == "POST"):
            tab.get_by_role("button", name="Prosegui").click()
        sent = [parse_qs(one.body) for one in log if one.method == "POST"]

    assert sent == [
        {
            "csrf_token": ["token"],
            "codice_fiscale": ["RSSMRA80A01H501U"],
            "human_response": ["yes"],
            "do": ["next"],
        }
    ]


def test_a_double_click_sends_once(browser) -> None:
    """Whoever clicks twice, or again while the server thinks, sends one request."""
    log, gate = [], threading.Event()
    quick = answer_from({"fill": FILL}, log, Sent)

    def answer(received):
        sent = quick(received)
        if received.method == "POST":
            gate.wait(10)
        return sent

    with serving(answer) as url, opened(browser) as tab:
        tab.goto(f"{url}/fill")
        button = tab.get_by_role("button", name="Prosegui")
        with tab.expect_response(lambda response: response.request.method == "POST"):
            button.dblclick(no_wait_after=True)
            gate.set()

    assert [received.method for received in log].count("POST") == 1


def test_a_page_that_comes_back_can_be_sent_again(tab, site) -> None:
    """After the browser has gone back, the form is as it was before it was sent."""
    tab.goto(f"{site}/identify")
    form = tab.locator("form.needs-validation")
    with tab.expect_request(lambda request: request.method == "POST"):
        tab.get_by_role("button", name="Prosegui").click()
    assert form.get_attribute("aria-busy") == "true"
    assert tab.get_by_role("button", name="Prosegui").get_attribute("aria-disabled") == "true"
    assert tab.get_by_text("Invio in corso").count() == 1
    tab.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    assert form.get_attribute("aria-busy") is None
    assert tab.get_by_role("button", name="Prosegui").get_attribute("aria-disabled") is None


def test_the_focus_goes_to_the_faults_and_from_there_to_the_field(tab, site) -> None:
    """The summary is focused first; a click on a fault focuses its field, or its first choice."""
    tab.goto(f"{site}/faulty")
    assert tab.locator(".faults:focus").count() == 1
    tab.get_by_role("link", name="Il nome contiene").click()
    assert tab.locator("#field-name:focus").count() == 1
    tab.get_by_role("link", name="Scegli uno").click()
    assert tab.locator("#field-sex-M:focus").count() == 1


def test_without_scripts_every_place_can_be_chosen(browser, site) -> None:
    """All lists are whole, and the comune is typed."""
    with opened(browser, java_script_enabled=False) as tab:
        tab.goto(f"{site}/fill")
        tab.get_by_label("Provincia").select_option("MT")
        tab.get_by_label("Comune").fill("Matera")

        assert tab.get_by_label("Regione").is_enabled()
        empty = tab.get_by_label("Regione").locator("option").first
        assert empty.inner_text() == "È necessario selezionare una nazione"
        assert tab.get_by_label("Provincia").locator("option").count() > 100


def test_a_list_that_cannot_be_fetched_is_no_hindrance(browser) -> None:
    """Where the lists do not answer, the name is typed and the page goes on."""
    quick = answer_from(PAGES, [], Sent)

    def answer(received):
        if received.path.startswith("/places"):
            return Sent(b"no", content_type="text/plain")
        return quick(received)

    with serving(answer) as url, opened(browser) as tab:
        tab.goto(f"{url}/chosen")
        with tab.expect_response(lambda response: "/places/" in response.url):
            tab.get_by_label("Comune").focus()
        tab.get_by_label("Comune").fill("Rho")

        assert tab.get_by_label("Comune").input_value() == "Rho"
        assert choices(tab, "birth-place") == []


@pytest.mark.requirement("MIM-42")
def test_a_way_onwards_is_followed_by_itself(tab, site) -> None:
    """After a form of ours the way to another site is a link; without the script it is pressed."""
    tab.goto(f"{site}/onwards")
    tab.wait_for_url(f"{site}/choose")
    assert tab.inner_text("h1") == GALLERY["choose"].title
