"""Forgotten usernames and passwords, letters that did not arrive, on the pages."""

from __future__ import annotations

import pytest
from tests.contrib.web.browserless import Visitor, register, sign_in, stored, visitor_of
from tests.world import MARIO, PROFILES, password_of

NOBODY = "nobody@example.it"
NEW = "Password2"


def address(visitor: Visitor) -> str:
    """Return Mario's address, as the procedure wants it."""
    return str(MARIO.values(visitor.world.profile)["email"])


@pytest.mark.requirement("IOL-20", "UNI-12", "UNI-18")
def test_the_username_comes_before_the_password() -> None:
    """What may be lost is listed in the order of the ministry's advice; then there is help."""
    visitor = visitor_of("iscrizioni-online").get("/recover")
    labels = list(visitor.links)

    assert labels.index("Username dimenticato?") < labels.index("Password dimenticata?")
    assert "prima il nome utente, poi la password" in visitor.prose
    assert "posta indesiderata" in visitor.prose
    assert "posta indesiderata" in visitor.page.help[0].text


def test_nobody_is_asked_for_what_the_procedure_has_not() -> None:
    """Where people sign in with the address no username is recovered; nor a link without one."""
    standard, students = visitor_of("standard"), visitor_of("mim-students")

    assert not any("Username" in label for label in standard.get("/recover").links)
    assert "sequenza" not in standard.prose
    assert standard.get("/recover/username").status == 404
    assert standard.post("/recover/username", {"email": NOBODY}).status == 404
    assert not any("link" in label for label in students.get("/recover").links)
    assert students.get("/recover/link").status == 404
    assert students.post("/recover/link", {"email": NOBODY}).status == 404


@pytest.mark.requirement("IOL-10", "IOL-17", "UNI-11", "UNI-18")
@pytest.mark.parametrize("awaitable", [False, True])
def test_a_forgotten_password_is_set_anew(awaitable) -> None:
    """By username or by address a link comes, and its page sets another password."""
    visitor = visitor_of("unimi-external", awaitable=awaitable)
    account = visitor.world.active()

    visitor.get("/recover/password").submit({"who": MARIO.username})
    assert visitor.name == "done.read-mail"
    visitor.get("/recover/password").submit({"who": address(visitor)})
    visitor.follow_letter(visitor.outbox.last("reset"))
    assert visitor.field("password").requirements
    visitor.submit({"password": NEW, "password_again": NEW})

    assert visitor.name == "sign_in"
    assert "La password è stata impostata: accedi." in visitor.said
    assert sign_in(visitor, account, NEW).path == "/area"


@pytest.mark.requirement("MIM-28", "IOL-10")
def test_a_temporary_password_is_mailed_where_the_procedure_does_so() -> None:
    """The page says that it is temporary, and after it comes the change."""
    visitor = visitor_of("mim-students")
    account = visitor.world.active()

    visitor.get("/recover/password")
    assert "password temporanea" in visitor.prose
    visitor.submit({"who": address(visitor)})
    given = visitor.outbox.last("temporary_password").value("Password temporanea")
    sign_in(visitor, account, given)

    assert visitor.page.title == "Cambio password obbligatorio"


@pytest.mark.requirement("IOL-18", "UNI-18")
def test_a_forgotten_username_is_mailed() -> None:
    """The letter goes to the owner's address."""
    visitor = visitor_of("iscrizioni-online")
    account = visitor.world.active()
    visitor.get("/recover/username").submit({"email": address(visitor)})

    assert visitor.name == "done.read-mail"
    assert account.username in visitor.outbox.last("username").text


@pytest.mark.requirement("UNI-08", "IOL-20")
def test_the_link_comes_again() -> None:
    """Whoever registered and got no letter has it sent again by the address alone."""
    visitor = visitor_of()
    register(visitor)
    before = len(visitor.outbox.letters("activation"))
    visitor.get("/recover/link").submit({"email": address(visitor)})

    assert visitor.name == "done.open-link"
    assert len(visitor.outbox.letters("activation")) == before + 1


@pytest.mark.requirement("UNI-10")
def test_spid_users_are_told_where_their_password_is_known() -> None:
    """The identity provider helps: by a link where there is one, in words elsewhere."""
    external, polis = visitor_of().get("/recover/password"), visitor_of("polis")
    polis.get("/recover/password")
    none = visitor_of("istanze-online").get("/recover/password")

    assert "rivolgiti al tuo gestore di identità" in external.prose
    assert any(url.startswith("https://www.spid.gov.it/") for url in external.links.values())
    assert "gestore di identità" in polis.prose
    assert "gestore di identità" not in none.prose


@pytest.mark.parametrize("profile", PROFILES)
def test_all_answers_are_alike(profile) -> None:
    """Nobody learns from the pages who has an account, in whatever procedure."""
    visitor = visitor_of(profile)
    visitor.world.active()
    pages = []
    for who in (address(visitor), NOBODY):
        for path, name in (("password", "who"), ("username", "email"), ("link", "email")):
            if visitor.get(f"/recover/{path}").status == 200:
                visitor.submit({name: who})
                pages.append((who, path, visitor.path, visitor.page.blocks, visitor.said))
    known, unknown = (
        [page[1:] for page in pages if page[0] == who] for who in (address(visitor), NOBODY)
    )

    assert known == unknown


@pytest.mark.parametrize("path", ["password", "username", "link"])
def test_what_was_typed_wrongly_is_shown_again(path) -> None:
    """No address at all, or none that is one: the page stays, with the fault at its field."""
    visitor = visitor_of("standard" if path == "password" else "unimi-external")
    name = "who" if path == "password" else "email"
    visitor.get(f"/recover/{path}").submit({name: "not an address"})

    assert visitor.status == 422
    assert visitor.field(name).value == "not an address"
    assert visitor.field(name).faults
    assert visitor.page.faults[0].field == visitor.field(name).id


def test_nothing_is_done_by_looking() -> None:
    """Every page of this chapter may be fetched by anybody, any number of times."""
    visitor = visitor_of()
    visitor.world.active()
    before = stored(visitor)
    for path in ("", "/password", "/username", "/link"):
        assert visitor.get(f"/recover{path}").status == 200
        assert visitor.head(f"/recover{path}").status == 200

    assert stored(visitor) == before


def test_a_password_recovered_is_no_longer_the_old_one() -> None:
    """After the reset the old password is refused with the one message there is (UNI-15)."""
    visitor = visitor_of()
    account = visitor.world.active()
    visitor.get("/recover/password").submit({"who": MARIO.username})
    visitor.follow_letter(visitor.outbox.last("reset"))
    visitor.submit({"password": NEW, "password_again": NEW})
    sign_in(visitor, account, password_of(visitor.world.profile, MARIO))

    assert visitor.status == 422
    assert "Il nome utente o la password non sono validi" in visitor.said[0]
