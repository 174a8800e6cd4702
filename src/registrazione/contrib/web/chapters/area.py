"""The reserved area: the services, the favourites among them, entering one (MIM-39, MIM-40)."""

from __future__ import annotations

from collections.abc import Iterable

from registrazione.contrib.web.chapters.signing_in import providers_of
from registrazione.contrib.web.chapters.waiting import FORM
from registrazione.contrib.web.exchange import Go, Send
from registrazione.contrib.web.holders import Running, account_of, for_holder
from registrazione.contrib.web.onwards import onwards
from registrazione.contrib.web.pages import (
    Block,
    Button,
    Card,
    Cards,
    Form,
    Link,
    Links,
    Prose,
    Tone,
)
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next, Offer
from registrazione.core.enabling import was_seen
from registrazione.core.profile import Gate, Service
from registrazione.core.refusals import Refusal, fault
from registrazione.core.states import CodeState
from registrazione.service.letter_words import moment

_NEVER = frozenset({"service.not_for_external", "service.not_for_category"})
"""Why a service is not this person's at all, and no waiting helps (UNI-09, POL-22)."""
_ENABLING = "service.enabling_required"
_ALL = "/services"
_FORM = "/enabling/form.pdf"


@for_holder()
def show(visit: Visit, present: Answer) -> Running:
    """Show the person's own services, the favourites first (MIM-39, MIM-40, POL-17)."""
    yield from ()
    visit.say_faults(present.notices)
    favourites = [offer for offer in present.services if offer.favourite]
    mine = [offer for offer in present.services if offer.why_not not in _NEVER]
    return visit.show(
        "area",
        *_enabling(visit, present),
        Cards(
            heading=visit.text("area.favourites"),
            items=_cards(visit, favourites),
            empty=visit.text("area.favourites.none"),
        ),
        Cards(
            heading=visit.text("area.mine"),
            items=_cards(visit, mine),
            empty=visit.text("area.none"),
        ),
        Links(items=(Link(label=visit.text("area.all"), url=visit.url(_ALL)),)),
        help_topic="service",
    )


@for_holder()
def show_all(visit: Visit, present: Answer) -> Running:
    """Show every service of the procedure, each with its star (MIM-40)."""
    yield from ()
    return visit.show(
        "services",
        Prose(paragraphs=(visit.text("services.text"),)),
        Cards(items=_cards(visit, present.services, _ALL), empty=visit.text("area.none")),
        help_topic="service",
    )


def _cards(visit: Visit, offers: Iterable[Offer], back: str = "/area") -> tuple[Card, ...]:
    known = {service.name: service for service in visit.profile.services}
    return tuple(_card(visit, known[offer.name], offer, back) for offer in offers)


def _card(visit: Visit, service: Service, offer: Offer, back: str) -> Card:
    """Return the card of a service: its star, and the way in or why there is none."""
    title = service.title.to(visit.language)
    star = "remove" if offer.favourite else "add"
    favourite = Form(
        action=visit.url(f"/favourite/{service.name}"),
        hidden=(("on", "" if offer.favourite else "yes"), ("back", back)),
        buttons=(Button(label=visit.text(f"favourite.{star}"), tone=Tone.SECONDARY),),
        label=title,
        compact=True,
    )
    enter = Form(
        action=visit.url(f"/service/{service.name}"),
        buttons=(Button(label=visit.text("service.enter")),),
        label=title,
        compact=True,
    )
    return Card(
        title=title,
        text="" if offer.open else _why_not(visit, service, offer.why_not),
        forms=(enter, favourite) if offer.open else (favourite,),
    )


def _why_not(visit: Visit, service: Service, code: str) -> str:
    """Return why a service is closed, and when it opens (POL-21)."""
    words = visit.words_of(fault(code))
    opens = service.window.opens
    if code != "service.early" or opens is None:
        return words
    return f"{words} {visit.text('service.opens', at=moment(opens, visit.language))}"


# -- favourites and enabling ----------------------------------------------------------------


@for_holder()
def set_favourite(visit: Visit, _present: Answer) -> Running:
    """Click a star: put a service on the personal list, or take it off (MIM-40)."""
    service, on = visit.params["service"], visit.typed("on") == "yes"
    if visit.profile.service(service) is None:
        return visit.show("not_found", status=404)
    yield lambda r: r.set_favourite(visit.session, service, on=on)
    return visit.go(_ALL if visit.typed("back") == _ALL else "/area")


def _enabling(visit: Visit, present: Answer) -> tuple[Block, ...]:
    """Return how somebody gets enabled who is not: nothing for everybody else (POL-02, POL-10)."""
    if not any(offer.why_not == _ENABLING for offer in present.services):
        return ()
    account = account_of(present)
    if account.code is CodeState.BLOCKED:
        way: Block = _button(visit, "code.recover", "/code/recover")
        text = "code.blocked.text"
    elif account.code is CodeState.NONE:
        way = _button(visit, "enabling.start", "/enabling")
        text = "enabling.text"
    else:
        label, url = visit.text("waiting.presence.form"), visit.url(_FORM)
        way = Links(items=(Link(label=label, url=url, tone=Tone.PRIMARY),), buttons=True)
        text = "waiting.presence.bring"
    heading = visit.text("enabling.heading")
    prose = Prose(heading=heading, paragraphs=(visit.text(text),), tone=Tone.WARNING)
    return (prose, way, *_by_identity(visit, account))


def _by_identity(visit: Visit, account: Account) -> tuple[Links, ...]:
    """Return the identity providers that stand for the visit, to who still owes it (POL-18)."""
    federation = visit.profile.federation
    if was_seen(account) or Gate.PRESENCE not in federation.satisfies:
        return ()
    return providers_of(visit, heading="enabling.identity", tone=Tone.SECONDARY)


def _button(visit: Visit, label: str, path: str) -> Form:
    words = visit.text(label)
    return Form(action=visit.url(path), buttons=(Button(label=words),), label=words)


@for_holder()
def start_enabling(visit: Visit, _present: Answer) -> Running:
    """Start the enabling of an account in use: a code and a form by mail (POL-10, POL-12)."""
    answer = yield lambda r: r.start_enabling(visit.session)
    return onwards(visit, answer)


@for_holder(Next.CHANGE_PERSONAL_CODE)
def send_form(visit: Visit, _present: Answer) -> Running:
    """Send the printed form of an enabling under way, to be signed in person (POL-07, POL-10)."""
    language = visit.language
    printed = yield lambda r: r.adhesion_form(session=visit.session, language=language)
    return Send(body=printed, content_type="application/pdf", filename=FORM)


# -- entering a service ---------------------------------------------------------------------


@for_holder()
def enter(visit: Visit, _present: Answer) -> Running:
    """Enter a service: on to its address, or a page that says so (UNI-07, UNI-09, UNI-16)."""
    name = visit.params["service"]
    service = visit.profile.service(name)
    if service is None:
        return visit.show("not_found", status=404)
    title = service.title.to(visit.language)
    try:
        yield lambda r: r.enter_service(visit.session, name)
    except Refusal as refused:
        # In words why, such as that it is not for external users (UNI-16).
        return visit.show(
            "service.refused",
            _back(visit),
            title=title,
            refused=refused,
            help_topic="service",
            status=403,
        )
    if name in visit.setup.services:
        return Go(url=visit.setup.services[name])
    words = Prose(paragraphs=(visit.text("service.entered.text"),), tone=Tone.SUCCESS)
    return visit.show("service.entered", words, _back(visit), title=title, help_topic="service")


@for_holder()
def send(visit: Visit, _present: Answer) -> Running:
    """Enter a service by its button; a page of this site is shown at its own address."""
    name = visit.params["service"]
    if name in visit.setup.services or visit.profile.service(name) is None:
        return (yield from enter(visit))
    return visit.go(f"/service/{name}")


def _back(visit: Visit) -> Links:
    return Links(items=(Link(label=visit.text("area.back"), url=visit.url("/area")),))


ROUTES: tuple[Route, ...] = (
    Route("/area", get=show),
    Route(_ALL, get=show_all),
    Route("/favourite/<service>", post=set_favourite),
    Route("/enabling", post=start_enabling),
    Route(_FORM, get=send_form),
    Route("/service/<service>", get=enter, post=send),
)
