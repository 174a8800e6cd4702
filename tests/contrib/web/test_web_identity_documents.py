"""What a provider's other side reads about this service."""

from __future__ import annotations

import pytest
from tests.contrib.web.browserless import visitor_of
from tests.contrib.web.vouched_for import Several, Silent

from registrazione.contrib.web.exchange import Send
from registrazione.contrib.web.routes import Route


@pytest.mark.requirement("MIM-08")
@pytest.mark.parametrize("awaitable", [False, True])
@pytest.mark.parametrize(
    ("path", "kind"),
    [("metadata", "text/xml"), (".well-known/openid-federation", "application/jwt")],
)
def test_a_document_is_sent_as_it_is(path, kind, awaitable):
    """Byte for byte, to everybody, to be kept for a short while, and no cookie with it."""
    visitor = visitor_of(identity_providers=[Several()], awaitable=awaitable)
    outcome = visitor.get(f"/identity/spid/{path}").outcome

    assert isinstance(outcome, Send)
    assert (outcome.body, outcome.content_type) == (path.encode(), kind)
    assert visitor.reply.cookies == ()
    headers = dict(visitor.reply.headers)
    assert headers["Cache-Control"] == "public, max-age=300"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.requirement("MIM-08")
@pytest.mark.parametrize(
    ("query", "status", "kept"),
    [
        ("sub=a%2fb&x=%2B", 200, "public, max-age=300"),
        ("", 404, "no-store"),
        ("y", 404, "no-store"),
    ],
)
def test_what_the_other_side_asks_is_answered(query, status, kept):
    """The query arrives as it came; an answer that is none is kept by nobody."""
    visitor = visitor_of(identity_providers=[Several()])
    outcome = visitor.get(f"/identity/spid/resolve?{query}").outcome

    assert isinstance(outcome, Send)
    assert (outcome.body, outcome.status) == (query.encode(), status)
    assert dict(visitor.reply.headers)["Cache-Control"] == kept


@pytest.mark.parametrize(
    "path", ["spid/other", "spid/metadata/x", "nobody/metadata", "cie/metadata", "spid/a/b/c/d"]
)
def test_where_there_is_nothing_there_is_no_page(path):
    """A provider that is none, and one that publishes nothing, are no errors."""
    visitor = visitor_of(
        "iscrizioni-online", identity_providers=[Several(), Silent("cie"), Silent("eidas")]
    )
    assert visitor.get(f"/identity/{path}").status == 404
    assert visitor.post("/identity/spid/metadata").status == 405


def test_what_cannot_be_told_now_is_told_later():
    """Nobody takes a document for gone that is only late."""
    several = Several()
    several.fails.add("document")
    visitor = visitor_of(identity_providers=[several])
    assert visitor.get("/identity/spid/metadata").status == 503


def test_the_pages_of_a_provider_are_no_documents():
    """Signing in, coming back and leaving stay what they are."""
    routes = visitor_of().site.routes
    found = {path: routes.find(f"/identity/spid{path}")[0].path for path in ("", "/callback")}

    assert found == {"": "/identity/<provider>", "/callback": "/identity/<provider>/callback"}
    assert routes.find("/identity/spid/logout")[0].foreign
    assert not visitor_of().site.is_foreign("/identity/spid/metadata")
    assert Route("/a/<x>/<path:rest>").pattern.fullmatch("/a/b/c/d").groupdict() == {
        "x": "b",
        "rest": "c/d",
    }
    assert Route("/a/<x>").pattern.fullmatch("/a/b/c") is None
