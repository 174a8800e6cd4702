"""Tests of the installed tables of places."""

from __future__ import annotations

import datetime as dt
import importlib.machinery
import json
import subprocess
import sys
import threading
import tracemalloc

import pytest
from codicefiscale import data
from hypothesis import given
from hypothesis import strategies as st
from tests.codici_fiscali import belfiore_codes, code_for

from registrazione.checks import places as module
from registrazione.checks.places import InstalledPlaces
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import check_person
from registrazione.core.gazetteer import Gazetteer
from registrazione.core.places import Comune, Places

PLACES: Places = InstalledPlaces()
FUTURE = dt.date(2100, 1, 1)
ONE_LOAD = Gazetteer(comuni=[Comune(code="H501", name="Roma", province="RM")])


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
        return ONE_LOAD

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
            module._loaded.append(ONE_LOAD)

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


def test_the_rows_cannot_be_changed() -> None:
    """What one request reads, another cannot spoil; the table's own rows are gone."""
    roma = PLACES.place("H501")

    with pytest.raises(AttributeError):
        roma.name = "Lutezia"
    assert type(roma) is Comune
    assert type(PLACES.comuni("RM")) is tuple
    assert PLACES.place("H501") is roma


@pytest.mark.usefixtures("unloaded")
@pytest.mark.parametrize(
    "spec",
    [
        None,
        importlib.machinery.ModuleSpec("codicefiscale", None, origin="codicefiscale.py"),
        importlib.machinery.ModuleSpec("codicefiscale", None, is_package=True),
    ],
)
def test_another_distribution_of_that_name_is_recognised(monkeypatch, tmp_path, spec) -> None:
    """Nothing, a module that only shares the import name, or a package without the tables."""
    if spec and spec.submodule_search_locations is not None:
        spec.submodule_search_locations.append(str(tmp_path))
    monkeypatch.setattr(module, "find_spec", lambda _: spec)

    with pytest.raises(ImportError, match=r"python-codicefiscale 0\.12") as raised:
        InstalledPlaces().preload()
    assert raised.value.__cause__ is None


@pytest.mark.usefixtures("unloaded")
def test_a_module_without_a_spec_is_no_package(monkeypatch) -> None:
    """What somebody has put into sys.modules by hand."""
    monkeypatch.setitem(sys.modules, "codicefiscale", type(sys)("codicefiscale"))

    with pytest.raises(ImportError, match=r"python-codicefiscale 0\.12"):
        InstalledPlaces().preload()


def test_the_tables_are_loaded_on_first_use() -> None:
    """Importing the module, or making the object, loads nothing; the package never is."""
    script = (
        "import sys, registrazione.checks.places as p\n"
        "places = p.InstalledPlaces()\n"
        "before = len(p._loaded)\n"
        "places.preload()\n"
        "heavy = {'codicefiscale', 'slugify', 'dateutil', 'fsutil'} & set(sys.modules)\n"
        "print(before, len(p._loaded), len(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["0", "1", "0"]


@pytest.mark.usefixtures("unloaded")
def test_the_rows_are_never_all_in_memory() -> None:
    """Reading takes less than the parsed file alone would, and keeps less than the file's size."""
    table = module._folder() / "municipalities.json"
    tracemalloc.start()
    try:
        InstalledPlaces().preload()
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        rows = json.loads(table.read_text(encoding="utf-8"))
        with_rows = tracemalloc.get_traced_memory()[0] - kept
    finally:
        tracemalloc.stop()

    assert rows
    assert peak < with_rows
    assert kept < 1.5 * table.stat().st_size
