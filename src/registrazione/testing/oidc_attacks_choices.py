"""Attacks where several providers stand behind one button: none may answer for another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs

from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.provider import OidcProvider
from registrazione.core.account import VerifiedIdentity
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_bends import put
from registrazione.testing.oidc_federation import FakeFederation, entity_of, provider_in
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_op import FakeOp, Grant, Twist
from registrazione.testing.oidc_stage import ADELE, NOW, STATE, client_of

FIRST, SECOND = "https://op.example", "https://second.example"
"""The providers to choose between; in an attack the second one is up to no good."""

_A_WHILE = timedelta(minutes=5)


@attrs.define
class ChoiceStage:
    """A relying party, and two providers that one anchor vouches for.

    Args:
        dialect: How all of them speak.
    """

    dialect: str = "cie"
    clock: ManualClock = attrs.field(factory=lambda: ManualClock(NOW))
    client: Client = attrs.field(init=False)
    first: FakeOp = attrs.field(init=False)
    second: FakeOp = attrs.field(init=False)
    federation: FakeFederation = attrs.field(init=False)
    provider: OidcProvider = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Introduce them to each other."""
        self.client = client_of(self.dialect)
        self.first = FakeOp(self.clock, issuer=FIRST)
        self.second = FakeOp(self.clock, issuer=SECOND, signer=key_of("second", "RS256"))
        self.federation = FakeFederation(self.first, others=(self.second,))
        self.federation.join(entity_of(self.client, self.federation))
        self.provider = provider_in(self.federation, self.client)

    def url(self, choice: str = FIRST) -> str:
        """Return where a browser goes that has chosen.

        Args:
            choice: Which one.
        """
        return self.provider.start(self.client.redirect_uri, STATE, choice).url

    def answer(self, choice: str = FIRST) -> dict[str, str]:
        """Return what a browser comes back with.

        Args:
            choice: Who was chosen, and answers.
        """
        op = self.first if choice == FIRST else self.second
        return op.sign_in(self.url(choice), ADELE)

    def knows(self, code: str, question: dict[str, str]) -> None:
        """Let the second provider take a code that it never gave, whatever the verifier.

        Args:
            code: The code.
            question: What it pretends to have been asked.
        """
        holder = self.second.people[ADELE]
        self.second.grants[code] = Grant(holder, question, self.clock.now() + _A_WHILE)
        self.second.takes_any_verifier = True


@attrs.frozen(kw_only=True)
class ChoiceCase:
    """Something that one of two providers may do.

    Args:
        name: What it is.
        script: What happens.
        dialect: How all speak.
        code: The code of the error that is expected.
    """

    name: str
    script: Callable[[ChoiceStage], VerifiedIdentity]
    dialect: str = "cie"
    code: str = "invalid"

    def play(self) -> VerifiedIdentity:
        """Play it, and return whom the relying party believes to have before it.

        Raises:
            IdentityError: It was noticed.
        """
        return self.script(ChoiceStage(self.dialect))


# -- what one of them may do -------------------------------------------------------------------


def _chosen(choice: str) -> Callable[[ChoiceStage], VerifiedIdentity]:
    return lambda stage: stage.provider.verify(stage.answer(choice))


def _renamed(**changes: object) -> Callable[[ChoiceStage], VerifiedIdentity]:
    """Change what the answer of the first one says."""
    return lambda stage: stage.provider.verify({**stage.answer(), **changes})


def _nameless(stage: ChoiceStage) -> VerifiedIdentity:
    answer = stage.answer()
    del answer["iss"]
    return stage.provider.verify(answer)


def _with_the_question_of_another(stage: ChoiceStage) -> VerifiedIdentity:
    """Answer what the first one was asked: nonce and state travel through the browser."""
    question = stage.first.question(stage.url(FIRST))
    stage.knows("code-2", question)
    return stage.provider.verify({"state": STATE, "iss": SECOND, "code": "code-2"})


def _with_the_code_of_another(stage: ChoiceStage) -> VerifiedIdentity:
    """Have the first one's code brought to the second one, which takes anything."""
    answer = stage.answer(FIRST)
    stage.knows(answer["code"], dict(stage.first.grants[answer["code"]].question))
    return stage.provider.verify({**answer, "iss": SECOND})


def _sent_on(stage: ChoiceStage) -> VerifiedIdentity:
    """Send a browser that has chosen the second one on to the first one, with the same question."""
    question = stage.second.question(stage.url(SECOND))
    holder = stage.first.people[ADELE]
    stage.first.grants["code-1"] = Grant(holder, question, stage.clock.now() + _A_WHILE)
    return stage.provider.verify({"state": STATE, "iss": FIRST, "code": "code-1"})


def _says_to_be_the_first(stage: ChoiceStage) -> VerifiedIdentity:
    """Sign in the name of the first one, with the second one's key."""
    stage.second.twist = Twist(claims=put(iss=FIRST))
    return stage.provider.verify(stage.answer(SECOND))


def _going_on(name: str) -> Callable[[ChoiceStage], VerifiedIdentity]:
    """Return who starts a sign-in with a choice that is none, and goes on all the same."""
    return lambda stage: stage.provider.verify({"state": STATE, "code": stage.url(name)})


_SCRIPTS: dict[str, tuple[Callable[[ChoiceStage], VerifiedIdentity], str]] = {
    "answer-renamed": (_renamed(iss=SECOND), "invalid"),
    "answer-of-nobody": (_renamed(iss="https://third.example"), "invalid"),
    "answer-list": (_renamed(iss=[FIRST]), "invalid"),
    "answer-nameless": (_nameless, "invalid"),
    "question-of-another": (_with_the_question_of_another, "invalid"),
    "code-of-another": (_with_the_code_of_another, "invalid"),
    "sent-on": (_sent_on, "invalid"),
    "key-of-another": (_says_to_be_the_first, "invalid"),
    "no-choice": (_going_on(""), "choice_needed"),
    "no-such-choice": (_going_on("https://third.example"), "unavailable"),
}

CHOICE_ATTACKS: tuple[ChoiceCase, ...] = tuple(
    ChoiceCase(name=f"{dialect}/{name}", script=script, dialect=dialect, code=code)
    for dialect in ("oidc", "cie")
    for name, (script, code) in _SCRIPTS.items()
)
"""None of these proves an identity."""

CHOICE_BENIGN: tuple[ChoiceCase, ...] = tuple(
    ChoiceCase(name=f"{dialect}/{choice}", script=_chosen(choice), dialect=dialect)
    for dialect in ("oidc", "cie", "spid")
    for choice in (FIRST, SECOND)
)
"""Whoever is chosen may answer."""
