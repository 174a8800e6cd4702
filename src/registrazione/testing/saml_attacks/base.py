"""What an attack on a SAML service is: a name, what it proves, and how the response is made."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import attrs

from registrazione.adapters.saml import instants
from registrazione.adapters.saml.provider import SamlProvider
from registrazione.adapters.saml.xml import Element, only, parse, serialised
from registrazione.ports import Clock
from registrazione.testing.people import PEOPLE, Person
from registrazione.testing.saml_draft import Draft
from registrazione.testing.saml_idp import Asked, SamlIdp

Response = Mapping[str, object]


@attrs.frozen(kw_only=True)
class Stage:
    """A service under attack, who is trusted by it, and who is not.

    Args:
        service: The service; it trusts ``idp`` and ``other``.
        callback_url: Where it takes answers.
        idp: Whom the attacked person signs in with.
        other: Another trusted provider: what it says of its own people counts, and no more.
        stranger: A provider that nobody trusts.
        clock: The service's.
        skew: How far a provider's clock may be off.
    """

    service: SamlProvider
    callback_url: str
    idp: SamlIdp
    other: SamlIdp
    stranger: SamlIdp
    clock: Clock
    skew: timedelta

    def asked(self, of: SamlIdp | None = None) -> Asked:
        """Return a fresh request of the service.

        Args:
            of: Who is asked; ``None``: ``idp``.
        """
        whom = of or self.idp
        sent = self.service.start(self.callback_url, secrets.token_hex(16), whom.entity_id)
        return whom.read(sent, self.callback_url)

    def draft(self, person: Person = PEOPLE.adele) -> Draft:
        """Return a truthful answer to a fresh request, not signed yet.

        Args:
            person: Who signs in.
        """
        return self.idp.draft(self.asked(), person)

    def instant(self, seconds: float = 0) -> str:
        """Return an instant as SAML writes it.

        Args:
            seconds: How far from the present one.
        """
        return instants.written(self.clock.now() + timedelta(seconds=seconds))


@attrs.frozen(kw_only=True)
class Attack:
    """A response that proves nothing.

    Args:
        name: Its name.
        proves: What a service that lets it in has forgotten.
        make: Makes it, freshly each time.
        only_schemes: Whether SPID, CIE and eIDAS forbid it, and plain SAML does not.
    """

    name: str
    proves: str
    make: Callable[[Stage], Response] = attrs.field(repr=False)
    only_schemes: bool = False


@attrs.frozen(kw_only=True)
class Benign:
    """A response that is unusual, and has to be accepted.

    Args:
        name: Its name.
        make: Makes it, freshly each time.
    """

    name: str
    make: Callable[[Stage], Response] = attrs.field(repr=False)


Changes = Callable[[Stage, Draft], Mapping[str, Any]]


def drafted(stage: Stage, changes: Changes) -> Response:
    """Return an answer that the trusted provider has signed as it is, with something altered.

    Args:
        stage: Where.
        changes: Fields of the draft with other values.
    """
    draft = stage.draft()
    altered = attrs.evolve(draft, **changes(stage, draft))
    return stage.idp.answer(altered)


def tampered(stage: Stage, tamper: Callable[[bytes], bytes]) -> Response:
    """Return a genuine answer whose bytes somebody has altered on the way.

    Args:
        stage: Where.
        tamper: What happens to the bytes.
    """
    draft = stage.draft()
    return draft.posted(tamper(stage.idp.signed(draft)))


def reshaped(stage: Stage, reshape: Callable[[Element, Element], Element | None]) -> Response:
    """Return a genuine answer whose tree somebody has rearranged.

    Args:
        stage: Where.
        reshape: Gets the response and its assertion; may return another root.
    """
    draft = stage.draft()
    root = parse(stage.idp.signed(draft))
    new = reshape(root, only(root, "saml:Assertion"))
    return draft.posted(serialised(root if new is None else new))
