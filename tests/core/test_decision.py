"""From a decision to the one change that commits it."""

from __future__ import annotations

import pytest

from registrazione.core.answer import Answer
from registrazione.core.decision import Decision, Letter, Other, change_of, refused
from registrazione.core.events import Reinstated, SubmissionAuthorised, Superseded, Suspended
from registrazione.core.records import LetterState
from registrazione.core.refusals import refusal
from registrazione.core.states import AccountState
from registrazione.profiles import load
from registrazione.testing.builders import NOON, an_account

UNIMI = load("unimi-external")
ACTIVE = an_account(state=AccountState.ACTIVE, email="m@example.it", version=3, epoch=2)
CLAIM = an_account("claim", email="m@example.it", version=1)


def change(decision, command="suspend", ids=()):
    """Return the change of a decision of the university's procedure."""
    return change_of(decision, command, UNIMI, NOON, ids)


def test_nothing_decided_changes_nothing_and_leaves_its_line():
    """A command about nobody writes one line of the trail and no account."""
    made = change(Decision(answer=Answer()))

    assert (made.writes, made.letters) == ((), ())
    assert [(r.event, r.account_id, r.outcome, r.actor) for r in made.audit] == [
        ("suspend", None, "accepted", "person")
    ]
    assert Decision().evolved() is None


def test_events_write_the_next_version():
    """The snapshot is the evolved account, one version on, with keys, claims and its deadline."""
    made = change(Decision(account=ACTIVE, events=(Suspended(),), actor="help_desk:op"))
    (write,) = made.writes

    assert (write.account_id, write.expected, write.account.version) == (ACTIVE.id, 3, 4)
    assert write.account.state is AccountState.SUSPENDED
    assert {key.kind for key in write.keys} == {key.kind for key in write.claims} == {"email"}
    assert [(r.event, r.actor, r.at) for r in made.audit] == [
        ("suspend", "help_desk:op", NOON),
        ("suspended", "help_desk:op", NOON),
    ]


def test_an_account_without_events_is_not_written():
    """Reading an account leaves its version alone."""
    assert change(Decision(account=ACTIVE)).writes == ()


@pytest.mark.parametrize("as_other", [False, True])
def test_erasing_writes_no_account(as_other):
    """The account goes with its keys; what had happened to it is in the trail."""
    if as_other:
        decision = Decision(
            account=ACTIVE,
            others=(Other(account=CLAIM, events=(Superseded(ended_at=NOON),), erase=True),),
        )
    else:
        decision = Decision(account=CLAIM, erase=True)
    made = change(decision)

    (write,) = made.writes
    assert (write.account_id, write.account, write.keys) == ("claim", None, frozenset())
    assert ("superseded" in {r.event for r in made.audit}) is as_other


def test_others_change_in_the_same_moment():
    """What happens to another account is in the same change, under its own id."""
    decision = Decision(
        account=ACTIVE,
        events=(Suspended(), Reinstated()),
        others=(Other(account=CLAIM, events=(Superseded(ended_at=NOON),)),),
    )
    made = change(decision)

    assert {w.account_id: w.account.state for w in made.writes} == {
        ACTIVE.id: AccountState.ACTIVE,
        "claim": AccountState.CANCELLED,
    }
    assert [(r.account_id, r.event) for r in made.audit[1:]] == [
        (ACTIVE.id, "suspended"),
        (ACTIVE.id, "reinstated"),
        ("claim", "superseded"),
    ]


def test_while_it_is_not_decided_there_is_no_line_of_the_command():
    """What is written in the middle of a command leaves the lines of its events only."""
    made = change(Decision(account=ACTIVE, events=(Suspended(),)), command=None)

    assert [r.event for r in made.audit] == ["suspended"]


def test_notes_get_into_the_trail_and_values_do_not():
    """The line of an event holds its notes."""
    event = SubmissionAuthorised(service="istanze", digest="ab")
    made = change(Decision(account=ACTIVE, events=(event,), details={"days": "3"}))

    assert [dict(r.details) for r in made.audit] == [
        {"days": "3"},
        {"service": "istanze", "digest": "ab"},
    ]


def test_letters_are_about_an_account_as_it_is_afterwards():
    """Epoch, generation and language are the account's; without an address nothing is sent."""
    other = an_account("other", language="en", epoch=7, generation=5)
    decision = Decision(
        account=ACTIVE,
        events=(Suspended(),),
        effects=(
            Letter(kind="suspended", to="m@example.it", params={"reason": "r"}),
            Letter(kind="unknown", to="n@example.it", about=other),
            Letter(kind="none", to=""),
        ),
    )
    mine, others, nobodys = change(decision, ids=("1", "2", "3")).letters

    assert (mine.id, mine.account_id, mine.epoch, mine.language) == ("1", ACTIVE.id, 3, "it")
    assert (mine.params, mine.state, mine.created_at) == ({"reason": "r"}, LetterState.QUEUED, NOON)
    assert (others.account_id, others.epoch, others.generation, others.language) == (
        "other",
        7,
        5,
        "en",
    )
    assert nobodys.state is LetterState.VOID


def test_letters_about_nobody():
    """A letter to an address that nobody has is about no account, in Italian."""
    decision = Decision(effects=(Letter(kind="unknown", to="n@example.it"),))
    (letter,) = change(decision, ids=("1",)).letters

    assert (letter.account_id, letter.language, letter.epoch, letter.generation) == ("", "it", 0, 0)


def test_every_letter_needs_its_id():
    """Fewer ids than letters are a mistake, not a letter less."""
    with pytest.raises(ValueError, match="zip"):
        change(Decision(effects=(Letter(kind="unknown", to="n@example.it"),)))


def test_a_refusal_leaves_one_line():
    """Its outcome is the code of the refusal; with events besides, they are written as well."""
    bare = refused(refusal("token.used"), "activate", "account-1", "person", NOON)
    with_events = change(
        Decision(account=ACTIVE, events=(Suspended(),), refusal=refusal("sign_in.failed"))
    )

    assert [(r.event, r.outcome, r.account_id) for r in bare.audit] == [
        ("activate", "token.used", "account-1")
    ]
    assert (bare.writes, bare.letters) == ((), ())
    assert [r.outcome for r in with_events.audit] == ["sign_in.failed", "accepted"]
    assert len(with_events.writes) == 1


def test_what_is_decided_shows_no_reason():
    """An operator's words stay out of every repr, and so does the address."""
    letter = Letter(kind="rejected", to="m@example.it", params={"reason": "Rossi non risulta"})
    decision = Decision(account=ACTIVE, effects=(letter,))

    assert "Rossi" not in repr(decision)
    assert "Rossi" not in repr(change(decision, ids=("1",)))
    assert "m@example.it" not in repr(change(decision, ids=("1",)))
