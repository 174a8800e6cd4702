"""A service, a provider that keeps sessions, and what travels between them when one ends."""

from __future__ import annotations

import base64
from secrets import token_hex
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
from tests.adapters.saml.stage import CALLBACK, ENTITY_ID, StillClock, provider

from registrazione.adapters.saml import MetadataText
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.logout import (
    LogoutParty,
    logout_answer,
    logout_request,
)
from registrazione.adapters.saml.logout_reading import (
    asked_to_end,
    posted_message,
    redirected_message,
)
from registrazione.adapters.saml.metadata_reading import TrustedProvider
from registrazione.adapters.saml.profiles import POST, REDIRECT
from registrazione.adapters.saml.signing import sign
from registrazione.adapters.saml.xml import only, parse, serialised
from registrazione.ports import Outgoing
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import SamlIdp, key_for

LOGOUT = "https://service.example/identity/spid/logout"
BINDINGS = {"post": POST, "redirect": REDIRECT}


class Scene:
    """A service, a provider that keeps sessions, and what travels between them.

    Args:
        profile: Of the service.
        binding: The only one in which the provider takes messages about the end of a session.
        more: Settings of the service.
    """

    def __init__(self, profile="spid-public", binding="redirect", **more):
        self.clock = StillClock()
        self.idp = SamlIdp("https://idp.example", self.clock)
        other = POST if binding == "redirect" else REDIRECT
        kept = f'<md:SingleLogoutService Binding="{other}"'.encode()
        self.document = self.idp.metadata().replace(kept, kept.replace(b"bindings:", b"none:"))
        source = MetadataText(documents=(self.document,), clock=self.clock)
        usual = {"level": 1, "identity_providers": source}
        self.service = provider(self.clock, (), profile, **{**usual, **more})
        known = TrustedProvider(
            entity_id=ENTITY_ID,
            sign_on={BINDINGS[binding]: CALLBACK},
            logout={BINDINGS[binding]: LOGOUT},
            certificates=(key_for("service").certificate,),
        )
        self.there = LogoutParty(
            entity_id=self.idp.entity_id,
            logout_url="https://idp.example/slo",
            keys=(self.idp.key,),
            providers={ENTITY_ID: known},
        )

    def sign_in(self, **changes):
        """Let Adele in, and return who she is."""
        asked = self.idp.read(self.service.start(CALLBACK, token_hex(8)), CALLBACK)
        draft = self.idp.draft(asked, PEOPLE.adele)
        whole = attrs.evolve(draft, **{"session_index": "_session", **changes})
        return self.service.verify(self.idp.answer(whole))

    def heard(self, sent: Outgoing):
        """Return what the provider gets, and the state that has to go back."""
        query = urlsplit(sent.url).query
        fields = dict(sent.fields) or {one: told[0] for one, told in parse_qs(query).items()}
        now = self.clock.now()
        if sent.fields:
            return posted_message(self.there, fields, now), fields.get("RelayState", "")
        return redirected_message(self.there, query, now), fields.get("RelayState", "")

    def brought(self, sent: Outgoing):
        """Bring a message of the provider to the service, and return what becomes of it."""
        query = urlsplit(sent.url).query
        fields = dict(sent.fields) or {one: told[0] for one, told in parse_qs(query).items()}
        return self.service.ended(fields, query)

    def answer(self, sent: Outgoing, **changes):
        """Return what the provider answers to a request of the service."""
        message, state = self.heard(sent)
        asked = asked_to_end(self.there, message, state)
        return logout_answer(self.there, attrs.evolve(asked, **changes), self.clock.now())

    def request(self, name_id, session_index="_session", state="theirs", **named):
        """Return what the provider asks for."""
        return logout_request(
            self.there,
            self.there.providers[ENTITY_ID],
            name_id=name_id,
            session_index=session_index,
            state=state,
            at=self.clock.now(),
            named=named,
        )


def resigned(scene, sent, field, change):
    """Return the form of a posted message that its provider has put otherwise."""
    message = parse(base64.b64decode(dict(sent.fields)[field]))
    message.remove(only(message, "ds:Signature"))
    change(message)
    return {field: base64.b64encode(serialised(sign(message, scene.idp.key))).decode()}


def refusal(scene, sent):
    """Return the rule that a message breaks."""
    with pytest.raises(Rejected) as caught:
        scene.brought(sent)
    return caught.value.rule
