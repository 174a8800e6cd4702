"""``registrazione re-encrypt``: a store brought under the newest key from the command line."""

from __future__ import annotations

import attrs
import pytest
from tests.cli.shell import run
from tests.world import ANNA, MARIO, World

from registrazione.adapters import sealed
from registrazione.adapters.sealed import Keyring, seal
from registrazione.adapters.sql import SqlStore
from registrazione.core.records import LetterState
from registrazione.testing.builders import a_letter, an_account, creation, one_change

OLD, NEW = "the-older-key-of-forty-characters-------", "the-newest-key-of-forty-characters------"


@pytest.fixture
def portal(place):
    """Return a place whose store two people registered in, under the older key."""

    def filled(*, encrypt: bool | None) -> tuple:
        there = place()
        world = World(
            "unimi-external",
            storage=there.storage,
            at=there.world.clock.now(),
            secret_keys=[OLD],
            encrypt=encrypt,
        )
        world.active(MARIO)
        world.active(ANNA)
        world.registrar.deliver_outbox()
        world.registrar.close()
        there.environ["REGISTRAZIONE_SECRET_KEYS"] = f"{NEW}\n{OLD}"
        return there, world

    return filled


def test_a_store_of_before_is_opened_once_and_for_all(portal) -> None:
    """The commands refuse it until it is encrypted, and work on it afterwards."""
    there, _ = portal(encrypt=False)
    before = there.run("accounts", "list")

    dry = there.run("re-encrypt", "--dry-run")
    done = there.run("re-encrypt")

    assert before.exit_code == 2
    assert "stop the portal and run `registrazione re-encrypt`" in before.stderr
    assert dry.stdout == "2 looked at, 2 would be encrypted anew, 0 left as they are\n"
    assert (done.exit_code, done.stdout) == (
        0,
        "2 looked at, 2 encrypted anew, 0 left as they are\n",
    )
    assert there.run("accounts", "list").exit_code == 0


def test_there_is_a_way_back(portal) -> None:
    """Afterwards the commands work without encryption, and refuse with it."""
    there, _ = portal(encrypt=None)
    before = there.run("accounts", "list", "--no-encrypt")

    dry = there.run("re-encrypt", "--plain", "--dry-run")
    done = there.run("re-encrypt", "--plain")

    assert before.exit_code == 2
    assert "stop the portal and run `registrazione re-encrypt --plain`" in before.stderr
    assert dry.stdout == "2 looked at, 2 would be made readable, 0 left as they are\n"
    assert (done.exit_code, done.stdout) == (
        0,
        "2 looked at, 2 made readable, 0 left as they are\n",
    )
    assert there.run("accounts", "list", "--no-encrypt").exit_code == 0
    assert there.run("accounts", "list").exit_code == 2


def test_there_and_back_at_once_is_misuse(portal) -> None:
    """Look-ups by digest are what a readable store does without."""
    there, _ = portal(encrypt=None)

    assert there.run("re-encrypt", "--plain", "--reindex").exit_code == 2


def test_an_older_key_retires(portal) -> None:
    """First the texts, then the look-ups; then the older key is not needed any more."""
    there, _ = portal(encrypt=None)
    assert there.run("re-encrypt").stdout.startswith("2 looked at, 2 encrypted anew")
    there.environ["REGISTRAZIONE_SECRET_KEYS"] = NEW

    refused = there.run("re-encrypt")
    done = there.run("re-encrypt", "--reindex")

    assert refused.exit_code == 1
    assert "run `registrazione re-encrypt --reindex`" in refused.stderr
    assert done.stdout.startswith("2 looked at, 2 encrypted anew")
    assert there.run("re-encrypt").stdout == "2 looked at, 0 encrypted anew, 2 left as they are\n"


def test_what_is_left_to_do_is_said(portal) -> None:
    """Letters in the queue, accounts of others, and what does not open: status 1."""
    there, world = portal(encrypt=None)
    store = seal(SqlStore.open(there.storage), Keyring([OLD]))
    theirs = an_account("theirs", realm=world.profile.realm, profile="another", email="x@y.example")
    letter = a_letter("waiting", profile=world.profile.name)
    lost = seal(store.inner, Keyring(["k" * 40])).sealing.seal(
        attrs.evolve(letter, id="lost", state=LetterState.DEAD)
    )
    store.commit(one_change(creation(theirs), letters=(letter,)))
    store.inner.commit(one_change(letters=(lost,)))
    store.close()

    result = there.run("re-encrypt")

    assert result.exit_code == 1
    assert result.stdout == "5 looked at, 2 encrypted anew, 0 left as they are\n"
    assert "1 letters wait in the queue under an older key" in result.stderr
    assert "1 accounts are of other procedures" in result.stderr
    assert "lost cannot be rewritten" in result.stderr


def test_a_store_without_encryption_has_nothing_to_encrypt(portal) -> None:
    """Where the settings do without it, the command is misused."""
    there, _ = portal(encrypt=False)

    for more in (("--no-encrypt",), ("--storage", "memory://")):
        result = there.run("re-encrypt", *more)
        assert result.exit_code == 2
        assert "opened without encryption" in result.stderr


def test_a_run_that_is_broken_off_says_where_to_go_on(portal, monkeypatch) -> None:
    """Ctrl-C after a batch: the cursor is printed, and goes in as --after."""
    there, _ = portal(encrypt=None)
    asked = []

    def broken_off(_store, _profile, *, after, progress, **_more):
        asked.append(after)
        progress(sealed.ReEncryptionReport(seen=1, cursor="17.account"))
        raise KeyboardInterrupt

    monkeypatch.setattr(sealed, "re_encrypt", broken_off)
    result = there.run("re-encrypt", "--after", "3.x")

    assert asked == ["3.x"]
    assert "go on with --after 17.account" in result.stderr
    assert result.exit_code == 130


def test_a_run_that_fails_at_once_names_no_place(portal, monkeypatch) -> None:
    """Nothing was done, so that nothing is gone on with."""
    there, _ = portal(encrypt=None)

    def fail(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sealed, "re_encrypt", fail)

    assert "--after" not in there.run("re-encrypt").stderr


def test_help_says_when_the_portal_is_to_be_stopped() -> None:
    """An operator reads it before."""
    told = " ".join(run("re-encrypt", "--help").stdout.split())

    assert "with the portal stopped" in told
    assert "beside the running portal" in told
