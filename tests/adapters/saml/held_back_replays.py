"""Held-back answers that are true, but not this browser's, or not for the first time."""

from __future__ import annotations

import attrs
from lxml import etree
from tests.adapters.saml.held_back_saml import BOTH, VICTIM, VISITOR, Battery
from tests.adapters.saml.held_back_signer import copied, seal, swapped

from registrazione.testing.saml_idp import attributes_of

REPLAYS = Battery()
_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
_SUCCESS = f'<samlp:StatusCode Value="{_STATUS}Success"/>'
_DATA = "<saml:SubjectConfirmationData "
_CLASS = "saml:AuthnContextClassRef"
_END = "</saml:AttributeStatement>"
_CONDITIONS = "</saml:Conditions>"
_L2 = "https://www.spid.gov.it/SpidL2"
_CODE = attributes_of(VISITOR)["fiscalNumber"]
_HIS_CODE = attributes_of(VICTIM)["fiscalNumber"]
_AUDIENCE = "<saml:Audience>"
_HOMOGRAPH = "fiscalNumb\u0435r"
_FRIENDLY = ' FriendlyName="fiscalNumber"'


@REPLAYS(*BOTH)
def advice_tells_of_the_victim(scene):
    """CVE-2020-5407's kin: attributes of an assertion within the signed one."""
    asked = scene.ask()
    his = scene.sealed(asked, scene.draft(asked, person=VICTIM)).assertion
    nested = f"<saml:Advice>{etree.tostring(his).decode()}</saml:Advice><saml:AuthnStatement"
    draft = attrs.evolve(scene.draft(asked), edits=(("<saml:AuthnStatement", nested),))
    return scene.sealed(asked, draft).form()


@REPLAYS(*BOTH)
def another_browser_s_answer(scene):
    """Login CSRF: somebody else's true answer, with the state of this browser."""
    return scene.sheet().form(RelayState=scene.ask().state)


@REPLAYS(*BOTH)
def the_state_of_another_provider(scene):
    """Mix-up: one provider was asked, another answers truthfully and with its own key."""
    asked = scene.ask(scene.idp)
    return scene.sheet(idp=scene.other, asked=asked).form()


@REPLAYS(*BOTH)
def an_answer_to_another_service(scene):
    """A true answer about Adele that another service got (CVE-2026-49284's kin)."""
    asked = attrs.evolve(scene.ask(), issuer="https://evil.example")
    return scene.sheet(asked=asked).form()


@REPLAYS(*BOTH)
def an_answer_to_a_request_of_long_ago(scene):
    """RFC 9700, 4.7.1: a request that nobody answered for a quarter of an hour has lapsed."""
    asked = scene.ask()
    scene.clock.go_on(minutes=15)
    return scene.sheet(asked=asked).form()


@REPLAYS(*BOTH)
def an_answer_twice(scene):
    """Replay: what counted once counts no more."""
    form = scene.sheet().form()
    scene.service.verify(form)
    return form


@REPLAYS(*BOTH)
def an_answer_twice_later(scene):
    """Replay just before the answer ends, by the same clock that let it in."""
    form = scene.sheet().form()
    scene.service.verify(form)
    scene.clock.go_on(minutes=5, seconds=4)
    return form


@REPLAYS(*BOTH)
def an_assertion_in_a_new_response(scene):
    """Replay of the assertion alone, in a response with another ID."""
    sheet = scene.sheet()
    scene.service.verify(sheet.form())
    draft = scene.draft(sheet.asked, sign_assertion=False, sign_response=False)
    again = scene.sealed(sheet.asked, draft)
    again.root.replace(again.assertion, copied(sheet.assertion))
    if scene.profile != "saml2":
        seal(again.root, scene.idp.key)
    return again.form()


@REPLAYS(*BOTH)
def a_second_assertion_for_one_request(scene):
    """One request, one answer: the provider answers it a second time, about somebody else."""
    asked = scene.ask()
    scene.service.verify(scene.sheet(asked=asked).form())
    return scene.sealed(asked, scene.draft(asked, person=VICTIM)).form()


@REPLAYS(*BOTH)
def an_answer_spelt_otherwise(scene):
    """Replay with other bytes: what is remembered is no hash of the message."""
    sheet = scene.sheet()
    scene.service.verify(sheet.form())
    return sheet.form(swapped(sheet.text, ("<saml:Conditions", "<!-- again --><saml:Conditions")))


def _long_lived(minutes):
    """Make a replay of an answer that its provider lets live for three hours."""

    def make(scene):
        form = scene.sheet(ends_at="2026-11-05T12:00:00Z").form()
        scene.service.verify(form)
        scene.clock.go_on(minutes=minutes)
        return form

    return make


for _minutes in (14, 15.05, 15.2, 60, 150):
    REPLAYS.add(
        f"replay_after_{_minutes}_minutes",
        "Replay: what is remembered lasts as long as the answer does.",
        _long_lived(_minutes),
        *BOTH,
    )


@REPLAYS("saml2")
def an_unsigned_envelope_names_another(scene):
    """CVE-2026-49284: envelope and assertion are of two providers."""
    sheet = scene.sheet(sign_response=False)
    head, tail = sheet.text.split("<saml:Assertion", 1)
    return sheet.form(f"{head.replace('idp.example', 'other.example')}<saml:Assertion{tail}")


@REPLAYS("saml2")
def an_unsigned_envelope_of_a_failure(scene):
    """A failed sign-in is no other person's success."""
    sheet = scene.sheet(sign_response=False)
    return sheet.form(swapped(sheet.text, (f"{_STATUS}Success", f"{_STATUS}Responder")))


@REPLAYS("saml2")
def an_unsigned_envelope_answers_another_request(scene):
    """The envelope says this browser's request, the assertion says another's."""
    stolen = scene.sheet(sign_response=False)
    mine = scene.ask()
    head, tail = stolen.text.split("<saml:Assertion", 1)
    head = swapped(head, (stolen.asked.request_id, mine.request_id))
    return stolen.form(f"{head}<saml:Assertion{tail}", RelayState=mine.state)


@REPLAYS(*BOTH)
def a_full_width_code(scene):
    """Unicode compatibility: letters that fold into the victim's are not the victim's."""
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in VICTIM.codice_fiscale)
    sheet = scene.sheet(edits=((VISITOR.codice_fiscale, wide),))
    return sheet.form()
