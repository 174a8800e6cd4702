"""A handful of places of one's own, and hypothesis strategies for more."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from registrazione.core.gazetteer import Gazetteer
from registrazione.core.places import Comune, Nation, Province, Region

PIEMONTE = Region(code="01", name="Piemonte")
VALLE = Region(code="02", name="Valle d'Aosta/Vallée d'Aoste")
VC = Province(sigla="VC", name="Vercelli", region="01")
BI = Province(sigla="BI", name="Biella", region="01")
AO = Province(sigla="AO", name="Aosta", region="02", other_names=("Aoste",))
PROVINCES = (VC, BI, AO)
EVE = dt.date(1992, 4, 15)
SPLIT = dt.date(1992, 4, 16)
BEGINNING = dt.date(1861, 3, 17)

BIELLA_THEN = Comune(code="A859", name="Biella", province="VC", start=BEGINNING, end=EVE)
BIELLA_NOW = Comune(code="A859", name="Biella", province="BI", start=SPLIT)
VERCELLI = Comune(code="L750", name="Vercelli", province="VC", start=BEGINNING)
LIVO_BI = Comune(code="E623", name="Livo", province="BI", start=SPLIT)
LIVO_VC = Comune(code="E624", name="Livo", province="VC", start=BEGINNING)
# Suppressed between two wars, and made again.
AOSTA = Comune(code="A326", name="Aosta", other_name="Aoste", province="AO", start=BEGINNING)
ALBA = (
    Comune(code="A100", name="Álba d'Orò", province="AO", start=BEGINNING, end=dt.date(1928, 1, 1)),
    Comune(code="A100", name="Alba d'Orò", province="AO", start=dt.date(1946, 1, 1)),
)
OLD = Comune(code="B001", name="Livo", province="AO", start=BEGINNING, end=dt.date(1927, 1, 1))
COMUNI = (BIELLA_THEN, BIELLA_NOW, VERCELLI, LIVO_BI, LIVO_VC, AOSTA, *ALBA, OLD)

FRANCE = Nation(code="Z110", name="Francia", name_en="France")
LIVO = Nation(code="Z998", name="Livo")
RUSSIA = Nation(code="Z154", name="Russia", other_names=("Federazione Russa", "Rus'"))
USSR = Nation(
    code="Z135",
    name="Unione Sovietica",
    name_en="Soviet Union",
    other_names=("URSS", "Russia"),
    end=dt.date(1992, 3, 31),
    ceased=True,
)
SIKKIM = Nation(code="Z239", name="Sikkim", ceased=True)
NATIONS = (USSR, SIKKIM, RUSSIA, LIVO, FRANCE)

SOME = Gazetteer(
    comuni=COMUNI,
    nations=NATIONS,
    provinces=PROVINCES,
    regions=(VALLE, PIEMONTE),
    successors={"Z135": ["Z154"]},
)

DAYS = st.dates(dt.date(1850, 1, 1), dt.date(2050, 1, 1))


@st.composite
def lives(draw: st.DrawFn, code: str) -> list[Comune]:
    """Draw the periods of one comune, which do not overlap but may have gaps between them."""
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=7, unique=True)))
    return [
        Comune(
            code=code,
            name=draw(st.sampled_from(["Castro", "Càstro", "Livo", "Castro Livo", "Sant'Elena"])),
            other_name=draw(st.sampled_from(["", "Kastell"])),
            province=draw(st.sampled_from(["VC", "BI", "AO", "XX", "YY"])),
            start=first,
            end=last,
        )
        for first, last in zip(days[::2], [*days[1::2], None], strict=False)
    ]


@st.composite
def gazetteers(draw: st.DrawFn) -> tuple[Gazetteer, list[Comune]]:
    """Draw a gazetteer and the rows of its comuni."""
    codes = draw(st.lists(st.sampled_from([f"A{n:03}" for n in range(1, 9)]), unique=True))
    rows = draw(st.permutations([row for code in codes for row in draw(lives(code))]))
    made = Gazetteer(comuni=rows, nations=NATIONS, provinces=PROVINCES, regions=(PIEMONTE, VALLE))
    return made, rows


TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="abcdelnorstv '()àÀ/-", max_size=20),
    st.sampled_from([row.label for row in (*COMUNI, *NATIONS)]).flatmap(
        lambda label: st.integers(0, len(label)).map(lambda end: label[:end])
    ),
    st.sampled_from(
        ["A859", "z135", " h501 ", "IT", "()", "(VC)", "x" * 65, "\ud800", "İ", "ﷺ" * 9]
    ),
)
