"""The scene that held-back attacks play on.

Adele signs in truly. Whoever attacks has her answer, or one of her own, and wants to be Bruno.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from itertools import count

import attrs
from lxml import etree
from tests.adapters.saml.held_back_signer import (
    PLAIN,
    assertion_of,
    read,
    seal,
    swapped,
    unsigned,
)
from tests.adapters.saml.stage import CALLBACK, StillClock, provider

from registrazione.core.account import VerifiedIdentity
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import Asked, SamlIdp, attributes_of

VICTIM = PEOPLE.bruno
VISITOR = PEOPLE.adele


def disguised(element, person=VICTIM, **names):
    """Return an element once more as if it spoke of somebody else.

    Args:
        element: A response or an assertion.
        person: Of whom.
        names: Attributes of the element with other values.
    """
    text = etree.tostring(element, with_tail=False).decode()
    for name, old in attributes_of(VISITOR).items():
        text = text.replace(f">{old}</", f">{attributes_of(person)[name]}</")
    again = read(text)
    again.attrib.update(names)
    return again


_SERIAL = count(1)


@attrs.define
class Sheet:
    """A true answer about Adele, on its way.

    Args:
        asked: What it answers.
        root: Its tree, signed.
    """

    asked: Asked
    root: etree._Element

    @property
    def assertion(self):
        """The assertion in it."""
        return assertion_of(self.root)

    @property
    def text(self) -> str:
        """The message."""
        return etree.tostring(self.root).decode()

    def bent(self, change) -> dict[str, object]:
        """Return what is posted when the text becomes another."""
        return self.form(change(self.text))

    def changed(self, *pairs) -> dict[str, object]:
        """Return what is posted when parts of the text are replaced."""
        return self.form(swapped(self.text, *pairs))

    def form(self, message=None, **fields) -> dict[str, object]:
        """Return what a browser posts.

        Args:
            message: Instead of the true message: text, bytes or a tree.
            fields: Fields with other values.
        """
        whole = self.root if message is None else message
        raw = whole if isinstance(whole, str | bytes) else etree.tostring(whole)
        raw = raw.encode() if isinstance(raw, str) else raw
        told = {"SAMLResponse": base64.b64encode(raw).decode(), "RelayState": self.asked.state}
        return {**told, **fields}


class Scene:
    """A service that trusts two providers, for as many sign-ins as one likes.

    Args:
        profile: Of the service.
        more: Settings of the service.
    """

    def __init__(self, profile="spid-public", **more) -> None:
        self.profile = profile
        self.clock = StillClock()
        self.idp = SamlIdp("https://idp.example", self.clock)
        self.other = SamlIdp("https://other.example", self.clock)
        self.stranger = SamlIdp("https://stranger.example", self.clock)
        self.service = provider(self.clock, (self.idp, self.other), profile, **more)

    def ask(self, idp=None, state="") -> Asked:
        """Begin a sign-in, and return what the provider reads."""
        chosen = idp or self.idp
        named = state or f"held-back-{next(_SERIAL)}"
        return chosen.read(self.service.start(CALLBACK, named, chosen.entity_id), CALLBACK)

    def draft(self, asked=None, idp=None, person=VISITOR, **changes):
        """Return an answer that is not signed yet."""
        draft = (idp or self.idp).draft(asked or self.ask(idp), person)
        return attrs.evolve(draft, **changes)

    def sheet(self, hand=PLAIN, key=None, idp=None, asked=None, **changes) -> Sheet:
        """Return an answer about Adele, signed twice by the hand of these tests.

        Args:
            hand: How the signatures are written.
            key: Whose; ``None``: the provider's.
            idp: Which provider answers.
            asked: What it answers; ``None``: a sign-in of its own.
            changes: Parts of the draft that are otherwise.
        """
        question = asked or self.ask(idp)
        draft = self.draft(question, idp, **changes)
        return self.sealed(question, draft, hand, key or (idp or self.idp).key)

    def about_the_victim(self, hand, key=None, idp=None):
        """Return an answer about the victim, signed by somebody, in some way."""
        asked = self.ask()
        draft = self.draft(asked, person=VICTIM)
        return self.sealed(asked, draft, hand, key or (idp or self.stranger).key).form()

    def sealed(self, asked, draft, hand=PLAIN, key=None, whole=None) -> Sheet:
        """Return a draft, signed: the assertion first, then the whole.

        Args:
            asked: What it answers.
            draft: Says which parts are signed.
            hand: How the assertion is signed.
            key: Whose signatures.
            whole: How the response is signed, if otherwise.
        """
        root = read(draft.xml())
        if draft.sign_assertion:
            seal(assertion_of(root), key or self.idp.key, hand)
        if draft.sign_response:
            seal(root, key or self.idp.key, whole or hand)
        return Sheet(asked, root)


def half(scene):
    """Return a true answer whose response is not signed yet."""
    return scene.sheet(sign_response=False)


def posted(scene, sheet):
    """Return what is posted.

    Where the response has to be signed, it is, by the provider and after the attack: so the
    assertion's own signature has to hold by itself.
    """
    if scene.profile != "saml2":
        seal(sheet.root, scene.idp.key)
    return sheet.form()


def forged_of(sheet):
    """Return the assertion once more, about the victim and without a signature."""
    return disguised(unsigned(sheet.assertion), ID="_evil")


Form = Mapping[str, object]


@attrs.frozen(kw_only=True)
class Attack:
    """Something that must not succeed.

    Args:
        name: Identifies it.
        label: The public attack or the rule that it stands for.
        make: Returns what is posted in the end.
        profiles: Of the services that it is tried on.
        may_be_read: Whether the answer may be taken for what it truly says; otherwise it has to
            be refused.
    """

    name: str
    label: str
    make: Callable[[Scene], Form]
    profiles: tuple[str, ...]
    may_be_read: bool


BOTH = ("spid-public", "saml2")


class Battery:
    """Attacks, as they are written down one after the other."""

    def __init__(self) -> None:
        self.attacks: list[Attack] = []

    def __call__(self, *profiles, may_be_read=False):
        """Take a function in as an attack; its docstring is the label."""

        def taken(make):
            self.add(make.__name__, make.__doc__, make, *profiles, may_be_read=may_be_read)
            return make

        return taken

    def table(self, label, cases, make, *profiles, may_be_read=False) -> None:
        """Take in a whole table of attacks that prove the same rule."""
        for name, case in cases.items():
            self.add(name, label, make(case), *(profiles or BOTH), may_be_read=may_be_read)

    def add(self, name, label, make, *profiles, may_be_read=False) -> None:
        """Take an attack in."""
        self.attacks.append(
            Attack(
                name=name,
                label=label,
                make=make,
                profiles=profiles or ("spid-public",),
                may_be_read=may_be_read,
            )
        )


def is_truth(verified: VerifiedIdentity, person=VISITOR, level=2) -> bool:
    """Tell whether an identity is what the provider meant, field by field.

    Args:
        verified: What the service believes.
        person: Whom the provider meant.
        level: Of which level.
    """
    told = attributes_of(person)
    return (
        verified.codice_fiscale == person.codice_fiscale
        and verified.identity.subject == told["spidCode"]
        and verified.identity.issuer == "https://idp.example"
        and verified.values["name"] == person.name
        and verified.values["surname"] == person.surname
        and verified.values["email"] == person.email
        and verified.level == level
    )
