"""Whole procedures on an encrypted store: who reads the database learns nothing of the people."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.stories.stage import Theatre

from registrazione.adapters.sealed import SealedStore
from registrazione.stories import NAMES, load
from registrazione.stories.people import PEOPLE


class ReadableTheatre(Theatre):
    """Opens stages whose store is not encrypted."""

    def _open(self, **settings):
        return super()._open(**settings, encrypt=False)


LEAST = 7
"""A shorter word may stand in a ciphertext by chance."""


def canaries() -> set[str]:
    """Return what nobody may read about the people of the stories, in small letters."""
    known = {
        text
        for person in PEOPLE
        for text in (
            person.codice_fiscale,
            person.email,
            person.key,
            person.surname,
            person.born.isoformat(),
            f"{person.name} {person.surname}",
        )
    }
    return {text.lower() for text in known if len(text) >= LEAST}


def seen_in(path: Path) -> set[str]:
    """Return the canaries that are in a database: in its files, and in any column of any row."""
    files = [file.read_bytes() for file in path.parent.glob(f"{path.name}*")]
    with closing(sqlite3.connect(path)) as connection:
        files.append("\n".join(connection.iterdump()).encode())
    content = b"\0".join(files).lower()
    return {text for text in canaries() if text.encode() in content}


def test_nobody_of_the_stories_is_in_the_database(tmp_path, empty_database):
    """Codici fiscali, names, addresses and days of birth: in no file, column or audit record."""
    path = Path(shutil.copy(empty_database, tmp_path / "accounts.db"))
    theatre = Theatre("sqlite-sync", path)
    for name in NAMES:
        story = load(name)
        stage = theatre(story.profile, story.begins)
        story.play(stage)
        assert isinstance(stage.registrar.parts.store, SealedStore)
    theatre.close()

    assert seen_in(path) == set()
    with closing(sqlite3.connect(path)) as connection:
        (accounts,) = connection.execute("SELECT count(*) FROM registrazione_accounts").fetchone()
        (records,) = connection.execute("SELECT count(*) FROM registrazione_audit").fetchone()
    assert accounts >= len(NAMES)
    assert records > 100


def test_without_encryption_they_are(tmp_path, empty_database, caplog):
    """The search finds them where they are: it is not blind. The log says that they are."""
    path = Path(shutil.copy(empty_database, tmp_path / "accounts.db"))
    theatre = ReadableTheatre("sqlite-sync", path)
    story = load("unimi-external")
    story.play(theatre(story.profile, story.begins))
    theatre.close()

    assert len(seen_in(path)) >= 3
    assert "encrypt=False" in caplog.text
