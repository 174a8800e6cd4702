"""SPID, CIE and eIDAS of the demonstration: the protocol is the real one, the people are played.

Each scheme is signed in with as in production, with requests and answers signed on both sides.
Only who stands behind the provider's button is chosen from a list instead of proved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs
from flask import Blueprint, Response, request

from registrazione.adapters.saml import MetadataText, SamlProvider
from registrazione.adapters.saml.metadata import Contact, Description, Organization
from registrazione.contrib.web.headers import content_security_policy
from registrazione.contrib.web.pages import Button, Form, Prose, Tone
from registrazione.demo.frame import shown, word
from registrazione.ports import Outgoing
from registrazione.service.clock import SystemClock
from registrazione.stories.people import PEOPLE
from registrazione.testing.people import Person
from registrazione.testing.saml_idp import Asked, SamlIdp, key_for


@attrs.frozen(kw_only=True)
class Scheme:
    """One button, and who stands behind it.

    Args:
        profile: Its row of :data:`registrazione.adapters.saml.profiles.PROFILES`.
        behind: What the identity providers are called, by the part of their address.
        told: The attributes that it tells; none named: all that SPID knows.
    """

    profile: str
    behind: Mapping[str, str]
    told: tuple[str, ...] = ()


SCHEMES: Mapping[str, Scheme] = {
    "spid": Scheme(
        profile="spid-public", behind={"prova-uno": "Prova Uno ID", "prova-due": "Prova Due ID"}
    ),
    "cie": Scheme(
        profile="cie-public",
        behind={"cie": "CIE di prova"},
        told=("name", "familyName", "dateOfBirth", "fiscalNumber"),
    ),
    "eidas": Scheme(
        profile="eidas",
        behind={"eidas": "Nodo eIDAS di prova"},
        told=("spidCode", "name", "familyName", "dateOfBirth"),
    ),
}
"""What is played, by the name of the provider in the procedures."""

ANOMALIES: Mapping[str, int] = {
    "identity.cancel": 25,
    "identity.consent": 22,
    "identity.attempts": 19,
    "identity.slow": 21,
    "identity.suspended": 23,
}
"""What may go wrong at the provider, with SPID's number for it."""


class PlayedIdentities:
    """The identity providers of a demonstration, and their pages.

    Args:
        url: Where the pages are, without a slash at the end.
    """

    def __init__(self, url: str) -> None:
        """Make the providers, each with a key for this process."""
        self._url = url
        self._callbacks: dict[str, str] = {}
        self._clock = SystemClock()
        self._schemes = {path: scheme for scheme in SCHEMES.values() for path in scheme.behind}
        self._idps = {
            path: SamlIdp(f"{url}/idp/{path}", self._clock, key_for(url), title=title)
            for scheme in SCHEMES.values()
            for path, title in scheme.behind.items()
        }

    def provider(self, name: str, base_url: str) -> SamlProvider:
        """Return a procedure's way to a scheme; its providers know where they answer to.

        Args:
            name: Name of the scheme.
            base_url: Where the pages of the procedure are.
        """
        scheme, home = SCHEMES[name], f"{base_url}/identity/{name}"
        entity_id, callback_url = f"{home}/metadata", f"{home}/callback"
        self._callbacks[entity_id] = callback_url
        return SamlProvider(
            name=name,
            profile=scheme.profile,
            entity_id=entity_id,
            callback_url=callback_url,
            keys=[key_for(f"{self._url}/service")],
            identity_providers=MetadataText(
                documents=tuple(self._idps[path].metadata() for path in scheme.behind),
                clock=self._clock,
            ),
            clock=self._clock,
            description=_description(self._url),
        )

    def pages(self) -> Blueprint:
        """Return the providers' pages."""
        blueprint = Blueprint("idp", __name__)
        blueprint.add_url_rule("/idp/<path>/sso", "ask", self._ask, methods=("GET", "POST"))
        blueprint.add_url_rule("/idp/<path>/answer", "answer", self._answer, methods=("POST",))
        return blueprint

    def _ask(self, path: str) -> Response:
        """Ask the visitor who they are."""
        idp = self._idps.get(path)
        fields: Any = tuple(request.form.items())
        if idp is None or "SAMLRequest" not in request.values:
            return shown("nothing", status=404)
        asked = idp.read(Outgoing(url=request.url, fields=fields), "")
        people = {person.key: f"{person.name} {person.surname}" for person in PEOPLE}
        return shown(
            "identity",
            Prose(paragraphs=(word("identity.text"),)),
            *(_choice(path, asked, key, label) for key, label in people.items()),
            Prose(paragraphs=(word("identity.otherwise"),)),
            *(_choice(path, asked, key, word(key)) for key in ANOMALIES),
            title=f"{idp.title}: {word('identity')}",
        )

    def _answer(self, path: str) -> Response:
        """Send the visitor back with the provider's answer."""
        idp, chosen = self._idps.get(path), request.form.get("chosen", "")
        issuer = request.form.get("issuer", "")
        person = next((one for one in PEOPLE if one.key == chosen), None)
        known = person is not None or chosen in ANOMALIES
        if idp is None or not known or issuer not in self._callbacks:
            return shown("nothing", status=404)
        asked = Asked(
            request_id=request.form.get("request_id", ""),
            issuer=issuer,
            state=request.form.get("state", ""),
            level=request.form.get("level", 0, type=int),
            issued_at="",
            callback_url=self._callbacks[issuer],
        )
        answer = (
            idp.refusal(asked, ANOMALIES[chosen])
            if person is None
            else self._vouched(path, asked, person)
        )
        form = Form(
            action=asked.callback_url,
            hidden=tuple(answer.items()),
            buttons=(Button(label=word("identity.back")),),
            label=word("identity.back"),
            bare=True,
            auto=True,
        )
        response = shown("identity", form, title=idp.title)
        service = urlsplit(asked.callback_url)
        policy = content_security_policy({"form-action": f"{service.scheme}://{service.netloc}"})
        response.headers["Content-Security-Policy"] = policy
        return response

    def _vouched(self, path: str, asked: Asked, person: Person) -> dict[str, str]:
        """Return what the provider says of somebody, as far as its scheme tells it."""
        idp, told = self._idps[path], self._schemes[path].told
        draft = idp.draft(asked, person)
        if told:
            listed = tuple(pair for pair in draft.attributes if pair[0] in told)
            draft = attrs.evolve(draft, attributes=listed)
        return idp.answer(draft)


def _choice(path: str, asked: Asked, chosen: str, label: str) -> Form:
    """Return the button that answers in a certain way."""
    hidden = {
        "request_id": asked.request_id,
        "issuer": asked.issuer,
        "state": asked.state,
        "level": str(asked.level),
        "chosen": chosen,
    }
    return Form(
        action=f"/idp/{path}/answer",
        hidden=tuple(hidden.items()),
        buttons=(Button(label=label, tone=Tone.SECONDARY),),
        label=label,
        compact=True,
    )


def _description(url: str) -> Description:
    """Return who stands behind the demonstration, in its metadata."""
    return Description(
        organization=Organization(name="Comune di Prova", display_name="Comune di Prova", url=url),
        contact=Contact(
            email="spid@prova.example",
            phone="+390000000000",
            company="Comune di Prova",
            ipa_code="c_x000",
            municipality="H501",
        ),
    )
