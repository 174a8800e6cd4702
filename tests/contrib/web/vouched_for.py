"""Providers that vouch for people, and the way there and back for a visitor."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.contrib.web.browserless import Visitor
from tests.world import MARIO

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.contrib.web.exchange import Go
from registrazione.core.account import VerifiedIdentity
from registrazione.ports import IdentityError, Outgoing

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
