"""Providers that vouch for people, and the way there and back for a visitor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import attrs
from tests.contrib.web.browserless import Visitor
from tests.world import ANNA, MARIO

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.contrib.web.exchange import Go
from registrazione.core.account import VerifiedIdentity
from registrazione.ports import Choice, Document, Ending, IdentityError, Outgoing

CALLBACK = "/identity/spid/callback"


class PostedTo(ScriptedProvider):
    """A provider that is sent a form, as SAML's POST binding does."""

    def start(self, callback_url: str, state: str) -> Outgoing:
        """Return the form."""
        fields = (("SAMLRequest", callback_url), ("RelayState", state))
        return Outgoing(url="https://idp.example/sso?x=1", fields=fields)


class Silent:
    """A provider whose way the host leads to itself."""

    def __init__(self, name: str) -> None:
        """Take a name."""
        self.name = name

    def verify(self, response: Any) -> VerifiedIdentity:
        """Vouch for nobody."""
        raise IdentityError("invalid")


class Closed(ScriptedProvider):
    """A provider that cannot be reached."""

    def start(self, callback_url: str, state: str) -> Outgoing:
        """Find nobody."""
        raise IdentityError("unavailable")


def leave(visitor: Visitor, provider: str = "spid", query: str = "") -> str:
    """Press the provider's button; return the state that travels along."""
    visitor.get(f"/identity/{provider}{query}", follow=False)
    assert isinstance(visitor.outcome, Go)
    return parse_qs(urlsplit(visitor.outcome.url).query)["state"][0]


def answered(visitor: Visitor, state: str, person: Any = MARIO, provider: str = "spid") -> Visitor:
    """Come back with the provider's answer in the address."""
    who = person if isinstance(person, str) else person.username
    return visitor.get(f"/identity/{provider}/callback?person={who}&nonce={state}&state={state}")


def come_by(
    visitor: Visitor, person: Any = MARIO, provider: str = "spid", query: str = ""
) -> Visitor:
    """Go there and back."""
    return answered(visitor, leave(visitor, provider, query), person, provider)


def filled_in(visitor: Visitor) -> dict[str, str]:
    """Return what the page asks for, typed."""
    typed = MARIO.values(visitor.world.profile, cf=MARIO.cf, codice_fiscale=MARIO.cf)
    names = [field.name for field in visitor.form().fields]
    consents = {name: "yes" for name in names if name.startswith("consent_")}
    return {name: str(typed[name]) for name in names if name in typed} | consents


class Several(ScriptedProvider):
    """A provider behind whose button several services stand; it publishes, and ends sessions.

    Args:
        choices: Names of the services, each of which has a title in capitals.
        logos: Addresses of their pictures, by name.
        posts: Whether it is sent forms when a session ends.
        name: Its own.
    """

    def __init__(
        self,
        *choices: str,
        logos: Mapping[str, str] | None = None,
        posts: bool = False,
        name: str = "spid",
    ) -> None:
        """Keep them."""
        super().__init__(name, {MARIO.username: MARIO.vouched(name), ANNA.username: ANNA.vouched()})
        self.offered, self.logos, self.posts = choices, logos or {}, posts
        self.fails: set[str] = set()
        self.asked: list[Any] = []

    def choices(self) -> list[Choice]:
        """Name the services."""
        if "choices" in self.fails:
            raise IdentityError("unavailable")
        return [
            Choice(name=name, title=name.upper(), logo=self.logos.get(name, ""))
            for name in self.offered
        ]

    def start(self, callback_url: str, state: str, choice: str = "") -> Outgoing:
        """Lead to the one that was chosen."""
        if choice and choice not in self.offered:
            raise IdentityError("unavailable")
        outgoing = super().start(callback_url, state)
        return attrs.evolve(outgoing, url=f"{outgoing.url}&at={quote(choice)}")

    def verify(self, response: Mapping[str, object]) -> VerifiedIdentity:
        """Vouch for somebody, who has a session there."""
        return attrs.evolve(super().verify(response), session=str(response.get("there", "")))

    def document(self, path: str) -> Document | None:
        """Publish two things."""
        if "document" in self.fails:
            raise IdentityError("unavailable")
        kinds = {"metadata": "text/xml", ".well-known/openid-federation": "application/jwt"}
        return Document(media_type=kinds[path], body=path.encode()) if path in kinds else None

    def answer(self, path: str, query: str) -> Document | None:
        """Answer one question, byte for byte; another one with an error."""
        if path != "resolve":
            return None
        status = 200 if query.startswith("sub=") else 404
        return Document(media_type="application/x-answer", body=query.encode(), status=status)

    def leave(self, session: str, state: str) -> Outgoing | None:
        """Lead to where that session ends."""
        self.asked.append(("leave", session))
        if "leave" in self.fails:
            raise IdentityError("unavailable")
        if session == "over":
            return None
        if self.posts:
            fields = (("SAMLRequest", session), ("RelayState", state))
            return Outgoing(url="https://idp.example/slo", fields=fields)
        return Outgoing(url=f"https://idp.example/slo?s={session}&state={state}")

    def ended(self, message: Mapping[str, object], query: str) -> Ending:
        """Believe everybody: ``sessions`` are to be ended, ``reply`` is where it goes then."""
        self.asked.append(("ended", dict(message), query))
        if "bad" in message:
            raise IdentityError("invalid")
        sessions = tuple(str(message.get("sessions", "")).split())
        reply = Outgoing(url=str(message["reply"])) if "reply" in message else None
        return Ending(sessions=sessions, reply=reply)
