"""Lists of breached passwords, local and remote."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrazione.checks.breach import (
    BreachListUnavailable,
    CommonPasswords,
    FailOpen,
    NoBreachList,
    OfflineBreachList,
    RemoteBreachList,
    digest_of,
    is_in_range,
)
from registrazione.core.secret import Secret
from registrazione.ports.limits import BreachList

PASSWORDS = st.lists(st.text(max_size=8), max_size=40, unique=True)


def sha1(text: str) -> str:
    """Return the hash as the public list spells it."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()


def lines_of(passwords: list[str], length: int = 40, count: str = ":3") -> list[str]:
    """Return the public list of some passwords, sorted by hash."""
    return sorted(sha1(password)[:length] + count for password in passwords)


def refuse(_prefix: str) -> str:
    """Stand for a service that is down."""
    message = "timed out"
    raise TimeoutError(message)


def test_the_key_is_the_public_lists() -> None:
    """A known password has the hash under which the public list keeps it."""
    assert digest_of(Secret("password")) == "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"
    assert len(digest_of(Secret("\ud800\x00"))) == 40


@pytest.mark.parametrize(
    "breach_list",
    [
        NoBreachList(),
        CommonPasswords(),
        OfflineBreachList([]),
        RemoteBreachList(refuse),
        FailOpen(NoBreachList()),
    ],
)
def test_each_is_a_breach_list(breach_list) -> None:
    """Each can be handed over where the port is asked for."""
    assert isinstance(breach_list, BreachList)


def test_no_list_knows_nothing() -> None:
    """An installation without a list refuses nothing."""
    assert not NoBreachList().contains(Secret("password"))


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("password", True),
        ("PassWord", True),
        ("Scuola2023!", True),
        ("forzajuventus", True),
        ("libertà", True),
        ("", False),
        ("# Passwords tried first, Italian ones among them.", False),
        ("tN6dRwcWhx3KvM9gTqLf4a", False),
        ("\ud800", False),
    ],
)
def test_common_passwords_in_any_case(password, found) -> None:
    """What is tried first is known, however it is written; nothing else is."""
    assert CommonPasswords().contains(Secret(password)) is found


@given(PASSWORDS, PASSWORDS)
def test_lines_find_what_is_there_and_nothing_else(listed, others) -> None:
    """A list in memory answers as a set would, in whatever order it came."""
    breach_list = OfflineBreachList(reversed(lines_of(listed)))

    assert all(breach_list.contains(Secret(password)) for password in listed)
    assert not any(breach_list.contains(Secret(p)) for p in others if p not in listed)


@given(
    PASSWORDS,
    PASSWORDS,
    st.sampled_from([(16, ""), (24, ":1"), (40, ""), (40, ":24230577")]),
    st.sampled_from([("\n", ""), ("\n", "\n"), ("\r\n", "\r\n")]),
)
@settings(max_examples=60)
def test_a_file_answers_as_its_lines_do(tmp_path_factory, listed, others, shape, ends) -> None:
    """Whole or cut hashes, with counts or without, any line ends: the file is searched right."""
    path = tmp_path_factory.mktemp("breach") / "list.txt"
    between, last = ends
    text = between.join(lines_of(listed, *shape)) + last
    path.write_bytes(text.encode())
    in_file = OfflineBreachList(path)
    in_memory = OfflineBreachList(text.splitlines())

    for password in [*listed, *others]:
        expected = password in listed
        assert in_file.contains(Secret(password)) is expected
        assert in_memory.contains(Secret(password)) is expected


def test_a_path_may_be_text(tmp_path) -> None:
    """Settings name files by text."""
    path = tmp_path / "list.txt"
    path.write_text("\n".join(lines_of(["password"])))

    assert OfflineBreachList(str(path)).contains(Secret("password"))


@pytest.mark.parametrize("entry", ["", "5BAA61E4C9B93F3", "non è una riga della lista"])
def test_noise_matches_nothing(entry) -> None:
    """Empty, short or foreign lines are no hashes."""
    assert not OfflineBreachList([entry]).contains(Secret("password"))


def test_a_missing_file_is_unavailable(tmp_path) -> None:
    """Nothing is opened before the first look-up; then its absence is told by its own error."""
    breach_list = OfflineBreachList(tmp_path / "missing.txt")

    with pytest.raises(BreachListUnavailable, match="cannot be read"):
        breach_list.contains(Secret("password"))


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("", False),
        ("1E4C9B93F3F0682250B6CF8331B7EE68FD8:3730471", True),
        ("0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n1E4C9B93F3F0682250B6CF8331B7EE68FD8:9", True),
        ("1e4c9b93f3f0682250b6cf8331b7ee68fd8:9", True),
        ("1E4C9B93F3F0682250B6CF8331B7EE68FD8", True),
        ("1E4C9B93F3F0682250B6CF8331B7EE68FD8:0", False),
        ("1E4C9B93F3F0682250B6CF8331B7EE68FD:9", False),
        ("0018A45C4D1DEF81644B54AB7F969B88D65:1", False),
    ],
)
def test_the_answer_to_a_prefix(answer, found) -> None:
    """The rest of the hash counts, in whatever case; lines that count zero are padding."""
    assert is_in_range(answer, "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8") is found


def test_only_five_digits_leave_the_process() -> None:
    """The service learns a prefix that some hundred thousand passwords share."""
    asked: list[str] = []

    def fetch(prefix: str) -> str:
        asked.append(prefix)
        return "1E4C9B93F3F0682250B6CF8331B7EE68FD8:3730471"

    assert RemoteBreachList(fetch).contains(Secret("password"))
    assert asked == ["5BAA6"]


@pytest.mark.parametrize(
    "fetch", [refuse, lambda _: None, lambda _: b"bytes"], ids=["raises", "nothing", "bytes"]
)
def test_a_service_that_fails_is_unavailable(fetch) -> None:
    """Whatever goes wrong is one error, and the password is not in it."""
    with pytest.raises(BreachListUnavailable, match="did not answer") as caught:
        RemoteBreachList(fetch).contains(Secret("segretissima"))

    assert "segretissima" not in repr(caught.value)


def test_failing_open_tells_the_operator() -> None:
    """A list that cannot be asked refuses nobody, and somebody learns of it."""
    failures: list[BreachListUnavailable] = []
    breach_list = FailOpen(RemoteBreachList(refuse), failures.append)

    assert not breach_list.contains(Secret("password"))
    assert len(failures) == 1


def test_failing_open_needs_nobody_to_tell() -> None:
    """Without somebody to tell, the answer is the same."""
    assert not FailOpen(RemoteBreachList(refuse)).contains(Secret("password"))


def test_failing_open_changes_no_answer() -> None:
    """As long as the list answers, its answer counts."""
    assert FailOpen(CommonPasswords()).contains(Secret("password"))
