"""One of several processes that want the same thing: told a round, tells what came of it.

It is given a kind of race, its own name, and a URL; it reads a number a line, and ends with its
input. It writes ``won``, ``stale``, ``taken``, or the name of an error.
"""

from __future__ import annotations

import sys

from registrazione.adapters.sql import SqlStore
from registrazione.core.records import Change, Key
from registrazione.ports.stores import ClaimTaken, StaleVersion
from registrazione.testing.builders import (
    a_letter,
    a_record,
    an_account,
    creation,
    one_change,
    replacement,
)

REALM = "standard"


def change_for(kind: str, me: str, turn: int) -> Change:
    """Return what this process wants in a round; only one can have it."""
    letters = (a_letter(f"letter-{turn}-{me}", account_id=me),)
    audit = (a_record(account_id=me),)
    if kind == "claim":
        claim = Key(REALM, "username", f"name-{turn}")
        write = creation(an_account(f"account-{turn}-{me}"), claims=[claim])
    elif kind == "create":
        write = creation(an_account(f"account-{turn}"), keys=[Key(REALM, "email", me)])
    else:
        # As an activation does: the version moves on, and what was shared is held alone.
        claim = Key(REALM, "email", f"{turn % 3}@example.it")
        write = replacement(an_account("shared", version=turn + 1), claims=[claim], owner=me)
    return one_change(write, audit=audit, letters=letters)


def main(kind: str, me: str, url: str) -> None:
    """Take part."""
    store = SqlStore.open(url)
    for line in sys.stdin:
        try:
            store.commit(change_for(kind, me, int(line)))
        except StaleVersion:
            said = "stale"
        except ClaimTaken:
            said = "taken"
        except Exception as error:  # noqa: BLE001 - told to the test
            said = type(error).__name__
        else:
            said = "won"
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
