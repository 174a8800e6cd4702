"""Out here and out there: the session that goes on at an identity provider."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from tests.contrib.web.browserless import Visitor, come_in, sign_in, visitor_of
from tests.contrib.web.engines import by_jinja
from tests.contrib.web.vouched_for import Several, filled_in, leave
from tests.world import ANNA, MARIO

from registrazione.contrib.web.chapters.identity_leaving import MOST_SESSION
from registrazione.contrib.web.cookies import NAME
from registrazione.contrib.web.exchange import Go

LOGOUT = "/identity/spid/logout"
DONE = "Sei uscito da questo sito e dal gestore di identità."
HERE_ONLY = "chiudi il browser"


def inside(several=None, there="there-1", profile="unimi-external", **more):
    """Return somebody who came in by a provider that has a session of its own."""
    visitor = visitor_of(profile, identity_providers=[several or Several()], **more)
    state = leave(visitor)
    query = f"person={MARIO.username}&state={state}&there={there}"
    visitor.get(f"/identity/spid/callback?{query}")
    if visitor.name == "complete":
        visitor.submit(filled_in(visitor))
    assert visitor.get("/area").name == "area"
    return visitor


def out(visitor):
    """Press the button; return the state that travels to the provider."""
    visitor.sign_out()
    link = visitor.links.get("Prosegui")
    if link is not None:
        return parse_qs(urlsplit(link).query)["state"][0]
    return dict(visitor.form().hidden)["RelayState"]


def is_out(visitor):
    """Tell whether the browser has no session here."""
    return visitor.get("/area").name == "sign_in"


@pytest.mark.requirement("MIM-42")
@pytest.mark.parametrize("awaitable", [False, True])
def test_who_leaves_is_out_here_and_there(awaitable):
    """Ours is over before the browser goes; back from there, the page says both."""
    several = Several()
    visitor = inside(several, awaitable=awaitable)
    state = out(visitor)

    assert (visitor.name, visitor.reply.signed_out) == ("identity.out", True)
    assert visitor.page.frame.sign_out is None
    assert ("leave", "there-1") in several.asked
    assert is_out(visitor)
    visitor.get(f"{LOGOUT}?state={state}&x=%2b+%2B")
    assert visitor.name == "sign_in"
    assert DONE in visitor.said
    assert several.asked[-1][2] == f"state={state}&x=%2b+%2B"
    visitor.get(f"{LOGOUT}?state={state}")
    assert DONE not in visitor.said


def test_the_session_of_a_person_whose_data_were_missing_is_kept_too():
    """What the first answer told counts once the form is filled in."""
    several = Several()
    visitor = inside(several, profile="mim-students")
    assert out(visitor)
    assert ("leave", "there-1") in several.asked


def test_a_session_that_no_cookie_has_room_for_stops_nobody():
    """The page of missing data is there all the same, and so is the button that logs out."""
    visitor = inside(profile="mim-students", there="x" * 9000)
    assert visitor.sign_out().name == "sign_in"
    assert is_out(visitor)


@pytest.mark.requirement("UNI-03")
def test_the_session_of_who_aligned_is_kept_too():
    """An account that was there before, aligned, then left."""
    several = Several()
    visitor = come_in(visitor_of(identity_providers=[several]), cf=MARIO.cf)
    visitor.sign_out()
    state = leave(visitor)
    visitor.get(f"/identity/spid/callback?person={MARIO.username}&state={state}&there=t")
    assert visitor.name == "align"
    visitor.submit(do="accept")
    assert out(visitor)
    assert several.asked == [("leave", "t")]


def test_a_form_goes_by_itself_to_the_provider_alone():
    """With SAML's POST binding, as on the way in."""
    visitor = inside(Several(posts=True))
    state = out(visitor)

    assert visitor.form().auto
    policy = dict(visitor.reply.headers)["Content-Security-Policy"]
    assert "form-action 'self' https://idp.example;" in policy
    elsewhere = Visitor(visitor.site).post(LOGOUT, {"SAMLResponse": "r", "RelayState": state})
    assert elsewhere.name == "identity.out_back"
    assert not elsewhere.jar
    visitor.replies.append(elsewhere.reply)
    visitor.submit()
    assert DONE in visitor.said


def test_a_page_stands_between_a_form_of_ours_and_another_site():
    """Browsers hold a page's policy against where its form leads: the link needs none."""
    visitor = inside()
    out(visitor)
    drawn = by_jinja(visitor.page)

    assert " data-auto>Prosegui</a>" in drawn
    policy = dict(visitor.reply.headers)["Content-Security-Policy"]
    assert "form-action 'self';" in policy


@pytest.mark.parametrize("there", ["", "over", "x" * (MOST_SESSION + 1)])
def test_where_nothing_goes_on_there_the_button_leads_nowhere_else(there):
    """No session of the provider's, one that is over, one too long for a cookie."""
    visitor = inside(there=there)
    visitor.sign_out()
    assert (visitor.name, visitor.said) == ("sign_in", ["Sei uscito dall'area riservata."])
    assert is_out(visitor)


def test_a_provider_that_is_away_keeps_nobody_in():
    """Who pressed the button is out here, and reads that it may go on there."""
    several = Several()
    visitor = inside(several)
    several.fails.add("leave")
    visitor.sign_out()

    assert visitor.name == "sign_in"
    assert HERE_ONLY in visitor.said[-1]
    assert is_out(visitor)


def test_an_answer_that_proves_nothing_keeps_nobody_in():
    """The same where the provider's answer does not verify."""
    visitor = inside()
    state = out(visitor)
    visitor.get(f"{LOGOUT}?state={state}&bad=1")

    assert visitor.name == "sign_in"
    assert HERE_ONLY in visitor.said[-1]
    assert visitor.get(f"{LOGOUT}?bad=1").name == "identity.out_refused"


@pytest.mark.parametrize("later", ["?state=made-up", "?state=", "?x=1"])
def test_an_answer_that_nobody_waits_for_says_nothing(later):
    """Not even to who has left: which answer is meant stands in the cookie."""
    visitor = inside()
    state = out(visitor)
    visitor.get(f"{LOGOUT}{later}")
    assert DONE not in visitor.said

    visitor.get(f"/identity/cie/logout?state={state}")
    assert visitor.name == "identity.out_refused"
    visitor.world.wait(minutes=11)
    visitor.get(f"{LOGOUT}?state={state}")
    assert DONE not in visitor.said


def test_what_proves_nothing_and_nobody_waits_for_changes_nothing():
    """Somebody who is signed in stays so, whatever comes to this address."""
    visitor = inside()
    visitor.get(f"{LOGOUT}?bad=1&sessions=there-1")
    assert (visitor.name, visitor.status) == ("identity.out_refused", 422)
    assert visitor.get("/area").name == "area"


REPLY = "https://idp.example/answer"


@pytest.mark.requirement("MIM-42")
def test_a_provider_ends_the_session_of_this_browser():
    """Its own request, in the address: ours ends, and the browser takes the reply there."""
    visitor = inside()
    visitor.get(f"{LOGOUT}?sessions=x+there-1&reply={REPLY}", follow=False)

    assert visitor.outcome == Go(url=REPLY)
    assert visitor.reply.signed_out
    assert is_out(visitor)
    account = visitor.world.registrar.accounts("active").items[0]
    assert account.codice_fiscale == MARIO.cf


def test_a_provider_that_wants_no_reply_gets_none():
    """The login page says why the person is out."""
    visitor = inside()
    visitor.get(f"{LOGOUT}?sessions=there-1")
    assert visitor.said == [
        "Sei uscito da questo sito, come ha chiesto il tuo gestore di identità."
    ]
    assert is_out(visitor)


def test_a_provider_ends_no_session_that_it_does_not_name():
    """Another person's, and one of this browser that the password opened; the reply goes back."""
    visitor = inside()
    visitor.get(f"{LOGOUT}?sessions=there-2&reply={REPLY}", follow=False)
    assert visitor.outcome == Go(url=REPLY)
    assert not visitor.reply.signed_out
    assert visitor.get("/area").name == "area"

    by_password = come_in(visitor_of(identity_providers=[Several()]), ANNA)
    by_password.get(f"{LOGOUT}?sessions=there-1")
    assert by_password.get("/area").name == "area"


def test_a_request_that_another_site_posts_is_posted_again_from_here():
    """The browser left our cookies at home; then the reply has a page with a link."""
    visitor = inside()
    form = {"sessions": "there-1", "reply": REPLY}
    visitor.replies.append(Visitor(visitor.site).post(LOGOUT, form).reply)
    assert visitor.name == "identity.out_back"
    visitor.submit()

    assert visitor.name == "identity.out_reply"
    assert visitor.links["Prosegui"] == REPLY
    assert is_out(visitor)


def test_a_request_that_comes_with_cookies_is_taken_at_once():
    """Nothing is posted twice where the browser brings them."""
    visitor = inside()
    visitor.post(LOGOUT, {"sessions": "there-1"})
    assert is_out(visitor)


def test_who_comes_in_by_password_later_does_not_leave_by_the_provider():
    """What is kept of a provider's session is that of who is signed in."""
    several = Several()
    visitor = inside(several)
    visitor.world.registrar.sign_out(visitor.reply.session, everywhere=True)
    assert is_out(visitor)
    account = visitor.world.active(ANNA)
    sign_in(visitor, account, visitor.world.first_password(account, ANNA))
    visitor.get("/area").sign_out()

    assert visitor.name == "sign_in"
    assert several.asked == []


@pytest.mark.parametrize("action", ["/profile/sign-out-everywhere", "/profile/cancel"])
def test_every_way_out_leads_by_the_provider(action):
    """On all devices, or for good."""
    several = Several()
    visitor = inside(several)
    visitor.get("/profile/cancel" if action.endswith("cancel") else "/profile")
    visitor.submit(form=action)

    assert visitor.name == "identity.out"
    assert several.asked == [("leave", "there-1")]
    assert is_out(visitor)


def test_the_cookie_bears_the_longest_of_everything():
    """A long session of the provider's, a long address that was wanted, registrations under way."""
    noise = "".join(chr(ord("!") + (7 * n * n + 3 * n) % 90) for n in range(5000))
    there = noise[:MOST_SESSION].replace("&", "a").replace("#", "b").replace("%", "c")
    visitor = inside(there=there.replace("+", "d").replace(";", "e"))
    for _ in range(3):
        leave(visitor, query="?service=x")
    visitor.get(f"/sign-in?next=/{noise[100:1900].replace('#', 'x')}")

    assert visitor.status == 200
    assert len([name for name, _ in visitor.jar if NAME in name]) <= 2
    visitor.sign_out()
    assert visitor.name == "identity.out"


def test_nothing_of_the_session_is_shown():
    """What ends a session there is nobody's to read."""
    visitor = inside(there="secret-there")
    assert "secret-there" not in repr(visitor.reply)
    assert "secret-there" not in by_jinja(visitor.page)


@pytest.mark.requirement("MIM-42")
@pytest.mark.parametrize("awaitable", [False, True])
def test_a_provider_ends_a_session_without_its_browser(awaitable):
    """Back-channel logout: the next page of the browser finds that its session has ended."""
    several = Several()
    visitor = inside(several, awaitable=awaitable)
    told = {"logout_token": "a.b.c", "sessions": "there-1"}
    said = Visitor(visitor.site).post(LOGOUT, told)

    assert (said.status, said.outcome.content_type) == (200, "application/json")
    assert dict(said.reply.headers)["Cache-Control"] == "no-store"
    assert several.asked == [("ended", told, "")]
    assert is_out(visitor)


@pytest.mark.parametrize("bad", [{"bad": "1"}, {"sessions": "there-2"}])
def test_a_word_that_is_good_for_nothing_ends_nothing(bad):
    """Nobody is out whose session is not meant, and the provider reads what has come of it."""
    visitor = inside()
    said = Visitor(visitor.site).post(LOGOUT, {"logout_token": "a.b.c", **bad})

    assert said.status == (400 if "bad" in bad else 200)
    assert visitor.get("/area").name == "area"


def test_a_browser_says_nothing_for_a_provider():
    """What stands in an address is the browser's."""
    several = Several()
    visitor = inside(several)
    said = Visitor(visitor.site).get(f"{LOGOUT}?logout_token=a.b.c&sessions=there-1")

    assert (said.status, several.asked) == (400, [])
    assert visitor.get("/area").name == "area"
