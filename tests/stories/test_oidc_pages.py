"""OpenID Connect on the pages of Flask and Django: in, and out by the provider's word alone."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from tests.contrib.web.browserless import Visitor
from tests.stories.framework_pages import FRAMEWORKS
from tests.world import BASE_URL, NOON, World

from registrazione import Refusal
from registrazione.contrib.web.exchange import Go, Send
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_bends import drop, put
from registrazione.testing.oidc_op import FakeOp, Twist
from registrazione.testing.oidc_stage import ADELE, client_of, provider_of

LOGOUT = "/identity/oidc/logout"


@pytest.fixture(params=["flask", "django"])
def framework(request):
    """Everything happens in each of the two."""
    return request.param


@contextmanager
def provider_in(framework):
    """Yield a visitor of the neutral procedure's pages in a framework, a provider, and us."""
    clock = ManualClock(NOON)
    op = FakeOp(clock=clock)
    client = client_of(redirect_uri=f"{BASE_URL}/identity/oidc/callback", client_id=BASE_URL)
    op.knows(client)
    world = World("standard", identity_providers=[provider_of(client, op)], clock=clock)
    with FRAMEWORKS[framework](world) as site:
        visitor = Visitor(site)
        visitor.world = world
        yield visitor, op, client


def come_in(visitor, op, sid):
    """Go to the provider, sign in there in a session of that name, and come back."""
    op.twist = Twist(claims=put(sid=sid))
    visitor.get("/identity/oidc", follow=False)
    assert isinstance(visitor.outcome, Go)
    answer = op.sign_in(visitor.outcome.url, ADELE)
    query = "&".join(f"{name}={value}" for name, value in answer.items())
    visitor.get(f"/identity/oidc/callback?{query}")
    if visitor.name == "complete":
        visitor.submit({"consent_privacy": "yes"})
    assert visitor.name == "area"


def elsewhere(visitor, op, sid):
    """Come in once more from another browser; return its session here."""
    op.twist = Twist(claims=put(sid=sid))
    registrar = visitor.world.registrar
    callback = f"{BASE_URL}/identity/oidc/callback"
    outgoing = registrar.start_sign_in_with("oidc", callback_url=callback, state=sid * 9)
    return registrar.sign_in_with("oidc", op.sign_in(outgoing.url, ADELE)).session


def tell(visitor, token):
    """Send the provider's word from its own machine, where none of our cookies is."""
    stranger = Visitor(visitor.site).post(LOGOUT, {"logout_token": token})
    assert isinstance(stranger.outcome, Send)
    assert dict(stranger.reply.headers)["Cache-Control"] == "no-store"
    return stranger.status


def is_out(visitor):
    """Tell whether the next page finds that the session has ended."""
    return visitor.get("/area").name == "sign_in"


@pytest.mark.requirement("MIM-42", "UNI-02")
def test_who_leaves_the_provider_is_out_here_too(framework):
    """The next page says so; another browser's session, of another one there, goes on."""
    with provider_in(framework) as (laptop, op, client):
        come_in(laptop, op, "laptop")
        phone = elsewhere(laptop, op, "phone")
        token = op.logout_token(client, "laptop")

        assert tell(laptop, token) == 200
        assert is_out(laptop)
        assert laptop.world.registrar.look(session=phone).account
        assert tell(laptop, token) == 400
        come_in(laptop, op, "later")


@pytest.mark.requirement("MIM-42")
def test_all_of_a_person_s_sessions_end_where_none_is_named(framework):
    """In whatever browser."""
    with provider_in(framework) as (laptop, op, client):
        come_in(laptop, op, "one")
        phone = elsewhere(laptop, op, "two")
        claims = lambda told, op: {**drop("sid")(told, op), "sub": f"op/{ADELE}"}  # noqa: E731
        told = op.logout_token(client, "", Twist(claims=claims))

        assert tell(laptop, told) == 200
        assert is_out(laptop)
        with pytest.raises(Refusal, match="ended"):
            laptop.world.registrar.look(session=phone)


def test_what_the_provider_has_not_signed_ends_nothing(framework):
    """It reads that its word is good for nothing, and no more."""
    with provider_in(framework) as (visitor, op, client):
        come_in(visitor, op, "one")
        token = op.logout_token(client, "one")

        assert tell(visitor, token[:-8]) == 400
        assert tell(visitor, "a.b.c") == 400
        in_the_address = Visitor(visitor.site).get(f"{LOGOUT}?logout_token={token}")
        assert in_the_address.status == 400
        assert visitor.get("/area").name == "area"
        assert tell(visitor, token) == 200
