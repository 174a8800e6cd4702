"""What laws are made of."""

from __future__ import annotations

from threading import Event, current_thread
from types import ModuleType

import attrs
import pytest

from registrazione.core.account import Account, Identity, VerifiedIdentity
from registrazione.core.records import Page
from registrazione.testing.builders import a_record, an_account
from registrazione.testing.laws import store_values
from registrazione.testing.laws.kit import (
    LawBroken,
    expect,
    failures,
    gather,
    parts,
    present,
    race,
    require,
    require_same,
    unique,
)


def test_require() -> None:
    """What holds passes, what does not is broken with its sentence."""
    require(1, "never said")

    with pytest.raises(LawBroken, match="said"):
        require((), "said")


def test_expect_returns_the_error() -> None:
    """An expected error comes back, so that a law can look at it."""
    assert str(expect(ValueError, lambda: int("x"), "no number")).startswith("invalid literal")


@pytest.mark.parametrize(
    ("action", "what"), [(lambda: int("x"), "ValueError"), (lambda: int("1"), "nothing")]
)
def test_expect_is_broken_by_anything_else(action, what) -> None:
    """Another error breaks the law, and so does none at all."""
    with pytest.raises(LawBroken, match=f"has to fail; it raised {what}"):
        expect(KeyError, action, "it has to fail")


def test_gather_takes_functions_in_order() -> None:
    """The laws of a module are its law_ functions, with their docstrings."""

    def law_second(_open) -> None:
        """Said later."""

    def law_first(_open) -> None:
        pass

    module = ModuleType("laws")
    vars(module).update(law_second=law_second, other=law_second, law_first=law_first)

    laws = gather(module)

    assert [(law.name, law.sentence) for law in laws] == [("second", "Said later."), ("first", "")]
    assert laws[0].check is law_second


def test_present_returns_what_is_there() -> None:
    """What is there comes back, even if it is empty; what is missing breaks the law."""
    assert present("", "never said") == ""

    with pytest.raises(LawBroken, match="said"):
        present(None, "said")


def test_parts_are_fetched_one_by_one() -> None:
    """Each part is fetched with the cursor of the one before, when it is asked for."""
    asked: list[str | None] = []
    pages = {None: Page(items=("a",), cursor="1"), "1": Page(items=("b", "c"))}

    def fetch(cursor: str | None) -> Page[str]:
        asked.append(cursor)
        return pages[cursor]

    going = parts(fetch)

    assert (next(going), asked) == (("a",), [None])
    assert (list(going), asked) == ([("b", "c")], [None, "1"])


def test_parts_come_to_an_end() -> None:
    """An answer that could be read forever is broken off."""
    with pytest.raises(LawBroken, match="has no end"):
        list(parts(lambda _: Page(items=(), cursor="again")))


def test_unique_names_are_unique() -> None:
    """Two names are never the same, and say what they are for."""
    assert unique("account") != unique("account")
    assert unique("account").startswith("account-")


def test_a_race_returns_what_each_did() -> None:
    """Results and errors stand in the order of the actions."""

    def fail() -> str:
        raise ValueError("late")

    results = race([lambda: "first", fail])

    assert results[0] == "first"
    assert isinstance(results[1], ValueError)


def test_racers_run_at_the_same_time() -> None:
    """Each action has a thread of its own, and none waits for another to end."""
    met = Event()

    def wait() -> str:
        met.wait(30)
        return current_thread().name

    def arrive() -> str:
        met.set()
        return current_thread().name

    names = race([wait, arrive])

    assert met.is_set()
    assert len(set(names)) == 2


def test_a_race_does_not_wait_forever() -> None:
    """A call that hangs breaks the law instead of stopping the run."""
    never = Event()

    try:
        with pytest.raises(LawBroken, match="does not return"):
            race([never.wait], patience=0.01)
    finally:
        never.set()


def test_failures_are_what_is_not_allowed() -> None:
    """Allowed errors and results are passed over; the rest is named, all where none is allowed."""
    results = [None, KeyError("x"), ValueError("x"), "done"]

    assert failures(results, KeyError) == ["ValueError"]
    assert failures(results) == ["KeyError", "ValueError"]


def test_what_is_the_same_is_so_to_the_last_field() -> None:
    """Equal is not enough: types, what is not compared, and the length of lists count."""
    identity = Identity(provider="spid", issuer="i", subject="s")
    pending = VerifiedIdentity(identity=identity, answer="answer")
    account = an_account(pending_identity=pending, favourites=("a",), values={"name": "x"})
    require_same(an_account(**_fields(account)), account, "fine")

    for wrong in (
        {"pending_identity": attrs.evolve(pending, answer="")},
        {"favourites": ()},
        {"state": "claim"},
        {"values": {"name": "y"}},
        {"created_at": account.created_at.replace(tzinfo=None)},
    ):
        (name,) = wrong
        with pytest.raises(LawBroken, match=f"^not it: {name}$"):
            require_same(attrs.evolve(account, **wrong), account, "not it")
    for other in (None, a_record()):
        with pytest.raises(LawBroken, match=r"^not it$"):
            require_same(other, account, "not it")
    bare = attrs.evolve(account)
    object.__setattr__(bare, "values", None)
    with pytest.raises(LawBroken, match="values"):
        require_same(bare, account, "not it")


def _fields(account):
    """Return what an account is made of."""
    fields = attrs.asdict(account, recurse=False)
    return {"account_id": fields.pop("id"), **fields}


def test_every_field_is_in_the_law() -> None:
    """A field that is added to an account is one that stores are asked to keep."""
    told = {"id", "realm", "version", "created_at"} | set(store_values._EVERYTHING)
    account = an_account(**store_values._EVERYTHING)
    usual = an_account()
    same = [name for name in told if getattr(account, name) == getattr(usual, name)]

    assert told == {field.name for field in attrs.fields(Account)}
    assert sorted(same) == ["created_at", "id", "realm", "version"]
