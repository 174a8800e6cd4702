"""Changing password and personal code on the pages."""

from __future__ import annotations

import pytest
from tests.contrib.web.browserless import Visitor, come_in, fresh, sign_in, visitor_of
from tests.world import MARIO, password_of

from registrazione.core.states import PasswordState

NEW, CODE = "Password2", "Registro2026"


def change(visitor: Visitor, old: str, new: str, again: str | None = None) -> Visitor:
    """Send the form of the password."""
    return visitor.submit(
        {"old": old, "password": new, "password_again": new if again is None else again},
        form="/password",
    )


@pytest.mark.requirement("MIM-25", "MIM-27", "MIM-29", "MIM-30", "MIM-37", "IOL-07")
@pytest.mark.parametrize("awaitable", [False, True])
def test_the_first_password_is_changed_and_the_page_first_asked_for_is_reached(awaitable) -> None:
    """The mandatory page has the ministry's words, three fields and the box; then on."""
    visitor = visitor_of("mim-students", awaitable=awaitable)
    account = visitor.world.active()
    given = visitor.world.first_password(account)
    visitor.get("/service/pcto")
    assert visitor.name == "sign_in"
    visitor.submit({"username": account.username, "password": given})

    assert visitor.page.title == "Cambio password obbligatorio"
    assert "password che ti è stata assegnata automaticamente" in visitor.prose
    assert "Potrai raggiungere la pagina richiesta" in visitor.prose
    assert [field.name for field in visitor.form().fields] == ["old", "password", "password_again"]
    assert "diversa dalle ultime 5 password utilizzate" in visitor.field("password").requirements
    change(visitor, given, NEW)
    assert visitor.path == "/service/pcto"
    assert "La password è stata cambiata." in visitor.said


@pytest.mark.requirement("MIM-27")
def test_nothing_else_is_open_before_the_change() -> None:
    """Whatever page is asked for, the change comes first; and then that page."""
    visitor = fresh(visitor_of("mim-students"))
    given = visitor.outbox.last("credentials").value("Password temporanea")
    for path in ("/area", "/profile", "/services", "/code"):
        assert visitor.get(path).path == "/password"
    change(visitor, given, NEW)

    assert visitor.path == "/code" or visitor.name in {"profile", "services"}


@pytest.mark.requirement("MIM-30", "MIM-31", "UNI-13")
def test_a_wrong_change_shows_the_form_again_without_what_was_typed() -> None:
    """The old password wrong, the new one too short, the two not alike: each at its field."""
    visitor = come_in(visitor_of()).get("/password")
    mine = password_of(visitor.world.profile, MARIO)

    assert visitor.page.title == "Cambio password"
    assert not visitor.prose
    assert change(visitor, "Sbagliata1", NEW).status == 422
    assert visitor.field("old").faults
    assert not any(field.value for field in visitor.form().fields)
    assert change(visitor, mine, "short", "other").field("password").faults
    assert visitor.field("password_again").faults
    assert change(visitor, mine, mine).field("password").faults
    assert change(visitor, mine, NEW).path == "/area"


@pytest.mark.requirement("UNI-10")
def test_who_has_no_password_here_is_told_where_it_is_changed() -> None:
    """An account that only SPID opens has no form, but a word and the provider's help."""
    visitor = come_in(visitor_of())
    account = visitor.world.found("username", MARIO.username)[0]
    visitor.world.put(account, password=PasswordState.OFF)
    visitor.get("/password")

    assert visitor.status == 409
    assert not visitor.forms
    assert "gestore di identità" in visitor.said[0]
    assert any("gestore di identità" in route.text for route in visitor.page.help)


@pytest.mark.requirement("POL-17")
def test_an_expired_password_has_its_own_words() -> None:
    """The page says that it has expired, not that it was assigned."""
    visitor = visitor_of("polis")
    visitor.world.signed_in()
    visitor.world.wait(days=181)
    account = visitor.world.found("username", MARIO.username)[0]
    sign_in(visitor, account, password_of(visitor.world.profile, MARIO))

    assert visitor.page.title == "Cambio password obbligatorio"
    assert "La password è scaduta." in visitor.prose
    assert "automaticamente" not in visitor.prose


def change_code(visitor: Visitor, old: str, new: str, again: str = "") -> Visitor:
    """Send the form of the personal code."""
    return visitor.submit(
        {"old": old, "personal_code": new, "personal_code_again": again or new}, form="/code"
    )


@pytest.mark.requirement("IST-12", "POL-07")
@pytest.mark.parametrize("awaitable", [False, True])
@pytest.mark.parametrize("profile", ["istanze-online", "polis"])
def test_the_temporary_code_is_changed_first_of_all(profile, awaitable) -> None:
    """At the first access the code is asked for, with its box, and must be another one."""
    visitor = fresh(visitor_of(profile, awaitable=awaitable))
    email = MARIO.values(visitor.world.profile)["email"]
    temporary = visitor.world.code(email)

    assert visitor.path == "/code"
    assert visitor.field("old").label == "Codice personale temporaneo"
    assert "diverso dalla password" in visitor.field("personal_code").requirements
    assert change_code(visitor, temporary, "senza").field("personal_code").faults
    mine = password_of(visitor.world.profile, MARIO)
    assert change_code(visitor, temporary, mine).field("personal_code").faults
    assert change_code(visitor, temporary, CODE, "Altro2026").field("personal_code_again").faults
    assert change_code(visitor, "Sbagliato1", CODE).field("old").faults
    assert change_code(visitor, temporary, CODE).path == "/area"
    assert visitor.get("/code").field("old").label == "Codice personale attuale"


@pytest.mark.requirement("POL-09")
def test_a_lost_code_is_recovered_from_the_personal_page() -> None:
    """A new temporary one comes by mail, and is changed like the first."""
    visitor = come_in(visitor_of("polis")).get("/profile")
    visitor.get(visitor.links["Codice personale"])
    visitor.submit(form="/code/recover")

    assert visitor.path == "/code"
    assert "Ti abbiamo inviato un nuovo codice personale temporaneo." in visitor.said
    temporary = visitor.outbox.last("code_recovery").value("Codice personale temporaneo")
    assert change_code(visitor, temporary, CODE).path == "/area"


@pytest.mark.requirement("POL-09")
def test_a_blocked_code_can_only_be_recovered() -> None:
    """After too many wrong ones the form is gone; the way to a new code stays."""
    visitor = come_in(visitor_of("polis")).get("/code")
    for _ in range(visitor.world.profile.limits.code_attempts):
        change_code(visitor, "Sbagliato1", CODE)

    assert [form.action for form in visitor.forms] == ["/registrazione/code/recover"]
    assert "bloccato" in visitor.prose
    assert visitor.submit(form="/code/recover").path == "/code"
    assert visitor.field("old").label == "Codice personale temporaneo"


def twin_of(visitor):
    """Return the same browser on the same page, before anything else happens in it."""
    twin = visitor.another_tab()
    twin.jar = dict(visitor.jar)
    return twin.get(visitor.path)


@pytest.mark.requirement("MIM-30", "IST-12")
@pytest.mark.parametrize("awaitable", [False, True])
@pytest.mark.parametrize("what", ["password", "code"])
def test_the_second_click_says_that_it_is_done(what, awaitable) -> None:
    """A browser without scripts sends the form twice, and shows what the second brings."""
    profile = "istanze-online" if what == "code" else "unimi-external"
    visitor = visitor_of(profile, awaitable=awaitable)
    if what == "code":
        fresh(visitor)
        typed = {"personal_code": CODE, "personal_code_again": CODE}
        typed["old"] = visitor.world.code(MARIO.values(visitor.world.profile)["email"])
    else:
        mine = password_of(come_in(visitor).world.profile, MARIO)
        typed = {"old": mine, "password": NEW, "password_again": NEW}
    twin = twin_of(visitor.get(f"/{what}"))
    visitor.submit(typed)
    twin.submit(typed)

    assert (twin.status, twin.path) == (200, visitor.path)
    assert any("non ha modificato nulla" in words for words in twin.said)
    again = visitor.another_tab().get(f"/{what}").submit(typed)
    assert again.status == 422


def test_a_procedure_without_codes_has_no_page_for_them() -> None:
    """Neither to look at nor to send to."""
    visitor = come_in(visitor_of())
    typed = {"old": "a", "personal_code": "b", "personal_code_again": "b"}

    assert visitor.get("/code").status == 404
    assert visitor.post("/code", typed).status == 404
    assert visitor.post("/code/recover").status == 404


@pytest.mark.requirement("POL-02", "POL-15")
def test_who_has_no_code_yet_is_told_so() -> None:
    """Credentials of another of the ministry's services open this one, without a code."""
    visitor = visitor_of("polis")
    elsewhere = visitor.world.sibling("iscrizioni-online")
    account = elsewhere.signed_in().account
    sign_in(visitor, account, password_of(elsewhere.profile, MARIO)).get("/code")

    assert visitor.status == 409
    assert not visitor.forms
    assert visitor.post("/code/recover").status == 409
