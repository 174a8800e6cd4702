"""Signing an application with the personal code, and the receipt of it (POL-03, POL-08, IST-13).

The receipt stands in no address: a cookie of its own page brings it, and a form hands it on.
"""

from __future__ import annotations

import re

from registrazione.contrib.web.exchange import Show
from registrazione.contrib.web.holders import Running, for_holder
from registrazione.contrib.web.inputs import secret_field
from registrazione.contrib.web.pages import Block, Button, Facts, Form, Prose, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit
from registrazione.core.answer import Answer
from registrazione.core.profile import Service
from registrazione.core.refusals import Refusal, refusal

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SLOT = "receipt"
_SHOWN = 16
"""Digits of a digest that people compare."""


@for_holder()
def show(visit: Visit, present: Answer) -> Running:
    """Ask for the personal code at the end of an application (POL-03)."""
    yield from ()
    return _page(visit, present)


@for_holder()
def send(visit: Visit, present: Answer) -> Running:
    """Sign the application with the personal code (POL-03)."""
    service, digest, code = visit.params["service"], _digest(visit), visit.typed("code")
    if not digest:
        return visit.show("not_found", status=404)
    try:
        answer = yield lambda r: r.authorise_submission(
            visit.session, code, service=service, digest=digest
        )
    except Refusal as refused:
        return _page(visit, present, refused)
    path = f"/submit/{service}/{digest}"
    visit.cookies.write({"receipt": answer.receipt}, _SLOT, path)
    return visit.go(path)


@for_holder()
def receipt(visit: Visit, _present: Answer) -> Running:
    """Show the receipt, to be copied, and hand it on where the host has a page for it (POL-08)."""
    yield from ()
    name, digest = visit.params["service"], visit.params["digest"]
    service = visit.profile.service(name)
    token = str(visit.cookies.read(_SLOT).get("receipt", ""))
    if not token or service is None:
        return visit.show("not_found", status=404)
    facts = Facts(rows=(*_facts(visit, service, digest), (visit.text("submit.receipt"), token)))
    hidden = (("receipt", token), ("service", name), ("digest", digest))
    address = visit.setup.submissions.get(name)
    onward = Form(
        action=address or "",
        hidden=hidden,
        buttons=(Button(label=visit.text("submit.receipt.send")),),
        label=service.title.to(visit.language),
    )
    words = Prose(paragraphs=(visit.text("submit.receipt.text"),), tone=Tone.SUCCESS)
    return visit.show(
        "submit.receipt", words, facts, *((onward,) if address else ()), help_topic="application"
    )


def _page(visit: Visit, present: Answer, refused: Refusal | None = None) -> Show:
    """Return the page that asks for the code, or says why this cannot be signed now."""
    name, digest = visit.params["service"], _digest(visit)
    service = visit.profile.service(name)
    if not digest or service is None:
        return visit.show("not_found", status=404)
    offer = next(offer for offer in present.services if offer.name == name)
    facts = Facts(rows=_facts(visit, service, digest))
    if not offer.open:
        return visit.show(
            "submit.refused",
            facts,
            refused=refusal(offer.why_not, "service"),
            help_topic="application",
            status=403,
        )
    blocks: tuple[Block, ...] = (
        Prose(paragraphs=(visit.text("submit.text"),)),
        facts,
        Form(
            action=visit.again(),
            fields=(
                secret_field(visit, "code", "submit.code", autocomplete="off", refused=refused),
            ),
            buttons=(Button(label=visit.text("submit.button")),),
            label=visit.text("submit.title"),
        ),
    )
    return visit.show("submit", *blocks, refused=refused, help_topic="application")


def _facts(visit: Visit, service: Service, digest: str) -> tuple[tuple[str, str], ...]:
    """Return which service and which application it is about."""
    title = service.title.to(visit.language)
    shown = " ".join(digest[at : at + 4] for at in range(0, _SHOWN, 4))
    return ((visit.text("submit.service"), title), (visit.text("submit.digest"), f"{shown} …"))


def _digest(visit: Visit) -> str:
    """Return the digest in the address, if it is one."""
    digest = visit.request.query.get("digest", "")
    return digest if _DIGEST.fullmatch(digest) else ""


ROUTES: tuple[Route, ...] = (
    Route("/submit/<service>", get=show, post=send),
    Route("/submit/<service>/<digest>", get=receipt),
)
