"""Answers to somebody else, by somebody else, a second time, or instead of another message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

import attrs

from registrazione.adapters.saml import instants
from registrazione.adapters.saml.xml import only, parse, serialised
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_attacks.base import Attack, Response, Stage
from registrazione.testing.saml_idp import key_for


def _used(stage: Stage) -> dict[str, str]:
    """Return an answer that was accepted already."""
    response = stage.idp.answer(stage.draft())
    stage.service.verify(response)
    return response


def _replayed(stage: Stage) -> Response:
    return _used(stage)


def _same_request_again(stage: Stage) -> Response:
    """Another answer to a request that was answered."""
    asked = stage.asked()
    stage.service.verify(stage.idp.answer(stage.idp.draft(asked, PEOPLE.adele)))
    return stage.idp.answer(stage.idp.draft(asked, PEOPLE.bruno))


def _same_assertion_again(stage: Stage) -> Response:
    """Another answer with the ID of an assertion that was accepted."""
    first = stage.draft()
    stage.service.verify(stage.idp.answer(first))
    return stage.idp.answer(attrs.evolve(stage.draft(), assertion_id=first.assertion_id))


def _replayed_as_another_form(stage: Stage) -> Response:
    response = _used(stage)
    encoded = response["SAMLResponse"]
    broken = "\r\n".join(encoded[start : start + 76] for start in range(0, len(encoded), 76))
    return {**response, "SAMLResponse": broken}


def _of_another_browser(stage: Stage) -> Response:
    """An answer to one browser's request, brought by another."""
    return {**stage.idp.answer(stage.draft()), "RelayState": stage.asked().state}


def _state(value: object) -> Callable[[Stage], Response]:
    return lambda stage: {**stage.idp.answer(stage.draft()), "RelayState": value}


def _without_state(stage: Stage) -> Response:
    return {"SAMLResponse": stage.idp.answer(stage.draft())["SAMLResponse"]}


def _other_answers(stage: Stage) -> Response:
    """A trusted provider answers what another one was asked."""
    return stage.other.answer(stage.other.draft(stage.asked(), PEOPLE.adele))


def _other_under_its_name(stage: Stage) -> Response:
    """A trusted provider answers in the name of the one that was asked."""
    draft = stage.other.draft(stage.asked(), PEOPLE.adele)
    return stage.other.answer(attrs.evolve(draft, issuer=stage.idp.entity_id))


def _others_assertion_within(stage: Stage) -> Response:
    """The envelope is of the one that was asked, the assertion another provider's."""
    asked = stage.asked()
    theirs = parse(stage.other.signed(stage.other.draft(asked, PEOPLE.adele)))
    ours = attrs.evolve(stage.idp.draft(asked, PEOPLE.adele), sign_response=False)
    root = parse(stage.idp.signed(ours))
    root.replace(only(root, "saml:Assertion"), only(theirs, "saml:Assertion"))
    return ours.posted(serialised(root))


def _stranger_answers(stage: Stage) -> Response:
    return stage.stranger.answer(stage.stranger.draft(stage.asked(), PEOPLE.adele))


def _late(stage: Stage) -> Response:
    """An answer that took a day, to a request of that day."""
    asked = stage.asked()
    draft = stage.idp.draft(asked, PEOPLE.adele)
    moment = int(asked.request_id[1:11], 16) - 86_400
    earlier = f"_{moment:010x}{asked.request_id[11:]}"
    return stage.idp.answer(attrs.evolve(draft, in_response_to=earlier))


def _named_by_another(stage: Stage) -> Response:
    """A request whose ID another service made."""
    draft = stage.draft()
    request = str(draft.in_response_to)
    mark = key_for("another service").mark(str(int(request[1:11], 16)), draft.state)
    return stage.idp.answer(attrs.evolve(draft, in_response_to=f"{request[:11]}{mark}"))


def _metadata(stage: Stage) -> Response:
    """The provider's signed metadata instead of an answer."""
    return stage.draft().posted(stage.idp.metadata())


def _metadata_within(*, keep: bool) -> Callable[[Stage], Response]:
    """Return an answer that is not signed, and has the provider's signed metadata in it."""

    def make(stage: Stage) -> Response:
        draft = attrs.evolve(stage.draft(), sign_assertion=keep, sign_response=False)
        root = parse(stage.stranger.signed(draft))
        root.insert(0, parse(stage.idp.metadata()))
        return draft.posted(serialised(root))

    return make


def _redirected(stage: Stage) -> Response:
    """The fields of the other binding."""
    fields = stage.idp.answer(stage.draft())
    return {"SAMLart": fields["SAMLResponse"], "RelayState": fields["RelayState"]}


def _request_echoed(stage: Stage) -> Response:
    sent = dict(stage.service.start(stage.callback_url, "echo", stage.idp.entity_id).fields)
    return {"SAMLResponse": sent["SAMLRequest"], "RelayState": "echo"}


def _anomaly_with_assertion(stage: Stage) -> Response:
    """A refusal into which a genuine assertion was put."""
    asked = stage.asked()
    root = parse(stage.idp.signed(stage.idp.draft(asked, PEOPLE.adele)))
    status = only(root, "samlp:Status")
    only(status, "samlp:StatusCode").set("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")
    draft = stage.idp.draft(asked, PEOPLE.adele)
    return draft.posted(serialised(root))


def _professional(stage: Stage) -> Response:
    draft = stage.idp.draft(
        stage.asked(),
        PEOPLE.adele,
        companyName="Esempio S.r.l.",
        ivaCode="VATIT-00000000000",
    )
    return stage.idp.answer(draft)


def _issued_before_request(stage: Stage) -> Response:
    """An assertion that is a second older than the skew allows."""
    asked = stage.asked()
    before = stage.clock.now() - stage.skew - timedelta(seconds=2)
    draft = stage.idp.draft(asked, PEOPLE.adele)
    return stage.idp.answer(attrs.evolve(draft, assertion_issued_at=instants.written(before)))


def _refused(number: int) -> Callable[[Stage], Response]:
    return lambda stage: stage.idp.refusal(stage.asked(), number)


_MAKERS: Mapping[str, tuple[str, Callable[[Stage], Response]]] = MappingProxyType(
    {
        "replay": ("an answer counts once", _replayed),
        "replay_in_other_lines": (
            "an answer counts once, however spelled",
            _replayed_as_another_form,
        ),
        "request_answered_again": ("a request is answered once", _same_request_again),
        "assertion_again": ("an assertion counts once", _same_assertion_again),
        "another_browser": ("an answer belongs to the browser that asked", _of_another_browser),
        "state_missing": ("the state comes back", _without_state),
        "state_empty": ("the state comes back", _state("")),
        "state_none": ("the state is text", _state(None)),
        "state_bytes": ("the state is text", _state(b"abc")),
        "state_long": ("the state is short", _state("a" * 10_000)),
        "state_surrogate": ("the state is any text", _state("\ud800")),
        "mix_up": ("who was asked answers", _other_answers),
        "mix_up_in_its_name": ("who was asked signs", _other_under_its_name),
        "mix_up_of_assertions": ("who was asked asserts", _others_assertion_within),
        "stranger": ("who answers is trusted", _stranger_answers),
        "request_of_another_day": ("the ID of a request names its moment", _late),
        "request_of_another_service": ("only our own keys name requests", _named_by_another),
        "metadata": ("signed metadata are no answer", _metadata),
        "metadata_within": ("what is signed has to be the answer", _metadata_within(keep=True)),
        "metadata_within_unsigned": (
            "what is signed has to be the answer",
            _metadata_within(keep=False),
        ),
        "artifact": ("answers come as they are", _redirected),
        "request_echoed": ("our own request is no answer", _request_echoed),
        "refusal_with_assertion": ("a refusal is one", _anomaly_with_assertion),
        "professional": ("somebody's firm is not the person", _professional),
        "older_than_request": (
            "an assertion does not come before its request",
            _issued_before_request,
        ),
        **{
            f"anomaly_{number}": ("a refusal is one", _refused(number))
            for number in (8, 11, 19, 20, 21, 22, 23, 24, 25, 30, 99)
        },
    }
)

EXCHANGE_ATTACKS: tuple[Attack, ...] = tuple(
    Attack(name=f"exchange_{one}", proves=proves, make=make)
    for one, (proves, make) in _MAKERS.items()
)
"""Each an answer in the wrong place."""
