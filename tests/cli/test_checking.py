"""What the command ``check`` finds in a line, whatever the line."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.codici_fiscali import with_luhn_digit

from registrazione.cli.checking import KINDS, Kind, Outcome, answer, read
from registrazione.core.profile import Profile
from registrazione.core.refusals import Severity, fault
from registrazione.profiles import NAMES, load

CF = "RSSMRA80A01H501U"
FIELDS = {
    "password": {"password", "password_again"},
    "codice-fiscale": {"cf", "surname", "name", "sex", "birth_date", "birth_place"},
    "email": {"email", "email_again"},
    "username": {"username"},
}
"""The fields that problems of each kind may belong to, by the contract of the command."""
KEYS = {
    "password": ("password", "password_again", "username", "email", "name", "surname", "previous"),
    "codice-fiscale": ("cf", "surname", "name", "sex", "birth_date", "birth_place"),
    "email": ("email", "email_again"),
    "username": ("username",),
}
MIM, IOL, STANDARD, UNIMI, ISTANZE = map(
    load, ("mim-students", "iscrizioni-online", "standard", "unimi-external", "istanze-online")
)


def found(kind: str, row: object, profile: Profile = UNIMI) -> dict[str, object]:
    """Return the answer to a row."""
    return answer(KINDS[kind], json.dumps(row).encode(), profile, "it")


def codes(kind: str, row: object, profile: Profile = UNIMI) -> list[tuple[str, str]]:
    """Return field and code of each problem of a row."""
    problems = found(kind, row, profile)["problems"]
    assert isinstance(problems, list)
    return [(problem["field"], problem["code"]) for problem in problems]


# -- lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"   \n",
        b"null",
        b"[]",
        b'"password"',
        b"12",
        b"true",
        b"{",
        b"{'password': 'a'}",
        b'{"password": "a"} {"password": "b"}',
        b'{"password": NaN}',
        b'{"password": Infinity}',
        b'{"password": "a\x00b"}',
        b'{"password": "a\tb"}',
        b"\x00\x00\x00{",
        b"\xff\xfe{",
        b'\xef\xbb\xbf{"password": "a"}',
        b'{"password": "\xed\xa0\x80"}',
        '{"password": "a"}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"password": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_object_is_malformed(line) -> None:
    """A line that is no JSON object in UTF-8 is told so, and nothing is raised."""
    assert read(line) is None
    assert answer(KINDS["password"], line, UNIMI, "en") == {
        "ok": False,
        "normalised": None,
        "problems": [
            {
                "code": "input.malformed",
                "field": "password",
                "severity": "error",
                "message": "The value does not have the expected form.",
            }
        ],
    }


@pytest.mark.parametrize(
    "line",
    [
        b'{"username": "mario"}',
        b'{"username": "mario"}\n',
        b'{"username": "mario"}\r\n',
        b'  {"username" : "mario"}  ',
        b'{"username": "other", "username": "mario"}',
        b'{"username": "mario", "unknown": ' + b"9" * 5000 + b"}",
        b'{"username": "\\u006dario"}',
    ],
)
def test_objects_are_read_as_json_has_them(line) -> None:
    """Spaces, escapes, repeated and unknown keys and huge numbers are no hindrance."""
    assert answer(KINDS["username"], line, UNIMI, "it") == {
        "ok": True,
        "normalised": "mario",
        "problems": [],
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [1, 1.5, True, [], ["a"], {}, {"a": "b"}])
def test_a_key_of_another_type_is_told(kind, value) -> None:
    """Whatever is no text where one is due has the problem ``input.type`` on its field."""
    field = KINDS[kind].field

    assert codes(kind, {KEYS[kind][0]: value}) == [(field, "input.type")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("row", [{}, {"unknown": "x"}, None])
def test_a_missing_key_is_told(kind, row) -> None:
    """Without its key, or with null in its place, a row has the problem ``input.missing``."""
    key = KEYS[kind][0]
    row = {key: None} if row is None else row

    assert codes(kind, row) == [(KINDS[kind].field, "input.missing")]


def test_only_errors_make_a_row_wrong() -> None:
    """Warnings and hints are told, and the row is in order all the same."""
    infos = (fault("cf.provvisorio", None, severity=Severity.INFO),)
    row = answer(Kind("cf", lambda *_: Outcome("x", infos)), b"{}", UNIMI, "it")

    assert row["ok"] is True
    assert [p["field"] for p in row["problems"]] == ["cf"]  # type: ignore[attr-defined]
    assert "x" not in repr(Outcome("x", ()))


# -- passwords ------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-31", "MIM-32", "MIM-33", "MIM-34", "MIM-35", "MIM-36")
@pytest.mark.parametrize(
    ("row", "problems"),
    [
        ({"password": "Passw0rd!"}, []),
        ({"password": "passw0rd"}, ["password.needs_upper"]),
        ({"password": "PASSW0RD"}, ["password.needs_lower"]),
        ({"password": "Password"}, ["password.needs_digit"]),
        ({"password": "Pass1"}, ["password.too_short"]),
        ({"password": "Passw0rd&"}, ["password.special"]),
        ({"password": "Passw0rd", "previous": ["Passw0rd"]}, ["password.reused"]),
        (
            {"password": "Passw0rd", "previous": ["Passw0rd", *(f"Altra{n}aaa" for n in range(5))]},
            [],
        ),
        ({"password": "Passw0rd", "password_again": "Passw0rd"}, []),
        (
            {"password": ""},
            [f"password.{x}" for x in ("too_short", "needs_upper", "needs_lower", "needs_digit")],
        ),
    ],
)
def test_passwords_are_judged_by_the_profile(row, problems) -> None:
    """The students' portal takes eight characters, A, a and 1, no specials but five, no repeats."""
    assert [code for _, code in codes("password", row, MIM)] == problems


def test_a_confirmation_that_differs_is_a_problem_of_its_field() -> None:
    """The second password is compared where it is there."""
    row = {"password": "Passw0rd", "password_again": "Passw0rt"}

    assert codes("password", row, IOL) == [("password_again", "password.mismatch")]


@pytest.mark.parametrize("previous", ["Passw0rd", [1], ["Passw0rd", None], {"a": "b"}])
def test_earlier_passwords_are_a_list_of_texts(previous) -> None:
    """What is no such list is told at the password, because no other field is there for it."""
    row = {"password": "Passw0rd", "previous": previous}

    assert codes("password", row, MIM) == [("password", "input.type")]


def test_strength_and_lists_are_looked_at_last() -> None:
    """What the rules refuse is not looked up; what they let through is."""
    alone = {"password": "giovanni bianchi 1980"}
    person = {**alone, "name": "Giovanni", "surname": "Bianchi"}

    assert [c for _, c in codes("password", {"password": "password"}, STANDARD)] == [
        "password.too_short"
    ]
    assert [c for _, c in codes("password", person, STANDARD)] == ["password.weak"]
    assert codes("password", alone, STANDARD) == []


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"min_strength": None}, ["password.breached"]),
        ({"breach_check": False}, ["password.weak"]),
        ({}, ["password.weak", "password.breached"]),
    ],
)
def test_each_list_is_asked_where_the_profile_wants_it(changes, problems) -> None:
    """Estimator and list of common passwords are two rules, and a profile may have either."""
    policy = attrs.evolve(STANDARD.password, min_length=8, **changes)
    profile = attrs.evolve(STANDARD, password=policy)

    assert [c for _, c in codes("password", {"password": "password123"}, profile)] == problems


def test_no_password_comes_back() -> None:
    """Nothing of a password is in the answer, right or wrong."""
    for password in ("Segretissima1", "segretissima", "Segretissima1&"):
        assert "egretissima" not in json.dumps(found("password", {"password": password}, MIM))


# -- codici fiscali -------------------------------------------------------------------------


@pytest.mark.requirement("MIM-11", "MIM-14")
@pytest.mark.parametrize(
    ("row", "problems"),
    [
        ({"cf": CF}, []),
        ({"cf": f" {CF.lower()}\t"}, []),
        ({"cf": CF[:-1]}, [("cf", "cf.lunghezza")]),
        ({"cf": CF[:-1] + "V", "name": 3}, [("cf", "cf.controllo")]),
        ({"cf": CF, "surname": "Rossi", "name": "Mario", "sex": "M"}, []),
        ({"cf": CF, "surname": "Verdi"}, [("surname", "cognome.incoerente")]),
        (
            {"cf": CF, "sex": "F", "birth_date": "1980-01-02"},
            [("sex", "sesso.incoerente"), ("birth_date", "data.incoerente")],
        ),
        ({"cf": CF, "birth_place": "H501"}, []),
        ({"cf": CF, "birth_place": "F205"}, [("birth_place", "luogo.incoerente")]),
        ({"cf": CF, "birth_date": "1.1.1980"}, [("birth_date", "data.forma")]),
        ({"cf": CF, "surname": None, "sex": "", "birth_date": None}, []),
        (
            {"cf": CF, "sex": 1, "name": "Luca"},
            [("sex", "input.type"), ("name", "nome.incoerente")],
        ),
        ({"cf": with_luhn_digit("1234567890")}, [("cf", "cf.provvisorio")]),
        ({"cf": "RSSMRA80A01Z999Y"}, [("cf", "cf.luogo_sconosciuto")]),
    ],
)
def test_codici_fiscali_are_judged_and_compared(row, problems) -> None:
    """A wrong code is told alone; a sound one is compared with whatever is beside it."""
    assert codes("codice-fiscale", row, MIM) == problems


def test_the_code_comes_back_in_capitals() -> None:
    """The canonical form is what is stored; a wrong code has none."""
    assert found("codice-fiscale", {"cf": f" {CF.lower()} "})["normalised"] == CF
    assert found("codice-fiscale", {"cf": CF, "sex": "F"})["normalised"] == CF
    assert found("codice-fiscale", {"cf": "x"})["normalised"] is None


@pytest.mark.parametrize(("name", "ok"), [("mim-students", False), ("polis", True)])
def test_the_profile_says_what_a_disagreement_weighs(name, ok) -> None:
    """Where a school looks at the document, a disagreement is a warning."""
    row = {"cf": CF, "surname": "Verdi"}

    assert found("codice-fiscale", row, load(name))["ok"] is ok


# -- addresses ------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-16", "MIM-17", "IOL-13", "IST-04")
@pytest.mark.parametrize(
    ("profile", "row", "problems"),
    [
        (UNIMI, {"email": "Mario@Example.IT"}, []),
        (MIM, {"email": "mario@example.it"}, []),
        (MIM, {"email": "mario@istruzione.it"}, [("email", "email.domain_excluded")]),
        (IOL, {"email": "mario@posta.istruzione.it"}, []),
        (ISTANZE, {"email": "mario@example.it"}, [("email", "email.domain_required")]),
        (UNIMI, {"email": "mario"}, [("email", "email.malformed")]),
        (UNIMI, {"email": "a@example.it", "email_again": "a@EXAMPLE.it"}, []),
        (UNIMI, {"email": "a@example.it", "email_again": None}, []),
        (
            UNIMI,
            {"email": "a@example.it", "email_again": "b@example.it"},
            [("email_again", "email.again_different")],
        ),
        (
            UNIMI,
            {"email": "a", "email_again": "b"},
            [("email", "email.malformed"), ("email_again", "email.malformed")],
        ),
        (UNIMI, {"email": "a", "email_again": "b@example.it"}, [("email", "email.malformed")]),
        (UNIMI, {"email": "a@example.it", "email_again": 3}, [("email_again", "input.type")]),
    ],
)
def test_addresses_are_judged_by_the_profile(profile, row, problems) -> None:
    """Domains as the profile has them; a second address is compared where it is there."""
    assert codes("email", row, profile) == problems


def test_the_address_comes_back_normalised() -> None:
    """The domain in lower case and in ASCII, the local part as it was."""
    assert found("email", {"email": "Mario@BÜCHER.it"})["normalised"] == "Mario@xn--bcher-kva.it"
    assert found("email", {"email": "mario"})["normalised"] is None


# -- usernames ------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-05")
@pytest.mark.parametrize(
    ("username", "normalised", "problems"),
    [
        ("Mario.Rossi", "mario.rossi", []),
        ("m", None, ["username.too_short"]),
        ("admin", None, ["username.reserved"]),
        ("mario rossi", None, ["username.character"]),
        (CF, None, ["username.codice_fiscale"]),
    ],
)
def test_usernames_are_judged(username, normalised, problems) -> None:
    """A username comes back in the spelling under which it is unique, if it may be used."""
    row = found("username", {"username": username})

    assert row["normalised"] == normalised
    assert [code for _, code in codes("username", {"username": username})] == problems


# -- whatever comes in ----------------------------------------------------------------------

SURROGATES = st.text(st.characters(exclude_categories=()), max_size=40)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | SURROGATES
    | st.sampled_from([CF, "M", "a@b.it"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SURROGATES, inner, max_size=3),
    max_leaves=5,
)
ROWS = st.dictionaries(
    st.sampled_from(sorted({key for keys in KEYS.values() for key in keys})), VALUES, max_size=7
)
LINES = st.binary(max_size=80) | ROWS.map(lambda row: json.dumps(row).encode())


@given(st.sampled_from(sorted(KINDS)), st.sampled_from(sorted(NAMES)), LINES)
@example("codice-fiscale", "mim-students", b'{"cf": "' + b"A" * 1_000_000 + b'"}')
@example("password", "standard", b'{"password": "' + b"A" * 1_000_000 + b'"}')
@example(
    "password", "mim-students", b'{"password": "Aa1aaaaa", "name": "' + b"A" * 1_000_000 + b'"}'
)
@example("email", "polis", b'{"email": "' + b"a" * 1_000_000 + b'@b.it"}')
@example("username", "polis", b'{"username": "' + b"a" * 1_000_000 + b'"}')
def test_every_line_has_one_answer_of_the_promised_form(kind, name, line) -> None:
    """Whatever the line, the answer has the form of the contract, and can be written as ASCII."""
    row = answer(KINDS[kind], line, load(name), "en")

    assert list(row) == ["ok", "normalised", "problems"]
    assert json.loads(json.dumps(row).encode("ascii")) == row
    assert row["normalised"] is None or isinstance(row["normalised"], str)
    problems = row["problems"]
    assert isinstance(problems, list)
    assert row["ok"] is not any(p["severity"] == "error" for p in problems)
    for problem in problems:
        assert list(problem) == ["code", "field", "severity", "message"]
        assert problem["field"] in FIELDS[kind] | {"username", "email", "name", "surname"}
        assert problem["severity"] in {"error", "warning", "info"}
        assert problem["message"]
        assert CF not in problem["message"]
