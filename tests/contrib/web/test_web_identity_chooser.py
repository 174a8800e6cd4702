"""Several services behind one button: the page on which people choose, and what goes along."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contrib.web.browserless import register, visitor_of
from tests.contrib.web.engines import by_django, by_jinja
from tests.contrib.web.vouched_for import Several, answered, leave
from tests.world import MARIO

from registrazione.contrib.web.chapters.identity_chooser import MOST_ORIGINS
from registrazione.contrib.web.chapters.identity_ways import origin_of
from registrazione.contrib.web.exchange import Go

ARUBA, POSTE = "https://aruba.example", "https://poste.example/saml?a=1&b=2"


def chooser(visitor, query=""):
    """Return the visitor on the page, and the tiles of it."""
    visitor.get(f"/identity/spid{query}")
    assert visitor.name == "identity.choose"
    return visitor.page.blocks[1].items


def policy(visitor):
    """Return where pictures may come from."""
    found = dict(visitor.reply.headers)["Content-Security-Policy"]
    return next(part for part in found.split("; ") if part.startswith("img-src"))


@pytest.mark.requirement("MIM-08", "IOL-11", "POL-01")
@pytest.mark.parametrize("awaitable", [False, True])
def test_one_of_several_is_chosen_and_is_where_the_browser_goes(awaitable):
    """All of them in the order that was given, each a link; its name arrives byte for byte."""
    several = Several(POSTE, ARUBA)
    visitor = visitor_of(identity_providers=[several], awaitable=awaitable)
    tiles = chooser(visitor)

    assert [tile.label for tile in tiles] == [POSTE.upper(), ARUBA.upper()]
    assert visitor.reply.cookies == ()
    visitor.get(tiles[0].url, follow=False)
    assert isinstance(visitor.outcome, Go)
    assert parse_qs(urlsplit(visitor.outcome.url).query)["at"] == [POSTE]


@pytest.mark.parametrize("offered", [(), ("only",)])
def test_where_there_is_no_choice_there_is_no_page(offered):
    """One service, or none to be told: the button leads there at once."""
    visitor = visitor_of(identity_providers=[Several(*offered)])
    assert leave(visitor)
    query = parse_qs(urlsplit(visitor.outcome.url).query, keep_blank_values=True)
    assert query["at"] == [*(offered or ("",))]


@pytest.mark.requirement("MIM-29", "POL-18")
def test_what_was_wanted_goes_along():
    """The service and the registration that waits are in every link, and nothing else is."""
    visitor = register(visitor_of("polis", identity_providers=[Several("a", "b")]), MARIO)
    (account,) = visitor.world.registrar.accounts("awaiting_link").items
    visitor.get(f"/activate/{visitor.world.link(account.email)}").submit()
    ticket = parse_qs(urlsplit(visitor.links["Entra con SPID"]).query)["ticket"][0]
    service = visitor.world.profile.services[0].name
    query = f"?ticket={ticket}&service={service}&language2=x&state=y"
    told = parse_qs(urlsplit(chooser(visitor, query)[1].url).query)

    assert told == {"ticket": [ticket], "service": [service], "choice": ["b"]}
    state = leave(visitor, query=f"?ticket={ticket}&choice=b")
    answered(visitor, state, MARIO)
    assert visitor.world.registrar.load(account.id).state == "active"


@pytest.mark.parametrize("query", ["?choice=nobody", "?choice=" + "x" * 5000])
def test_a_service_that_is_none_is_refused_in_words(query):
    """The page of refusal, with the way back to the choice."""
    visitor = visitor_of(identity_providers=[Several("a", "b")])
    visitor.get(f"/identity/spid{query}")

    assert (visitor.name, visitor.status) == ("identity.refused", 422)
    visitor.get(visitor.links["Riprova con l'identità digitale"])
    assert visitor.name == "identity.choose"


def test_a_list_that_cannot_be_told_is_refused_in_words():
    """Where the metadata cannot be read, say, the person reads so."""
    several = Several("a", "b")
    several.fails.add("choices")
    visitor = visitor_of(identity_providers=[several]).get("/identity/spid")

    assert visitor.name == "identity.refused"
    assert visitor.said == ["Il gestore di identità non risponde: riprova più tardi."]


@pytest.mark.requirement("UNI-04")
def test_who_is_refused_tries_again_with_what_was_wanted():
    """The service that was wanted is not forgotten with the answer."""
    visitor = visitor_of(identity_providers=[Several("a", "b")])
    service = visitor.world.profile.services[0].name
    state = leave(visitor, query=f"?choice=a&service={service}")
    answered(visitor, state, "nobody")

    again = visitor.links["Riprova con l'identità digitale"]
    assert again.endswith(f"/identity/spid?service={service}")


def test_who_has_no_spid_yet_reads_where_to_get_it():
    """What SPID's button has to offer, for SPID alone."""
    visitor = visitor_of(
        "iscrizioni-online", identity_providers=[Several("a", "b"), Several("c", "d", name="cie")]
    )
    chooser(visitor)
    assert visitor.links["Non hai SPID?"] == "https://www.spid.gov.it/richiedi-spid"
    assert visitor.links["Serve aiuto?"] == "https://www.spid.gov.it/serve-aiuto"

    assert visitor.get("/identity/cie").name == "identity.choose"
    assert "Non hai SPID?" not in visitor.links


LOGOS = {
    "good": "https://cdn.example/a.svg",
    "same": "https://cdn.example/b.svg",
    "port": "https://other.example:8443/c.png",
    "here": "/static/d.svg",
    "plain": "http://cdn.example/e.svg",
    "data": "data:image/svg+xml,<svg/>",
    "script": "javascript:alert(1)",
    "sly": "https://cdn.example;script-src/*",
    "broken": "https://[nothing/x.png",
    "none": "",
}


def test_pictures_come_from_where_the_policy_lets_them():
    """By https or from this host; no address gets a word of its own into the policy."""
    visitor = visitor_of(identity_providers=[Several(*LOGOS, logos=LOGOS)])
    shown = {tile.label.lower(): tile.logo for tile in chooser(visitor)}

    assert {name for name, logo in shown.items() if logo} == {"good", "same", "port", "here"}
    assert policy(visitor) == "img-src 'self' https://cdn.example https://other.example:8443"


def test_pictures_of_very_many_sites_are_left_out():
    """The header stays as long as servers bear; everybody's name is there all the same."""
    names = [f"n{number}" for number in range(MOST_ORIGINS + 5)]
    logos = {name: f"https://{name}.example/logo.svg" for name in names}
    visitor = visitor_of(identity_providers=[Several(*names, logos=logos)])
    tiles = chooser(visitor)

    assert len(tiles) == len(names)
    assert sum(bool(tile.logo) for tile in tiles) == MOST_ORIGINS
    assert "img-src 'self';" not in dict(visitor.reply.headers)["Content-Security-Policy"]


@pytest.mark.parametrize("engine", [by_jinja, by_django])
def test_the_page_is_drawn_with_links_that_need_no_script(engine):
    """A picture says nothing that the name beside it does not say."""
    visitor = visitor_of(identity_providers=[Several("a", "b", logos={"a": LOGOS["good"]})])
    chooser(visitor)
    drawn = engine(visitor.page)

    assert 'href="/registrazione/identity/spid?choice=a"' in drawn
    assert '<img src="https://cdn.example/a.svg" alt="" loading="lazy">A</a>' in drawn
    assert drawn.count("<img") == 1


@given(st.text(max_size=40) | st.sampled_from(list(LOGOS.values())).map(lambda url: url + "; x"))
@settings(deadline=None)
def test_an_origin_is_one_word(url):
    """Whatever a provider tells: no space, no semicolon, no quote gets into the header."""
    for told in (url, f"https://{url}", f"https://a.example{url}"):
        assert not set(origin_of(told)) & set(" ;,'\"*\n\r")


def test_the_english_page_keeps_what_was_wanted():
    """Another language shows the same choice."""
    visitor = visitor_of(identity_providers=[Several("a", "b")])
    chooser(visitor, "?service=x")
    visitor.get(visitor.links["English"])

    assert visitor.page.title == "Choose your identity provider"
    assert "service=x" in visitor.page.blocks[1].items[0].url
