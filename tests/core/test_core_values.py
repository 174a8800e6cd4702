"""Small values of the core: equality, mappings that nobody changes, texts, draft, profile."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import MARIO, PROFILES, World, classes_below

from registrazione import Secret
from registrazione.core import form
from registrazione.core.commands import SignIn
from registrazione.core.draft import Draft
from registrazione.core.events import Activated, ContactsUpdated, SubmissionAuthorised
from registrazione.core.profile import Gate, Step, Window
from registrazione.core.questions import Load, Question, Verify, ask
from registrazione.core.records import Key
from registrazione.core.states import AccountState
from registrazione.core.texts import Text
from registrazione.profiles import load
from registrazione.testing.builders import NOON, an_account

times = st.datetimes(timezones=st.just(dt.UTC))


# -- equality -------------------------------------------------------------------------------


def test_values_are_equal_by_class_and_fields():
    """Commands, events and questions that say the same are the same, also in a set."""
    assert Load("a") == Load("a")
    assert Load("a") != Load("b")
    assert Load("a") != "a"
    assert len({Load("a"), Load("a"), Load("b")}) == 2
    assert Activated(activated_at=NOON) == Activated(activated_at=NOON)
    assert SignIn(username="a", password="p") == SignIn(username="a", password=Secret("p"))


# -- questions ------------------------------------------------------------------------------


def test_a_question_hands_its_fields_over_in_order():
    """The arguments of the port's method are the question's fields."""
    secret = Secret("x")

    assert Verify(secret, None).arguments() == (secret, None)
    assert Load("a").arguments() == ("a",)


@pytest.mark.parametrize("question", [q for q in classes_below(Question) if "method" in vars(q)])
def test_every_question_names_a_port_and_a_method_that_are_there(question):
    """No question asks for what no registrar has."""
    parts = World("standard").registrar.parts

    assert callable(getattr(getattr(parts, question.port), question.method))


def test_asking_gives_back_the_answer():
    """A flow yields the question and gets what is sent to it."""
    flow = ask(Load("a"))

    assert next(flow) == Load("a")
    with pytest.raises(StopIteration) as stop:
        flow.send("the answer")
    assert stop.value.value == "the answer"


# -- accounts and events --------------------------------------------------------------------


def test_nobody_changes_an_account_through_its_values():
    """An account copies what it is given; what is frozen already it keeps."""
    values = {"name": "Mario"}
    account = an_account(values=values)
    values["name"] = "Luigi"

    assert account.values == {"name": "Mario"}
    assert attrs.evolve(account, version=2).values is account.values
    with pytest.raises(TypeError):
        account.values["name"] = "Luigi"


def test_an_event_separates_the_account_s_values_from_the_trail_s():
    """Fields become the account's; notes go to the trail, empty ones nowhere."""
    event = SubmissionAuthorised(service="istanze", digest="d")

    assert event.name == "submission_authorised"
    assert event.changes() == {"code_failures": 0}
    assert event.notes() == {"service": "istanze", "digest": "d"}
    assert ContactsUpdated(values={}, fields="").notes() == {}


def test_the_repr_of_values_shows_no_person():
    """Neither accounts nor keys, events, identities, drafts or commands show who they are about."""
    identity = MARIO.vouched()
    account = an_account(
        codice_fiscale=MARIO.cf,
        values={"name": MARIO.name},
        email=MARIO.email(),
        personal_email=MARIO.email(),
        pending_email=MARIO.email(),
        username=MARIO.username,
        pending_identity=identity,
        identities=(identity.identity,),
        state=AccountState.ACTIVE,
    )
    draft = Draft(
        id="secret-draft-id",
        profile="polis",
        language="it",
        started_at=NOON,
        codice_fiscale=MARIO.cf,
        values={"name": MARIO.name},
        password=Secret(MARIO.password),
    )
    command = SignIn(username=MARIO.username, password=MARIO.password, origin="10.0.0.1")
    event = ContactsUpdated(values={"phone": "333"}, fields="phone")
    shown = repr([account, draft, command, event, identity, Key("r", "email", MARIO.email())])

    for hidden in (
        MARIO.cf,
        "Mario",
        "mario",
        MARIO.password,
        "secret-draft-id",
        "10.0.0.1",
        "333",
    ):
        assert hidden not in shown


# -- texts ----------------------------------------------------------------------------------


@given(st.text())
def test_italian_is_the_first_language(language):
    """Whatever is asked for and is not English is answered in Italian."""
    assert Text("ciao", "hello").to(language) == ("hello" if language == "en" else "ciao")


# -- the draft ------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-10")
@pytest.mark.parametrize("name", PROFILES)
def test_the_draft_knows_its_page_and_number(name):
    """Each page has its number, the last one stays when only the confirmation is left."""
    profile = load(name)
    draft = Draft(id="d", profile=name, language="it", started_at=NOON)
    seen = []
    while (step := draft.step(profile)) is not None:
        seen.append((step, draft.number(profile)))
        draft = attrs.evolve(draft, passed=(*draft.passed, step))

    most = len(profile.steps)
    assert seen == [(s, (n, most)) for n, s in enumerate(profile.steps, 1)]
    assert draft.number(profile) == (most, most)


# -- the profile ----------------------------------------------------------------------------


@given(st.none() | times, st.none() | times, times)
def test_a_window_is_open_from_its_beginning_up_to_its_end(opens, closes, now):
    """The first moment is inside, the last one is not; an end that is not said never comes."""
    found = Window(opens=opens, closes=closes).fault_at(now)

    if opens is not None and now < opens:
        assert found == "early"
    elif closes is not None and now >= closes:
        assert found == "late"
    else:
        assert found is None


def test_a_profile_finds_its_parts_by_name():
    """Fields and services by name, ``None`` where there is none; the realm is the name."""
    polis = load("polis")

    assert polis.field("email") == form.EMAIL
    assert polis.field("shoe_size") is None
    assert polis.service("istanze").personal_code
    assert polis.service("istruzione") is None
    assert load("standard").realm == "standard"
    assert polis.realm == "istruzione"


@given(st.lists(st.sampled_from(Gate), unique=True))
def test_the_next_gate_is_the_first_that_is_left(passed):
    """Gates are passed in the procedure's order, whatever was passed before."""
    polis = load("polis")
    left = [gate for gate in polis.gates if gate not in passed]

    assert polis.next_gate(tuple(passed)) == (left[0] if left else None)


def test_steps_are_named_like_the_commands_that_pass_them():
    """A page is called as in the documents."""
    assert {step.value for step in Step} == {"notice", "identify", "fill", "summary"}
