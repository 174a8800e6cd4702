"""Signing an application on the pages, and the receipt."""

from __future__ import annotations

import pytest
from tests.contrib.web.browserless import come_in, sign_in, stored, visitor_of
from tests.world import DIGEST, MARIO, password_of

PATH = f"/submit/istanze?digest={DIGEST}"


@pytest.mark.requirement("POL-03", "POL-08", "IST-13")
@pytest.mark.parametrize("awaitable", [False, True])
def test_an_application_is_signed_with_the_code(awaitable) -> None:
    """Whoever comes from the application signs in, types the code, and reads the receipt."""
    visitor = visitor_of("polis", awaitable=awaitable)
    account = visitor.world.signed_in().account
    visitor.get(PATH)
    typed = {"username": account.username, "password": password_of(visitor.world.profile, MARIO)}
    visitor.submit(typed)

    assert visitor.path == PATH
    assert visitor.facts["Servizio"] == "Istanze OnLine"
    assert visitor.facts["Impronta della domanda"] == "0123 4567 89ab cdef …"
    assert visitor.submit({"code": "Sbagliato1"}).status == 422
    assert visitor.field("code").faults
    visitor.submit({"code": MARIO.code})
    assert visitor.name == "submit.receipt"
    receipt = visitor.facts["Ricevuta"]
    registrar = visitor.world.registrar
    assert registrar.verify_receipt(receipt, service="istanze", digest=DIGEST) is not None
    assert not any(receipt in url for url in visitor.trail)


def test_the_receipt_stays_on_its_page() -> None:
    """Reloading shows it again and signs nothing; other pages do not have it."""
    visitor = come_in(visitor_of("polis")).get(PATH).submit({"code": MARIO.code})
    receipt, path, before = visitor.facts["Ricevuta"], visitor.path, stored(visitor)

    assert visitor.get(path).facts["Ricevuta"] == receipt
    assert stored(visitor) == before
    assert visitor.get(f"/submit/istanze/{'f' * 64}").status == 404
    assert not visitor.forms


def test_the_receipt_is_handed_on_where_the_host_has_a_page_for_it() -> None:
    """A form posts it to an address of this host, with what it is about."""
    setup = {"submissions": {"istanze": "/istanze/ricevute"}}
    visitor = come_in(visitor_of("polis", setup=setup)).get(PATH).submit({"code": MARIO.code})
    form = visitor.form()

    assert form.action == "/istanze/ricevute"
    assert dict(form.hidden) == {
        "receipt": visitor.facts["Ricevuta"],
        "service": "istanze",
        "digest": DIGEST,
    }


@pytest.mark.parametrize(
    "path",
    [
        "/submit/istanze",
        "/submit/istanze?digest=0123",
        f"/submit/istanze?digest={DIGEST.upper()}",
        f"/submit/other?digest={DIGEST}",
    ],
)
def test_what_is_no_application_is_not_found(path) -> None:
    """Only a service of the procedure and a digest of 64 digits make one."""
    visitor = come_in(visitor_of("polis"))

    assert visitor.get(path).status == 404
    assert visitor.post(path, {"code": MARIO.code}).status == 404


@pytest.mark.requirement("POL-02", "POL-22")
def test_who_may_not_use_the_service_signs_nothing() -> None:
    """The page says why instead of asking for the code, and sending it all the same is refused."""
    visitor = visitor_of("polis")
    account = visitor.world.signed_in(category="altro").account
    sign_in(visitor, account, password_of(visitor.world.profile, MARIO))
    path = f"/submit/ricostruzione-carriera?digest={DIGEST}"

    assert visitor.get(path).status == 403
    assert not visitor.forms
    assert "altre categorie" in visitor.said[0]
    assert visitor.post(path, {"code": MARIO.code}).status == 403


def test_another_language_keeps_the_application() -> None:
    """The digest stays in the address when the language is changed on the page."""
    visitor = come_in(visitor_of("polis")).get(PATH)
    visitor.get(visitor.links["English"])

    assert visitor.path == PATH
    assert visitor.page.title == "Confirm your application"
