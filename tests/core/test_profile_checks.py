"""A procedure that contradicts itself is told so, all at once, before anybody registers."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from registrazione import Registrar, SettingsError
from registrazione.core import form
from registrazione.core.emails import EmailRules
from registrazione.core.form import FieldKind
from registrazione.core.password_policy import PasswordPolicy
from registrazione.core.personal_code import PersonalCodePolicy
from registrazione.core.profile import (
    DUTIES,
    Cancellation,
    ConsentText,
    Federation,
    FirstPassword,
    Gate,
    HelpRoute,
    Lifetimes,
    Limits,
    Profile,
    Service,
    Step,
    UsernameRule,
    Window,
)
from registrazione.core.profile_checks import TOPICS, leads_on, problems_of
from registrazione.core.states import AccountState
from registrazione.core.texts import Text
from registrazione.core.ways import States
from registrazione.profiles import NAMES, load
from registrazione.refusals import catalogue
from registrazione.testing.builders import NOON

WORDS = Text("Prova", "Test")
UNIMI, STANDARD, POLIS, MIM = map(load, ("unimi-external", "standard", "polis", "mim-students"))


def without(profile: Profile, *names: str) -> tuple[form.FormField, ...]:
    """Return the form without some of its fields."""
    return tuple(field for field in profile.form if field.name not in names)


def changed(profile: Profile, name: str, **changes: object) -> tuple[form.FormField, ...]:
    """Return the form with one of its fields changed."""
    return tuple(attrs.evolve(f, **changes) if f.name == name else f for f in profile.form)


@pytest.mark.parametrize("name", NAMES)
def test_the_procedures_that_come_along_are_whole(name) -> None:
    """Nothing is wrong with any of the library's own procedures."""
    assert problems_of(load(name)) == ()


def test_the_topics_are_those_of_the_catalogue() -> None:
    """A help route can be given for each kind of problem that a refusal can have, and no other."""
    assert {entry.topic for entry in catalogue().values()} == TOPICS


CASES: dict[str, tuple[Profile, dict[str, object]]] = {
    "name and realm must not be empty": (UNIMI, {"realm": ""}),
    "consistency is 'severe', none of lenient, normal, strict": (UNIMI, {"consistency": "severe"}),
    "codice_fiscale is 'maybe', none of absent, optional, required": (
        UNIMI,
        {"codice_fiscale": "maybe"},
    ),
    "unique has 'phone', none of codice_fiscale, email": (UNIMI, {"unique": ("phone",)}),
    "help has a route for 'weather', none of access, application, data, enabling, identity, "
    "recovery, registration, service": (UNIMI, {"help": {"weather": HelpRoute(text=WORDS)}}),
    "duties names 'fly', none of approve, cancel, correct_data, erase, export_account, history, "
    "identify_in_person, reinstate, reject, suspend": (UNIMI, {"duties": {**DUTIES, "fly": ()}}),
    "steps has 'fill' more than once": (UNIMI, {"steps": (Step.FILL, Step.FILL)}),
    "gates has 'link' more than once": (UNIMI, {"gates": (Gate.LINK, Gate.LINK)}),
    "form has 'phone' more than once": (UNIMI, {"form": (*UNIMI.form, form.PHONE)}),
    "services has 'a' more than once": (
        UNIMI,
        {"services": (Service(name="a", title=WORDS), Service(name="a", title=WORDS))},
    ),
    "consents has 'terms' more than once": (
        UNIMI,
        {"consents": (ConsentText(name="terms", version="1", text=WORDS),) * 2},
    ),
    "unique has 'email' more than once": (UNIMI, {"unique": ("email", "email")}),
    "federation.providers has 'spid' more than once": (
        UNIMI,
        {"federation": Federation(providers=("spid", "spid"))},
    ),
    "steps needs fill: without a form nobody registers": (UNIMI, {"steps": ()}),
    "the step notice must come before fill": (
        MIM,
        {"steps": (Step.IDENTIFY, Step.FILL, Step.NOTICE, Step.SUMMARY)},
    ),
    "the step identify must come before fill": (
        MIM,
        {"steps": (Step.NOTICE, Step.FILL, Step.IDENTIFY)},
    ),
    "the step summary must come after fill": (
        MIM,
        {"steps": (Step.NOTICE, Step.IDENTIFY, Step.SUMMARY, Step.FILL)},
    ),
    "the step notice needs the text of a notice": (MIM, {"notice": None}),
    "human_check needs the step identify, where it is asked for": (UNIMI, {"human_check": True}),
    "codice_fiscale is absent, but the form has the field 'cf'": (
        UNIMI,
        {"codice_fiscale": "absent"},
    ),
    "unique has 'codice_fiscale', but codice_fiscale is absent": (
        STANDARD,
        {"unique": ("email", "codice_fiscale")},
    ),
    "the codice fiscale is asked for twice: by the step identify and by the form": (
        MIM,
        {"form": (*MIM.form, form.CODICE_FISCALE)},
    ),
    "nothing asks for the codice fiscale: neither the step identify nor a field 'cf'": (
        STANDARD,
        {"codice_fiscale": "optional"},
    ),
    "codice_fiscale is required, the field 'cf' says otherwise": (
        UNIMI,
        {"codice_fiscale": "required"},
    ),
    "the field 'email' must be of the kind email": (
        UNIMI,
        {"form": changed(UNIMI, "email", kind=FieldKind.LINE)},
    ),
    "the field 'category' leaves nothing to choose from": (
        UNIMI,
        {"form": (*UNIMI.form, form.CATEGORY)},
    ),
    "the field 'phone' has no room for anything": (
        UNIMI,
        {"form": changed(UNIMI, "phone", max_length=0)},
    ),
    "the field 'password_again' repeats 'password', which is not there": (
        STANDARD,
        {"form": (*STANDARD.form, form.PASSWORD_AGAIN)},
    ),
    "email.twice and the field 'email_again' go together": (
        UNIMI,
        {"email": EmailRules(twice=True)},
    ),
    "the form needs the field 'email', required: letters go there": (
        UNIMI,
        {"form": changed(UNIMI, "email", required=False)},
    ),
    "username is chosen if, and only if, the form has the field 'username'": (
        UNIMI,
        {"username": UsernameRule.GENERATED},
    ),
    "people sign in with their address: unique needs 'email'": (STANDARD, {"unique": ()}),
    "first_password is chosen if, and only if, the form has the field 'password'": (
        UNIMI,
        {"first_password": FirstPassword.TEMPORARY},
    ),
    "first_password is set at the link: gates needs link": (
        STANDARD,
        {"gates": (Gate.SECRETARIAT,)},
    ),
    "four_eyes look at who comes in person: gates needs presence": (UNIMI, {"four_eyes": True}),
    "the temporary personal code comes with the link: gates needs link": (
        UNIMI,
        {"gates": (Gate.PRESENCE,), "personal_code": PersonalCodePolicy()},
    ),
    "password.history is 25, more than 24": (UNIMI, {"password": PasswordPolicy(history=25)}),
    "federation.satisfies has 'door', which is no gate": (
        UNIMI,
        {"federation": Federation(providers=("spid",), satisfies=("door",))},  # type: ignore[arg-type]
    ),
    "federation.locked has 'shoe_size', which is no field of the form": (
        UNIMI,
        {"federation": Federation(locked=("cf", "email", "birth_region", "phone", "shoe_size"))},
    ),
    "federation.min_level is 1, 2 or 3": (UNIMI, {"federation": Federation(min_level=4)}),
    "the service 'a' asks for a personal code, and there are none": (
        UNIMI,
        {"services": (Service(name="a", title=WORDS, personal_code=True),)},
    ),
    "the service 'a' is for 'ata', which nobody can choose": (
        UNIMI,
        {"services": (Service(name="a", title=WORDS, categories=("ata",)),)},
    ),
    "the service 'a' is for 'dirigente', which nobody can choose": (
        POLIS,
        {"services": (Service(name="a", title=WORDS, categories=("ata", "dirigente")),)},
    ),
    "lifetimes.reset must be positive": (UNIMI, {"lifetimes": Lifetimes(reset=timedelta(0))}),
    "limits.attempts must be positive": (UNIMI, {"limits": Limits(attempts=0)}),
    "limits.lock must be positive": (UNIMI, {"limits": Limits(lock=timedelta(-1))}),
    "cancellation.years must be at least 1": (UNIMI, {"cancellation": Cancellation(years=0)}),
    "window closes before it opens": (UNIMI, {"window": Window(opens=NOON, closes=NOON)}),
    "the window of 'a' closes before it opens": (
        UNIMI,
        {
            "services": (
                Service(
                    name="a",
                    title=WORDS,
                    window=Window(opens=NOON, closes=NOON - timedelta(days=1)),
                ),
            )
        },
    ),
    "nobody can lead an account on from awaiting_secretariat: approve is open to nobody": (
        MIM,
        {"duties": {"reinstate": DUTIES["reinstate"]}},
    ),
    "nobody can lead an account on from suspended: reinstate is open to nobody": (
        UNIMI,
        {"duties": {"suspend": DUTIES["suspend"]}},
    ),
}


@pytest.mark.parametrize("problem", CASES)
def test_what_is_wrong_is_told(problem) -> None:
    """Each contradiction alone is found, and nothing else is."""
    profile, changes = CASES[problem]

    assert problems_of(attrs.evolve(profile, **changes)) == (problem,)


def test_everything_wrong_is_told_at_once() -> None:
    """A procedure with several faults is told all of them, by the registrar that was to use it."""
    broken = attrs.evolve(UNIMI, realm="", consistency="severe", steps=())

    with pytest.raises(SettingsError) as caught:
        Registrar.open(
            profile=broken,
            storage="memory://",
            mailer="memory://",
            secret_keys=["k" * 32],
            base_url="https://example.it",
        )

    assert str(caught.value) == (
        "the procedure 'unimi-external' cannot be used: name and realm must not be empty; "
        "consistency is 'severe', none of lenient, normal, strict; "
        "steps needs fill: without a form nobody registers"
    )


def test_a_form_without_an_address_is_told_once_for_each_reason() -> None:
    """Without an address nothing can be repeated, and letters go nowhere."""
    profile = attrs.evolve(MIM, form=without(MIM, "email"))

    assert problems_of(profile) == (
        "the field 'email_again' repeats 'email', which is not there",
        "the form needs the field 'email', required: letters go there",
    )


def test_who_can_be_led_on_is_looked_at_state_by_state() -> None:
    """An account before a gate that the procedure has lost is led on by nobody."""
    assert leads_on(States(state=AccountState.AWAITING_LINK), UNIMI)
    assert not leads_on(States(state=AccountState.AWAITING_PRESENCE), UNIMI)
