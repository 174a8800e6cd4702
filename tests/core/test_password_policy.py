"""What a password must be, rule by rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from registrazione.core.alphabets import LETTERS_AND_DIGITS
from registrazione.core.password_policy import Expiry, ExpiryState, PasswordPolicy
from registrazione.core.refusals import Severity
from registrazione.profiles._policies import IOL, MIM, POLIS, STANDARD

SET_AT = datetime(2023, 12, 1, 9, 30, tzinfo=UTC)


def codes(policy: PasswordPolicy, password: str, **context: object) -> list[str]:
    """Return the codes of a password's faults, in order."""
    return [fault.code.removeprefix("password.") for fault in policy.check(password, **context)]


@pytest.mark.requirement("MIM-32", "MIM-33", "MIM-34", "MIM-35", "MIM-36")
@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("Abcdefg1", []),
        ("Abcdef1", ["too_short"]),
        ("abcdefg1", ["needs_upper"]),
        ("ABCDEFG1", ["needs_lower"]),
        ("Abcdefgh", ["needs_digit"]),
        ("Ab1!@#$%", []),
        ("Abcdef1&", ["special"]),
        ("Abcdef1 ", ["space"]),
        (" Abcdef1", ["space"]),
        ("Abcdef1è", ["accented"]),
        ("Àbcdefg1", ["accented", "needs_upper"]),
        ("Abcdefg1\u0301", ["accented"]),
        ("Аbcdefg1", ["other_script", "needs_upper"]),
        ("Abcdefg١", ["other_script", "needs_digit"]),
        ("Abcdefg1\x00", ["control"]),
        ("Abcdefg1\n", ["control"]),
        ("Abcdefg1\ud83d", ["surrogate"]),
        ("Abcdefg1\U0010fffe", ["unassigned"]),
        ("Abcdefg1🔑", ["symbol"]),
        ("Abcdefg1\u200b", ["invisible"]),
        ("", ["too_short", "needs_upper", "needs_lower", "needs_digit"]),
        ("perché no", ["space", "accented", "needs_upper", "needs_digit"]),
    ],
)
def test_rules_of_the_ministry(password, faults) -> None:
    """Length, classes and alphabet are those of the ministry's box, all faults at once."""
    assert codes(MIM, password) == faults


@pytest.mark.requirement("IOL-08")
@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("Scuola20", []),
        ("Scuola-2020 ", ["space"]),
        ("Sc_20~^&", []),
        ("Scuola2", ["too_short"]),
        ("scuola20", ["needs_upper"]),
        ("SCUOLA20", ["needs_lower"]),
        ("Scuolaaa", ["needs_digit"]),
    ],
)
def test_rules_of_the_enrolment_portal(password, faults) -> None:
    """Eight characters with a digit and both cases, any special of the keyboard."""
    assert codes(IOL, password) == faults


@pytest.mark.requirement("IOL-08")
def test_the_enrolment_portal_has_no_history() -> None:
    """A password used before is accepted again where the document names no history."""
    assert IOL.check("Scuola20", previous=["Scuola20"]) == ()


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("quattordici ab", ["too_short"]),
        ("quindici lettere", []),
        ("ὀρθὸς βατήρ καλός", []),
        ("due spazi  in fila", []),
        ("spazio\u00a0unificatore", ["invisible"]),
        ("a capo\na capo a capo", ["control"]),
        ("carattere privato \ue000", ["unassigned"]),
        ("mezza coppia \ud800 sola", ["surrogate"]),
        ("🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈", []),
    ],
)
def test_rules_of_the_standard_profile(password, faults) -> None:
    """Length is counted in code points, any printable character is welcome."""
    assert codes(STANDARD, password) == faults


def test_an_alphabet_without_specials_says_so() -> None:
    """Where no special is allowed, no list of allowed ones is shown."""
    policy = PasswordPolicy(alphabet=LETTERS_AND_DIGITS)

    assert [(f.code, dict(f.params)) for f in policy.check("Abcdefg!")] == [
        ("password.no_specials", {})
    ]


def test_classes_count_in_any_script_where_any_is_allowed() -> None:
    """An upper-case letter is one of its script, in an alphabet of all scripts."""
    policy = attrs.evolve(STANDARD, require_upper=True, require_lower=True, require_digit=True)

    assert codes(policy, "ЗДРАВСТВУЙ мир ١٢٣") == []
    assert codes(policy, "здравствуй мир ١٢٣") == ["needs_upper"]


def test_faults_tell_fixed_words_and_the_specials_refused() -> None:
    """The specials refused come in the order of ASCII, each once; nothing else is told."""
    faults = MIM.check("~~x&yà~")

    assert [(fault.code, fault.field, dict(fault.params)) for fault in faults] == [
        ("password.too_short", "password", {"min": 8}),
        ("password.special", "password", {"refused": "& ~", "allowed": "! @ # $ %"}),
        ("password.accented", "password", {}),
        ("password.needs_upper", "password", {}),
        ("password.needs_digit", "password", {}),
    ]


@pytest.mark.parametrize("policy", [MIM, IOL, STANDARD])
def test_beyond_the_cap_only_length_is_told(policy) -> None:
    """A text that is too long is not looked at: no other fault, not even the second field's."""
    long = "\ud800è " * 400_000
    faults = policy.check(long, again="", previous=[long], username=long, email=long, name=long)

    assert [(f.code, dict(f.params)) for f in faults] == [("password.too_long", {"max": 128})]


def test_the_cap_is_inclusive() -> None:
    """128 characters are accepted, 129 are not."""
    assert codes(MIM, "Aa1" + "x" * 125) == []
    assert codes(MIM, "Aa1" + "x" * 126) == ["too_long"]


def test_what_is_typed_decomposed_counts_as_composed() -> None:
    """A keyboard that sends accents apart loses no length, and one text has one verdict."""
    decomposed = "e\u0301" * 100

    assert codes(STANDARD, decomposed) == []
    assert codes(STANDARD, "e\u0301" * 129) == ["too_long"]
    assert codes(STANDARD, "e\u0301" * 14) == ["too_short"]


def test_canonical_composes_only_where_the_alphabet_says_so() -> None:
    """The standard profile composes, a seed's never changes a character."""
    assert STANDARD.canonical("perche\u0301") == "perch\u00e9"
    assert MIM.canonical("perche\u0301 ") == "perche\u0301 "


def test_a_text_beyond_reach_is_not_composed() -> None:
    """What cannot become a password comes back as it is, at no cost."""
    long = "e\u0301" * 500_000

    assert STANDARD.canonical(long) is long


@pytest.mark.parametrize(
    ("again", "faults"), [("Abcdefg1", []), ("Abcdefg2", ["mismatch"]), ("", ["mismatch"])]
)
def test_the_second_field_must_be_equal(again, faults) -> None:
    """A confirmation that differs is a fault of its own field; an empty one differs."""
    found = MIM.check("Abcdefg1", again=again)

    assert [fault.code.removeprefix("password.") for fault in found] == faults
    assert [fault.field for fault in found] == ["password_again"] * len(faults)


def test_the_second_field_is_compared_composed() -> None:
    """Two keyboards may send one text in two spellings."""
    assert STANDARD.check("perch\u00e9 perch\u00e9 no", again="perche\u0301 perche\u0301 no") == ()


@pytest.mark.requirement("MIM-31")
@pytest.mark.parametrize(
    ("earlier", "reused"),
    [(0, False), (1, False), (2, True), (3, True), (4, True), (5, True), (6, True)],
)
def test_the_last_five_may_not_return(earlier, reused) -> None:
    """Of seven earlier passwords, oldest first, the last five count, the current one included."""
    previous = [f"Password{number}" for number in range(7)]

    assert codes(MIM, f"Password{earlier}", previous=previous) == ["reused"] * reused


@pytest.mark.requirement("MIM-31")
def test_history_is_exact() -> None:
    """Another case is another password: nothing is folded."""
    assert codes(MIM, "Password1", previous=["pASSWORD1", "Password1 "]) == []
    assert dict(MIM.reused().params) == {"count": 5}


def test_history_compares_composed() -> None:
    """An earlier password in another spelling is the same password."""
    policy = attrs.evolve(STANDARD, history=1)

    assert codes(policy, "citt\u00e0 e campagna", previous=["citta\u0300 e campagna"]) == ["reused"]


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("giovanna.bianchi", "same_as_username"),
        ("GiovannaBianchi", "same_as_username"),
        ("g.bianchi+scuola@example.it", "same_as_email"),
        ("g.bianchi+scuola", "same_as_email"),
        ("maria giovanna d'angelo", "same_as_name"),
        ("D'Angelo Maria Giovanna", "same_as_name"),
        ("Maria-Giovanna!!!", "same_as_name"),
    ],
)
def test_personal_data_are_no_password(password, fault) -> None:
    """Username, address and name are refused in whatever case and punctuation."""
    found = codes(
        STANDARD,
        password,
        username="giovanna.bianchi",
        email="g.bianchi+scuola@example.it",
        name="Maria Giovanna",
        surname="D'Angelo",
    )

    assert found == [fault]


def test_missing_personal_data_match_nothing() -> None:
    """A password of signs only is not equal to a name that is empty."""
    assert codes(STANDARD, "- - - - - - - - -", username="", email="@", name="", surname=None) == []


def test_seeds_do_not_compare_with_the_person() -> None:
    """The documents do not forbid it, so their profiles do not."""
    assert codes(MIM, "Mario1980", username="mario1980", name="Mario1980") == []


@pytest.mark.parametrize(("score", "code"), [(0, "weak"), (2, "weak"), (3, None), (4, None)])
def test_strength_is_judged_by_score(score, code) -> None:
    """Below the lowest score the password is weak."""
    found = STANDARD.judge(score)

    assert (found and found.code) == (code and f"password.{code}")


def test_strength_is_not_judged_where_none_is_asked() -> None:
    """The seeds' profiles accept what they say, weak or not."""
    assert MIM.judge(0) is None


@pytest.mark.parametrize(
    ("policy", "found", "refused"),
    [(STANDARD, True, True), (STANDARD, False, False), (MIM, True, False)],
)
def test_breaches_are_judged_where_the_policy_looks(policy, found, refused) -> None:
    """Being on a list counts only where the policy asks for lists."""
    fault = policy.judge_breach(found)

    assert (fault is not None) is refused
    assert fault is None or fault.code == "password.breached"


@pytest.mark.requirement("POL-17")
@pytest.mark.parametrize(
    ("age", "state", "days_left"),
    [
        (timedelta(days=-1), ExpiryState.OK, 181),
        (timedelta(0), ExpiryState.OK, 180),
        (timedelta(days=164, hours=23), ExpiryState.OK, 16),
        (timedelta(days=165), ExpiryState.WARN, 15),
        (timedelta(days=179, hours=23), ExpiryState.WARN, 1),
        (timedelta(days=180), ExpiryState.EXPIRED, 0),
        (timedelta(days=20_000), ExpiryState.EXPIRED, 0),
    ],
)
def test_a_password_expires_after_a_warning(age, state, days_left) -> None:
    """The warning begins 15 days before the 180 are over, and counts begun days."""
    assert POLIS.expiry(SET_AT, SET_AT + age) == Expiry(state=state, days_left=days_left)


@pytest.mark.requirement("POL-17")
def test_expiry_is_told_as_a_warning_then_as_an_error() -> None:
    """What is shown at log-in does not refuse; the expired password does."""
    warning = POLIS.expiry(SET_AT, SET_AT + timedelta(days=170)).fault()
    error = POLIS.expiry(SET_AT, SET_AT + timedelta(days=180)).fault()

    assert warning is not None
    assert (warning.code, warning.severity) == ("password.expiring", Severity.WARNING)
    assert dict(warning.params) == {"days": 10}
    assert error is not None
    assert (error.code, error.is_error) == ("password.expired", True)


def test_no_expiry_unless_it_is_set() -> None:
    """A password without a set life is fine for ever."""
    expiry = MIM.expiry(SET_AT, SET_AT + timedelta(days=36_500))

    assert (expiry, expiry.fault()) == (Expiry(), None)


def test_expiry_without_a_warning() -> None:
    """A policy may expire passwords without announcing it."""
    policy = PasswordPolicy(expires_after=timedelta(days=90))
    expiry = policy.expiry(SET_AT, SET_AT + timedelta(days=89))

    assert expiry == Expiry(state=ExpiryState.OK, days_left=1)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"max_length": 63}, "max_length"),
        ({"min_length": 0}, "min_length"),
        ({"min_length": 129}, "min_length"),
        ({"history": -1}, "history"),
        ({"min_strength": 5}, "min_strength"),
        ({"min_strength": -1}, "min_strength"),
        ({"expires_after": timedelta(0)}, "expires_after"),
        ({"warn_before": timedelta(days=1)}, "warn_before"),
    ],
)
def test_contradictions_are_refused(settings, problem) -> None:
    """A policy that nobody could meet is a mistake when it is written, not when it is used."""
    with pytest.raises(ValueError, match=f"^{problem}"):
        PasswordPolicy(**settings)
