"""Mailed links on the pages: opening is not using; and the wait for them."""

from __future__ import annotations

import pytest
from tests.contrib.web.browserless import Visitor, come_in, register, sign_in, stored, visitor_of
from tests.world import ANNA, LUCA, MARIO, OFFICE, SECRETARIAT, password_of

from registrazione.contrib.web.exchange import Send

NEW = "Password2"


def elsewhere(visitor: Visitor) -> Visitor:
    """Return another browser on the same site."""
    other = Visitor(visitor.site, origin="203.0.113.9")
    other.world, other.outbox = visitor.world, visitor.outbox
    return other


@pytest.mark.requirement("UNI-06", "IOL-05")
@pytest.mark.parametrize("kind", ["activation", "email_change", "reset"])
@pytest.mark.parametrize("awaitable", [False, True])
def test_a_scanner_that_fetches_every_link_changes_nothing(kind, awaitable) -> None:
    """GET and HEAD, twice, from elsewhere, the page behind it as well; then it still works."""
    visitor = visitor_of(awaitable=awaitable)
    if kind == "activation":
        register(visitor)
    else:
        come_in(visitor)
    if kind == "email_change":
        mine = password_of(visitor.world.profile, MARIO)
        visitor.get("/profile/email").submit({"email": "new@example.it", "password": mine})
    if kind == "reset":
        visitor.get("/recover/password").submit({"who": MARIO.username})
    letter = visitor.outbox.last(kind)
    before, scanner = stored(visitor), elsewhere(visitor)
    for _ in range(2):
        assert scanner.head(letter.link()).status == 303
        assert scanner.get(letter.link()).status == 200
        assert scanner.head(scanner.path).status == 200

    assert stored(visitor) == before
    visitor.follow_letter(letter)
    typed = {"password": NEW, "password_again": NEW} if kind == "reset" else {}
    assert visitor.submit(typed).status == 200
    assert stored(visitor) != before


@pytest.mark.requirement("UNI-06")
def test_elsewhere_the_chosen_password_is_asked_for() -> None:
    """A click alone, in another browser, never brings a stranger's password to life."""
    visitor = register(visitor_of())
    other = elsewhere(visitor).follow_letter(visitor.outbox.last("activation"))

    assert [field.name for field in other.form().fields] == ["password"]
    assert other.submit({"password": ""}).field("password").faults
    assert other.submit({"password": "Sbagliata1"}).field("password").faults
    mine = password_of(visitor.world.profile, MARIO)
    assert other.submit({"password": mine}).name == "sign_in"
    assert "La registrazione è confermata." in other.said


def test_the_browser_of_another_registration_is_asked_as_well() -> None:
    """A ticket of somebody else's registration is none for this link."""
    visitor = register(visitor_of())
    letter = visitor.outbox.last("activation")
    other = elsewhere(visitor)
    register(other, email="other@example.it", username="somebody.else")
    other.follow_letter(letter)

    assert other.form().fields == ()
    assert other.submit().field("password").faults
    mine = password_of(visitor.world.profile, MARIO)
    assert other.submit({"password": mine}).name == "sign_in"


@pytest.mark.requirement("UNI-06", "UNI-08")
def test_a_link_that_is_over_has_a_page_with_every_way_on() -> None:
    """Used, too old, never a link, or without its cookie: what can be done, and status 410."""
    visitor = register(visitor_of())
    letter = visitor.outbox.last("activation")
    visitor.follow_letter(letter)
    path = visitor.path
    visitor.submit()
    visitor.follow_letter(letter).submit()

    assert (visitor.status, visitor.name) == (410, "link.over")
    assert "Il link non è più valido" in visitor.page.title
    for label in ("Accedi", "Nuova registrazione", "Ricevi un nuovo link"):
        assert label in visitor.links
    assert elsewhere(visitor).get(path).status == 410
    assert elsewhere(visitor).post(path).status == 410
    made_up = elsewhere(visitor).get("/activate/made-up").submit({"password": "x"})
    assert (made_up.status, made_up.name) == (410, "link.over")


@pytest.mark.parametrize("page", ["activate", "email", "reset"])
@pytest.mark.parametrize("length", [2_001, 100_000])
def test_no_cookie_is_made_of_what_can_be_no_token(page, length) -> None:
    """A text that is too long to be one is over at once."""
    visitor = visitor_of().get(f"/{page}/{'x' * length}")

    assert (visitor.status, visitor.jar) == (410, {})


@pytest.mark.requirement("UNI-06")
def test_after_24_hours_one_registers_again() -> None:
    """The link's page says that it is over; so does the page that waited for it."""
    visitor = register(visitor_of())
    waiting = visitor.path
    letter = visitor.outbox.last("activation")
    visitor.world.wait(hours=11)
    visitor.get(waiting)
    visitor.world.wait(hours=11)
    visitor.get(waiting)
    visitor.world.wait(hours=3)
    visitor.world.registrar.expire_due()
    late = elsewhere(visitor).follow_letter(letter)

    assert late.submit({"password": password_of(visitor.world.profile, MARIO)}).status == 410


@pytest.mark.requirement("IOL-05", "IOL-06")
def test_the_password_is_set_where_the_link_leads_in_the_neutral_procedure() -> None:
    """With the box; two that differ are shown again at once, empty."""
    visitor = register(visitor_of("standard"))
    visitor.follow_letter(visitor.outbox.last("activation"))
    mine = password_of(visitor.world.profile, MARIO)

    assert visitor.field("password").requirements
    visitor.submit({"password": mine, "password_again": "another"})
    assert visitor.field("password_again").faults
    assert visitor.submit({"password": mine, "password_again": mine}).name == "sign_in"


@pytest.mark.requirement("UNI-08", "IOL-20")
@pytest.mark.parametrize("awaitable", [False, True])
def test_the_link_is_sent_again_or_to_another_address(awaitable) -> None:
    """The page says where it went and until when it is good; only the newest link counts."""
    visitor = register(visitor_of(awaitable=awaitable))
    first = visitor.outbox.last("activation")

    assert "m***@example.it" in visitor.prose
    assert "3 marzo 2026, ore 13:00 (ora italiana)" in visitor.prose
    assert "posta indesiderata" in visitor.prose
    visitor.submit(do="resend")
    assert "vale il link più recente" in visitor.said[0]
    assert len(visitor.outbox.letters("activation")) == 2
    correct = {"email": "right@example.it", "email_again": "wrong@example.it"}
    assert visitor.submit(correct, form=1).field("email_again").faults
    assert visitor.field("email").value == "right@example.it"
    visitor.submit({"email_again": "right@example.it"}, form=1)
    assert "r***@example.it" in visitor.prose
    assert visitor.outbox.last("activation").recipient == "right@example.it"
    assert visitor.follow_letter(first).submit().status == 410


@pytest.mark.requirement("UNI-14", "UNI-08")
def test_signing_in_before_the_activation_leads_to_what_is_missing() -> None:
    """With the right password the truth is told, and the link can be sent again."""
    visitor = register(visitor_of())
    account = visitor.world.registrar.accounts().items[0]
    other = elsewhere(visitor)
    sign_in(other, account, password_of(visitor.world.profile, MARIO))

    assert other.name == "waiting.link"
    assert other.said
    assert other.submit(do="resend").name == "waiting.link"


@pytest.mark.requirement("IST-10", "POL-04", "POL-07", "POL-18")
def test_the_way_to_a_school_is_described() -> None:
    """The form to print, what to bring, and SPID instead where the procedure has it."""
    visitor = register(visitor_of("polis"))
    waiting = visitor.path
    visitor.follow_letter(visitor.outbox.last("receipt")).submit()
    visitor.get(waiting)

    assert visitor.name == "waiting.presence"
    assert "documento di riconoscimento valido e il codice fiscale" in visitor.prose
    assert visitor.links["Scarica il modulo di adesione (PDF)"].endswith("/form.pdf")
    assert "Entra con SPID" in visitor.links
    assert "identificato" in visitor.page.help[0].text
    account = visitor.world.registrar.accounts().items[0]
    visitor.world.seen(account)
    assert visitor.get(waiting).name == "waiting.active"
    assert visitor.links["Accedi"].endswith("/sign-in")
    assert OFFICE.office not in visitor.prose


@pytest.mark.requirement("POL-07", "IST-10")
@pytest.mark.parametrize("awaitable", [False, True])
def test_the_form_to_print_comes_to_the_browser_that_registered(awaitable) -> None:
    """Each of a family's links leads to its own page, which has the form; no other browser's."""
    visitor = visitor_of("polis", awaitable=awaitable)
    gone = register(visitor, LUCA, email="luca@example.it").path
    register(visitor, ANNA, email="anna@example.it")
    mine = register(visitor).path
    erase(visitor, "luca@example.it")
    letter = visitor.outbox.to("mario.rossi@example.it")[-1]
    visitor.follow_letter(letter).submit()

    assert visitor.path == mine
    visitor.get(visitor.links["Scarica il modulo di adesione (PDF)"])
    assert isinstance(visitor.outcome, Send)
    assert visitor.outcome.body.startswith(b"%PDF")
    assert visitor.get(f"{gone}").status == 409
    assert elsewhere(visitor).get(f"{mine}/form.pdf").name == "sign_in"


def erase(visitor: Visitor, email: str) -> None:
    """Let an account be erased by the secretariat."""
    account = visitor.world.found("email", email)[0]
    visitor.world.registrar.erase(operator=SECRETARIAT, account_id=account.id)


@pytest.mark.requirement("POL-07")
def test_a_browser_with_another_registration_is_told_in_general() -> None:
    """Its tickets open nothing of this one: the page says what to do, without the form."""
    visitor = register(visitor_of("polis"))
    other = register(elsewhere(visitor), ANNA, email="anna@example.it")
    other.follow_letter(visitor.outbox.to("mario.rossi@example.it")[-1]).submit()
    other.submit({"password": password_of(visitor.world.profile, MARIO)})

    assert other.name == "done.go-in-person"


@pytest.mark.requirement("IST-10")
def test_spid_is_not_named_where_it_is_no_way() -> None:
    """The first procedure of teachers has no identity provider."""
    visitor = register(visitor_of("istanze-online"))
    waiting = visitor.path
    visitor.follow_letter(visitor.outbox.last("receipt")).submit()

    assert "Entra con SPID" not in visitor.get(waiting).links


def test_a_registration_that_came_to_nothing_says_so() -> None:
    """Refused by the secretariat: the page that waited says that one may register again."""
    visitor = register(visitor_of("mim-students"))
    account = visitor.world.registrar.accounts().items[0]
    visitor.world.registrar.reject(SECRETARIAT, account.id, "unknown")
    visitor.get(visitor.path)

    assert visitor.name == "waiting.ended"
    assert visitor.links["Nuova registrazione"] == "/registrazione/register"


def test_nobody_waits_with_somebody_elses_name() -> None:
    """The short name in the address opens nothing without the browser's ticket."""
    visitor = register(visitor_of())
    other = elsewhere(visitor)

    assert other.get(visitor.path).name == "sign_in"
    assert other.post(visitor.path, {"do": "resend"}).name == "sign_in"


def test_three_registrations_wait_in_one_browser() -> None:
    """Such as those of a family; a fourth one takes the place of the first."""
    visitor, paths = visitor_of(), []
    for number in range(4):
        register(visitor, email=f"p{number}@example.it", username=f"person.number{number}")
        paths.append(visitor.path)

    assert visitor.get(paths[0]).name == "sign_in"
    assert [visitor.get(path).name for path in paths[1:]] == ["waiting.link"] * 3


@pytest.mark.parametrize("what", ["open-link", "read-mail", "wait-for-secretariat", "go-in-person"])
def test_what_happens_next_has_a_page(what) -> None:
    """Each says what to do; any other name is no page."""
    visitor = visitor_of().get(f"/done/{what}")

    assert visitor.status == 200
    assert visitor.prose
    assert visitor.get("/done/other").status == 404


def twin_of(visitor: Visitor) -> Visitor:
    """Return the same browser on the same page, before anything else happens in it."""
    twin = visitor.another_tab()
    twin.jar = dict(visitor.jar)
    return twin.get(visitor.path)


@pytest.mark.requirement("UNI-06", "IOL-05", "IST-09", "MIM-24")
@pytest.mark.parametrize("awaitable", [False, True])
@pytest.mark.parametrize(
    ("profile", "gates"),
    [
        ("unimi-external", ("link",)),
        ("iscrizioni-online", ("link",)),
        ("istanze-online", ("link", "presence")),
    ],
)
def test_the_second_click_shows_what_the_first_one_did(profile, gates, awaitable) -> None:
    """A browser without scripts sends the form twice, and shows what the second brings."""
    visitor = register(visitor_of(profile, awaitable=awaitable))
    assert tuple(visitor.world.profile.gates) == gates
    kind = "receipt" if profile == "istanze-online" else "activation"
    visitor.follow_letter(visitor.outbox.last(kind))
    twin = twin_of(visitor)
    visitor.submit()
    before = stored(visitor) | {"_audit": None}
    twin.submit()

    assert (twin.status, twin.path, twin.said) == (200, visitor.path, visitor.said)
    assert twin.name == visitor.name
    assert stored(visitor) | {"_audit": None} == before


@pytest.mark.requirement("UNI-06")
def test_the_second_click_elsewhere_leads_where_the_first_one_did() -> None:
    """Where the password was asked for: whoever sees the page holds the mailbox."""
    visitor = register(visitor_of())
    other = elsewhere(visitor).follow_letter(visitor.outbox.last("activation"))
    mine = password_of(visitor.world.profile, MARIO)
    twin = twin_of(other)
    other.submit({"password": mine})
    twin.submit({"password": mine})

    assert (twin.status, twin.path, twin.said) == (200, other.path, other.said)


@pytest.mark.requirement("UNI-11", "POL-11")
@pytest.mark.parametrize("kind", ["email_change", "reset"])
def test_the_second_click_of_the_other_links_as_well(kind) -> None:
    """A new address and a new password are confirmed, and no second password is said to count."""
    visitor = come_in(visitor_of())
    visitor.world.wait(minutes=1)
    if kind == "reset":
        typed = {"password": NEW, "password_again": NEW}
        visitor.get("/recover/password").submit({"who": MARIO.username})
    else:
        typed, mine = {}, password_of(visitor.world.profile, MARIO)
        visitor.get("/profile/email").submit({"email": "new@example.it", "password": mine})
    visitor.follow_letter(visitor.outbox.last(kind))
    twin = twin_of(visitor)
    visitor.submit(typed)
    twin.submit({name: f"{value} too" for name, value in typed.items()})

    assert twin.status == 200
    assert twin.path == visitor.path
    assert set(visitor.said) <= set(twin.said)
    assert any("non ha modificato nulla" in words for words in twin.said) is bool(typed)


@pytest.mark.requirement("UNI-06", "UNI-08")
def test_a_link_that_a_newer_one_replaced_is_over_though_its_page_was_open() -> None:
    """Nothing was confirmed: what the newer letter says is what counts."""
    visitor = register(visitor_of())
    waiting = visitor.path
    visitor.follow_letter(visitor.outbox.last("activation"))
    twin = twin_of(visitor)
    visitor.get(waiting).submit(do="resend")
    twin.submit()

    assert (twin.status, twin.name) == (410, "link.over")


@pytest.mark.requirement("UNI-06")
def test_a_second_click_confirms_nothing_of_an_account_that_was_ended() -> None:
    """What is over by now is over, whoever confirmed it before."""
    visitor = register(visitor_of())
    visitor.follow_letter(visitor.outbox.last("activation"))
    twin = twin_of(visitor)
    visitor.submit()
    found = visitor.world.registrar.find(SECRETARIAT, "username", MARIO.username)
    visitor.world.registrar.cancel(
        operator=SECRETARIAT, account_id=found[0].id, reason="richiesto dalla persona"
    )
    twin.submit()

    assert (twin.status, twin.name) == (410, "link.over")


@pytest.mark.requirement("POL-11")
def test_a_link_of_an_address_that_another_replaced_confirms_nothing() -> None:
    """The first address was never confirmed, whatever became of the second."""
    visitor = come_in(visitor_of())
    mine = password_of(visitor.world.profile, MARIO)
    visitor.get("/profile/email").submit({"email": "first@example.it", "password": mine})
    first = elsewhere(visitor).follow_letter(visitor.outbox.last("email_change"))
    visitor.get("/profile/email").submit({"email": "second@example.it", "password": mine})
    visitor.follow_letter(visitor.outbox.last("email_change")).submit()
    first.submit()

    assert (first.status, first.name) == (410, "link.over")


@pytest.mark.requirement("UNI-11")
def test_a_reset_that_another_way_overtook_is_not_told_as_done() -> None:
    """The password that was typed is not the one that counts."""
    visitor = come_in(visitor_of())
    mine = password_of(visitor.world.profile, MARIO)
    other = elsewhere(visitor)
    other.get("/recover/password").submit({"who": MARIO.username})
    other.follow_letter(visitor.outbox.last("reset"))
    changed = {"old": mine, "password": NEW, "password_again": NEW}
    visitor.get("/password").submit(changed)
    other.submit({"password": "Password3", "password_again": "Password3"})

    assert (other.status, other.name) == (410, "link.over")
