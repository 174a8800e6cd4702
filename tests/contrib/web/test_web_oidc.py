"""In by OpenID Connect: the pages, a provider over HTTP on this machine, and back."""

from __future__ import annotations

from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from tests.contrib.web.browserless import Visitor, visitor_of
from tests.world import BASE_URL, NOON

from registrazione.adapters.oidc.client import DIALECTS
from registrazione.adapters.oidc.federation.chain import Federation
from registrazione.adapters.oidc.federation.entity import Entity
from registrazione.adapters.oidc.federation.source import FederatedMetadata
from registrazione.adapters.oidc.http import HttpxClient
from registrazione.adapters.oidc.metadata import Discovery
from registrazione.adapters.oidc.provider import OidcProvider
from registrazione.contrib.web.exchange import Go
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_federation import MARK
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_server import serving
from registrazione.testing.oidc_stage import ADELE, client_of
from registrazione.testing.people import PEOPLE


@contextmanager
def site_with(name, profile):
    """Yield a visitor of a site, and the provider that it asks with HTTP."""
    clock = ManualClock(NOON)
    client = client_of(
        DIALECTS[name],
        name=name,
        client_id=BASE_URL,
        redirect_uri=f"{BASE_URL}/identity/{name}/callback",
    )
    with serving(clock) as running:
        http = HttpxClient()
        if name == "cie":
            running.federation.join(
                Entity(
                    client=client,
                    key=key_of("rp-federation"),
                    authority_hints=(running.federation.anchor,),
                    organisation="Ente Prova",
                )
            )
            trusted = Federation(anchors=running.federation.anchors, http=http, trust_marks=(MARK,))
            source = FederatedMetadata(running.op.issuer, trusted, clock)
        else:
            running.op.knows(client)
            source = Discovery(running.op.issuer, http, clock)
        provider = OidcProvider(client=client, source=source, http=http, clock=clock)
        visitor = visitor_of(profile, identity_providers=[provider], clock=clock)
        yield visitor, running


def choose(visitor: Visitor, provider: str, person: str) -> str:
    """Go to the provider and choose somebody there; return where the browser is sent back to."""
    visitor.get(f"/identity/{provider}", follow=False)
    assert isinstance(visitor.outcome, Go)
    page = httpx.get(visitor.outcome.url)
    assert f">{person}</a>" in page.text
    back = httpx.get(f"{visitor.outcome.url}&person={person}", follow_redirects=False)
    assert back.status_code == 303
    return back.headers["location"]


@pytest.mark.requirement("MIM-08", "UNI-02", "MIM-06")
@pytest.mark.parametrize(("name", "profile"), [("oidc", "standard"), ("cie", "iscrizioni-online")])
def test_somebody_comes_in_and_comes_back_later(name, profile):
    """What the provider told is shown and not asked; the account is active at once."""
    with site_with(name, profile) as (visitor, running):
        visitor.get(choose(visitor, name, ADELE))
        if name == "oidc":
            # Only the consent is missing: the form asks for no more than the provider told.
            assert visitor.name == "complete"
            assert PEOPLE.adele.surname in visitor.facts.values()
            fields = [field.name for field in visitor.form().fields]
            assert fields == ["consent_privacy"]
            visitor.submit({"consent_privacy": "yes"})
        assert visitor.name == "area", visitor.said
        (account,) = visitor.world.registrar.accounts("active").items
        assert account.identities[0].issuer == running.op.issuer

        again = Visitor(visitor.site)
        again.get(choose(again, name, ADELE))
        assert again.name == "area"
        assert len(visitor.world.registrar.accounts("active").items) == 1


@pytest.mark.requirement("UNI-04", "UNI-10")
@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("gives-up", "annullato"),
        ("adele-1", "livello"),
        ("professional", "non è del tipo"),
        ("provider-is-ill", "non"),
    ],
)
def test_who_is_not_vouched_for_reads_why(person, said):
    """And nobody has an account for it."""
    with site_with("cie", "iscrizioni-online") as (visitor, _):
        visitor.get(choose(visitor, "cie", person))
        assert visitor.name == "identity.refused"
        assert said in " ".join(visitor.said).lower()
        assert visitor.world.registrar.accounts("active").items == ()


def test_the_way_back_is_good_once_and_in_one_browser():
    """A second time, or in a browser that was not sent there, nobody comes in."""
    with site_with("oidc", "standard") as (visitor, _):
        back = choose(visitor, "oidc", ADELE)
        stranger = Visitor(visitor.site)
        assert stranger.get(back).name == "identity.refused"
        assert visitor.get(back).name == "complete"
        assert visitor.get(back).name == "identity.refused"


def test_a_provider_that_is_away_is_said_to_be():
    """The page says so; nothing else is wrong."""
    with site_with("oidc", "standard") as (visitor, running):
        running.op.is_down = True
    assert visitor.get("/identity/oidc").name == "identity.refused"


def test_the_provider_has_no_page_for_a_question_that_is_not_sound():
    """And none for what nobody knows."""
    with serving(ManualClock(NOON)) as running:
        assert httpx.get(f"{running.op.issuer}/authorize?client_id=nobody").status_code == 400
        assert httpx.get(f"{running.op.issuer}/nothing").status_code == 404
        assert httpx.post(f"{running.op.issuer}/token", data={"code": "x"}).status_code == 401
        assert urlsplit(running.base).hostname == "127.0.0.1"
