"""What the browser keeps: sealed, out of reach, and never more than browsers take."""

from __future__ import annotations

from functools import cache

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contrib.web.browserless import (
    Visitor,
    come_in,
    fill_steps,
    register,
    step_values,
    stored,
    visitor_of,
)

from registrazione.contrib.web import cookies
from registrazione.contrib.web.exchange import Cookie
from registrazione.core.alphabets import UNICODE
from registrazione.core.profile import Step
from registrazione.core.refusals import fault
from registrazione.profiles import load
from registrazione.refusals import text_of


@cache
def somebody() -> Visitor:
    """Return a visitor who is signed in, for many examples."""
    return come_in(visitor_of())


@settings(max_examples=50)
@given(position=st.integers(min_value=0), character=st.sampled_from("AZaz09-_"))
def test_a_cookie_that_was_changed_is_no_cookie(position, character) -> None:
    """One character of it is enough: the visitor is nobody again, and nothing breaks."""
    tab = somebody().another_tab()
    genuine = somebody().jar
    tab.jar = {
        name: value[: position % len(value)] + character + value[position % len(value) + 1 :]
        for name, value in genuine.items()
    }
    changed = tab.jar != genuine

    assert tab.get("/area").name == ("sign_in" if changed else "area")


def test_a_cookie_of_another_site_is_no_cookie() -> None:
    """Neither of another procedure under the same keys, nor under another name."""
    visitor = somebody()
    other = visitor_of("standard")
    other.jar = dict(visitor.jar)
    renamed = visitor.another_tab()
    renamed.jar = {(f"{name}-draft", path): value for (name, path), value in visitor.jar.items()}

    assert other.get("/area").name == "sign_in"
    assert renamed.get("/area").name == "sign_in"


def test_cookies_are_the_sites_own_and_out_of_reach() -> None:
    """Below its path, for no script, for no other site; by https only where the site is."""
    secure = visitor_of()
    register(secure)
    plain = visitor_of(base_url="http://localhost:8000")
    register(plain)
    headers = [cookie.header() for reply in secure.replies for cookie in reply.cookies]

    assert all("HttpOnly; SameSite=Lax; Secure" in header for header in headers)
    assert all(name.startswith("__Secure-") for name, _ in secure.jar)
    assert all(path.startswith("/registrazione") for _, path in secure.jar)
    assert {path for _, path in plain.jar} >= {"/"}
    local = [cookie.header() for reply in plain.replies for cookie in reply.cookies]
    assert not any("Secure" in header for header in local)
    gone = Cookie(name="x", value="", path="/", secure=False).header()
    assert gone == "x=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"


def test_a_long_value_takes_several_cookies_and_gives_them_back() -> None:
    """No part is longer than browsers take; a shorter value afterwards removes what is spare."""
    visitor = visitor_of()
    sealer = visitor.site._sealer
    now = visitor.world.clock.now()
    long = {"text": "".join(chr(0x4E00 + number * 7 % 20000) for number in range(1500))}
    first = cookies.Cookies(sealer, {}, now, "", secure=False)
    first.write(long, "slot", "/page")
    sent = {cookie.name: cookie.value for cookie in first.changes()}
    second = cookies.Cookies(sealer, sent, now, "", secure=False)

    assert len(sent) > 1
    assert second.read("slot") == long
    second.write({"text": "short"}, "slot", "/page")
    assert sum(bool(cookie.value) for cookie in second.changes()) == 1
    assert len(second.changes()) == len(sent)
    third = cookies.Cookies(sealer, sent, now + cookies.KEPT_FOR * 2, "", secure=False)
    assert third.read("slot") == {}


def test_what_a_browser_could_not_bring_back_is_refused_at_once() -> None:
    """The form is shown again and says so; a server would refuse every later request otherwise."""
    procedure = load("unimi-external")
    policy = attrs.evolve(procedure.password, alphabet=UNICODE, max_length=4000)
    steps = (Step.FILL, Step.SUMMARY)
    visitor = visitor_of(attrs.evolve(procedure, password=policy, steps=steps)).get("/register")
    password = "Aa1" + "".join(chr(0x4E00 + number * 7 % 20000) for number in range(3900))

    values = step_values(visitor, Step.FILL, password=password, password_again=password)
    visitor.submit(values)

    assert (visitor.status, visitor.name) == (422, "register.fill")
    assert [fault.text for fault in visitor.page.faults] == [text_of(fault("draft.too_large"))]


def test_nothing_of_an_abandoned_form_is_left() -> None:
    """Whoever fills in the form and goes away has written nothing into the store."""
    visitor = visitor_of("iscrizioni-online")
    before = stored(visitor)
    fill_steps(visitor)

    assert stored(visitor) == before
