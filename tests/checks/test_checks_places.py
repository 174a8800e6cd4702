"""Tests of the installed tables of places."""

from __future__ import annotations

import builtins
import datetime as dt
import subprocess
import sys
import threading

import pytest
from codicefiscale import data
from hypothesis import given
from hypothesis import strategies as st
from tests.codici_fiscali import belfiore_codes, code_for

from registrazione.checks import places as module
from registrazione.checks.places import InstalledPlaces
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import PlaceFacts, check_person

PLACES: PlaceFacts = InstalledPlaces()
FUTURE = dt.date(2100, 1, 1)


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("H501", True),
        ("A001", True),
        ("F205", True),
        ("Z110", True),
        ("Z135", True),
        ("Z113", True),
        ("Z143", True),
        ("Z609", True),
        ("H000", False),
        ("N001", False),
        ("Z999", False),
        ("ND", False),
        ("", False),
    ],
)
def test_known_places(code, known) -> None:
    """Municipalities, states, ceased states and states missing from the tables; no placeholder."""
    assert PLACES.exists(code) is known


@given(code=belfiore_codes | st.text(max_size=5), day=st.dates())
def test_any_code_can_be_asked_about(code, day) -> None:
    """A place of which nothing is known existed, as far as anybody can say."""
    assert PLACES.exists(code) or PLACES.existed_on(code, day)
    assert not PLACES.same_place(code, code)
    assert not PLACES.predecessor(code, code)


@pytest.mark.parametrize(
    ("code", "day", "existed"),
    [
        ("H501", "1900-01-01", True),
        ("H501", "2026-01-01", True),
        ("A744", "2014-02-03", True),
        ("A744", "2014-02-04", False),
        ("M335", "2014-02-03", False),
        ("M335", "2014-02-04", True),
        ("Z135", "1991-01-01", True),
        ("Z135", "1995-01-01", False),
        ("Z110", "1899-01-01", True),
        ("Z138", "1977-06-01", True),
        ("Z250", "1970-01-01", False),
        ("Z113", "1980-01-01", True),
    ],
)
def test_dates_of_existence(code, day, existed) -> None:
    """First and last day count; states exist from the beginning unless a real date is given."""
    assert PLACES.existed_on(code, dt.date.fromisoformat(day)) is existed


@pytest.mark.parametrize(
    "pair",
    [
        "A744 M335",  # Bellagio (CO)
        "B508 M373",  # Campiglia Cervo (BI)
        "C005 M388",  # Cassano Spinola (AL)
        "E552 M371",  # Lessona (BI)
        "E672 M342",  # Longarone (BL)
        "F402 M378",  # Montalcino (SI)
        "I349 M333",  # Sant'Omobono Terme (BG)
        "I879 M436",  # Sovizzo (VI)
    ],
)
def test_renumbered_municipalities_are_one_place(pair) -> None:
    """Same name, same provincia, a new code from one day to the next: in either order."""
    old, new = pair.split()

    assert PLACES.same_place(old, new)
    assert PLACES.same_place(new, old)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("C182", "C183"),  # two places called Castello, side by side
        ("E990", "E991"),  # two places called Martirano, thirty years apart
        ("B567", "B568"),
        ("H501", "F205"),
        ("ND", "A409"),
    ],
)
def test_namesakes_are_different_places(first, second) -> None:
    """A name alone makes no two codes one place."""
    assert not PLACES.same_place(first, second)


@pytest.mark.parametrize(
    ("typed", "decoded"),
    [
        ("Z154", "Z135"),
        ("Z138", "Z135"),
        ("Z259", "Z135"),
        ("Z158", "Z118"),
        ("Z149", "Z118"),
        ("Z160", "Z157"),
        ("Z155", "Z105"),
        ("Z112", "Z111"),
        ("Z254", "Z136"),
        ("Z252", "Z137"),
        ("Z246", "Z250"),
        ("Z246", "Z201"),
        ("Z357", "Z350"),
        ("Z210", "Z221"),
        ("Z247", "Z230"),
        ("Z251", "Z245"),
    ],
)
def test_successors_of_ceased_states(typed, decoded) -> None:
    """Who types today's state may hold a code made under the old one, never the other way."""
    assert PLACES.predecessor(typed, decoded)
    assert not PLACES.predecessor(decoded, typed)


@pytest.mark.parametrize(("typed", "decoded"), [("Z110", "Z135"), ("Z154", "Z118"), ("X", "Y")])
def test_other_states_are_no_successors(typed, decoded) -> None:
    """France did not succeed the Soviet Union."""
    assert not PLACES.predecessor(typed, decoded)


def test_successions_are_between_known_states() -> None:
    """Every code in the table of successions is one that the tables or the supplement know."""
    named = set(module._SUCCESSORS).union(*module._SUCCESSORS.values())

    assert {code for code in named if not PLACES.exists(code)} == set()


def test_the_supplement_is_needed() -> None:
    """Each state of the supplement is missing from the installed tables; drop it once it is not."""
    installed = {row["code"] for row in data.get_countries_data()}

    assert not installed & module._MISSING_STATES


def test_every_active_municipality_is_known() -> None:
    """All rows that the tables call active have no end."""
    active = {row["code"] for row in data.get_municipalities_data() if row["active"]}

    assert len(active) > 7_800
    assert all(PLACES.existed_on(code, FUTURE) for code in active)


@pytest.mark.parametrize(
    ("decoded", "typed", "born", "expected"),
    [
        ("H501", "H501", "1976-11-09", set()),
        ("Z135", "Z138", "1980-05-01", {"luogo.stato_cessato"}),
        ("Z138", "Z138", "1977-05-01", set()),
        ("A744", "M335", "1980-05-01", {"luogo.codice_storico"}),
        ("M335", "M335", "1980-05-01", {"luogo.data"}),
        ("A875", "A875", "1920-05-01", {"cf.luogo_sconosciuto"}),
        ("H501", "F205", "1976-11-09", {"luogo.incoerente"}),
    ],
)
def test_persons_are_compared_with_the_installed_tables(decoded, typed, born, expected) -> None:
    """The tables answer the comparison's questions: tolerance for dates, renumbering, states."""
    day = dt.date.fromisoformat(born)
    cf = CodiceFiscale.parse(code_for("ROSSI", "MARIO", "M", day, decoded))

    faults = check_person(cf, birth_date=born, birth_place=typed, places=PLACES)

    assert {found.code for found in faults} == expected


@pytest.fixture
def unloaded(monkeypatch):
    """Forget the tables for the length of a test."""
    monkeypatch.setattr(module, "_loaded", [])


@pytest.mark.usefixtures("unloaded")
def test_many_threads_read_the_tables_once(monkeypatch) -> None:
    """Eight first questions at the same time cost one reading."""
    readings = []
    barrier = threading.Barrier(8)
    answers = []

    def read():
        readings.append(data.get_countries_data())
        return module._Index(periods={"H501": ()}, renumbered=frozenset())

    def ask():
        barrier.wait()
        answers.append(InstalledPlaces().exists("H501"))

    monkeypatch.setattr(module, "_read_tables", read)
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [True] * 8
    assert len(readings) == 1


@pytest.mark.usefixtures("unloaded")
def test_whoever_waited_for_the_lock_finds_the_tables(monkeypatch) -> None:
    """Who was second finds what the first one read, and reads nothing."""

    class Waited:
        """A lock that is handed over once somebody else has read the tables."""

        def __enter__(self):
            module._loaded.append(module._Index(periods={"H501": ()}, renumbered=frozenset()))

        def __exit__(self, *_):
            """Give the lock back."""

    monkeypatch.setattr(module, "_lock", Waited())
    monkeypatch.setattr(module, "_read_tables", lambda: pytest.fail("they were read again"))

    assert InstalledPlaces().exists("H501")
    assert len(module._loaded) == 1


@pytest.mark.usefixtures("unloaded")
def test_preloading_reads_the_tables() -> None:
    """After it the first question reads nothing."""
    InstalledPlaces().preload()

    assert len(module._loaded) == 1


def test_the_index_cannot_be_changed() -> None:
    """What one request reads, another cannot spoil."""
    index = module._index()

    with pytest.raises(TypeError):
        index.periods["H501"] = ()
    assert isinstance(index.periods["H501"], tuple)
    assert isinstance(index.renumbered, frozenset)


@pytest.mark.usefixtures("unloaded")
def test_another_distribution_of_that_name_is_recognised(monkeypatch) -> None:
    """A package that only shares the import name is named in the error."""
    real_import = builtins.__import__

    def other(name, *arguments, **keywords):
        if name == "codicefiscale":
            raise ImportError(name)
        return real_import(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", other)

    with pytest.raises(ImportError, match=r"python-codicefiscale 0\.12"):
        InstalledPlaces().preload()


def test_the_tables_are_loaded_on_first_use() -> None:
    """Importing the module, or making the object, loads nothing."""
    script = (
        "import sys, registrazione.checks.places as p\n"
        "places = p.InstalledPlaces()\n"
        "before = 'codicefiscale' in sys.modules\n"
        "places.preload()\n"
        "print(before, 'codicefiscale' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "True"]
