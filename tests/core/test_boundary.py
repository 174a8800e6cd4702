"""The one boundary: every field of every command by its kind, all faults at once."""

from __future__ import annotations

from types import MappingProxyType

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import classes_below

from registrazione import Refusal, Secret
from registrazione.core import commands as c
from registrazione.core.boundary import FIELD_NAMES, MAX_FIELDS, enter
from registrazione.core.commands import Kind

COMMANDS = tuple(cls for cls in classes_below(c.Command) if "name" in vars(cls))
SAMPLES = {
    Kind.LINE: "it",
    Kind.TEXT: "perché sì",
    Kind.CODE: "AB123",
    Kind.IDENTIFIER: "identifier",
    Kind.TOKEN: "abc.def",
    Kind.SECRET: Secret("Password1"),
    Kind.EMAIL: "m@example.it",
    Kind.FORM: {"name": "Mario"},
    Kind.OPAQUE: None,
}
NOTHING_LIKE_IT = ["", 5, b"x", [], ["a"], "\ud800", "\0", "x" * 10**6, object(), 1.5, {"a": 1}]


def fields_of(cls):
    """Return the fields that the boundary looks at, by name."""
    return {
        field.name: field
        for field in attrs.fields(cls)
        if field.metadata["kind"] is not Kind.OPAQUE
    }


def sample(cls, **changes):
    """Return a command with a sound value in every field."""
    usual = {field.name: SAMPLES[field.metadata["kind"]] for field in attrs.fields(cls)}
    return cls(**{**usual, **changes})


def codes_of(command):
    """Return code and field of everything the boundary finds."""
    try:
        enter(command)
    except Refusal as refused:
        return {(f.code, f.field) for f in refused.faults}
    return set()


@pytest.mark.parametrize("cls", COMMANDS)
def test_a_sound_command_passes_unchanged(cls):
    """What is clean already stays as it is, the first time and the second."""
    command = sample(cls)

    assert enter(command) == enter(enter(command)) == command


@pytest.mark.parametrize("cls", COMMANDS)
def test_every_field_of_every_command_is_looked_at(cls):
    """Nothing that is no such text gets through any field; each has its own fault."""
    for name, field in fields_of(cls).items():
        for value in NOTHING_LIKE_IT:
            if value == field.default or enters(field.metadata["kind"], value):
                continue
            found = codes_of(sample(cls, **{name: value}))
            assert len(found) == 1, (name, value)
            assert next(iter(found))[0] in {
                "input.missing",
                "input.type",
                "input.too_long",
                "input.character",
                "input.malformed",
                "token.invalid",
                "session.ended",
            }


def enters(kind, value):
    """Tell whether a value that is nothing like the others is sound for this kind after all."""
    return {
        # A password may be empty or odd: the policy judges it.
        Kind.SECRET: isinstance(value, str) and len(value) < 100,
        Kind.FORM: isinstance(value, dict),
    }.get(kind, False)


def test_all_faults_come_at_once():
    """Three bad fields are three faults, under the names that a form knows."""
    command = c.ChangePassword(session="\0", old=5, new=None, again="x" * 5000)

    assert codes_of(command) == {
        ("session.ended", "session"),
        ("input.type", "old"),
        ("input.missing", "password"),
        ("input.too_long", "password_again"),
    }


@pytest.mark.parametrize("cls", COMMANDS)
def test_nothing_is_the_same_as_not_given(cls):
    """``None`` becomes the default where there is one, and is missing where there is none."""
    for name, field in fields_of(cls).items():
        command = sample(cls, **{name: None})
        if field.default is attrs.NOTHING:
            (found,) = codes_of(command)
            assert found[0] in {"input.missing", "input.type", "token.invalid", "session.ended"}
            assert found[1] == FIELD_NAMES.get(name, name)
        else:
            assert getattr(enter(command), name) == field.default


def test_text_is_made_canonical_once():
    """Spaces at the edges go, codes become capitals, texts get one kind of line end."""
    seen = enter(
        c.IdentifyInPerson(
            operator=None,
            account_id="a",
            codice_fiscale="",
            document_type="  carta  d'identita ",
            document_number=" ca12345aa ",
        )
    )
    rejected = enter(c.Reject(operator=None, account_id="a", reason=" no\r\nperché "))

    assert (seen.document_type, seen.document_number) == ("carta d'identita", "CA12345AA")
    assert rejected.reason == "no\nperché"


def test_secrets_are_not_touched():
    """A password is looked at for its type and length only."""
    command = c.SignIn(username="m", password="  Pass word\0 ")

    assert enter(command).password.reveal() == "  Pass word\0 "


class Deceiving(str):
    """Text that says of itself what it likes, as marked-up text of a template may."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other):
        """Be equal to everything."""
        return True

    def __str__(self):
        """Be other text."""
        return "other"

    def __len__(self):
        """Be short."""
        return 1


def test_a_subclass_of_text_enters_as_plain_text():
    """What a subclass overrides is asked nowhere: in a field, in a form, in a secret."""
    word = Deceiving("abcd")
    found = enter(c.SignIn(username="m", password=word, service=word))
    values = enter(c.UpdateContacts(session="a.b", values={word: word})).values

    texts = [found.service, found.password.reveal(), *values, *values.values()]
    assert [(type(text), text) for text in texts] == [(str, "abcd")] * 4
    assert codes_of(c.SignIn(username="m", password=Deceiving("x" * 10**6))) == {
        ("input.too_long", "password")
    }


@pytest.mark.parametrize("thing", [None, 5, "begin", c.Begin])
def test_only_a_command_enters(thing):
    """Whoever hands over something else is told its type, and nothing of what it holds."""
    with pytest.raises(TypeError, match=f"^a command is asked for, not {type(thing).__name__}$"):
        enter(thing)


@pytest.mark.parametrize(
    ("values", "sound"),
    [
        ({}, True),
        (MappingProxyType({"a": object()}), True),
        ({f"f{n}": "" for n in range(MAX_FIELDS)}, True),
        ({f"f{n}": "" for n in range(MAX_FIELDS + 1)}, False),
        ({1: "a"}, False),
        ([("a", "b")], False),
        ("a=b", False),
    ],
    ids=["empty", "mapping", "most", "too many", "number", "pairs", "text"],
)
def test_a_form_is_a_mapping_of_names(values, sound):
    """Names are text and not too many; what stands behind them is read field by field."""
    found = codes_of(c.UpdateContacts(session="a.b", values=values))

    assert found == (set() if sound else {("input.type", "values")})


@given(st.text(max_size=300))
def test_tokens_have_one_spelling(token):
    """A token either enters as it is, or is no token; it is never cut or trimmed."""
    command = c.Activate(token=token)
    found = codes_of(command)

    assert found in (set(), {("token.invalid", "token")})
    assert found or enter(command).token == token
