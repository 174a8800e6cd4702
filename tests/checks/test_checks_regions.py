"""The table of regions and provinces against the installed tables."""

from __future__ import annotations

from collections import Counter

import pytest
from codicefiscale import data

from registrazione.checks.places import InstalledPlaces
from registrazione.checks.regions import ATTRIBUTION, PROVINCES, REGIONS


def test_the_table_is_complete() -> None:
    """Every sigla of the tables is in it: a reform of provinces shows itself here."""
    named = {row["province"] for row in data.get_municipalities_data()}

    assert named - {province.sigla for province in PROVINCES} == set()


def test_every_sigla_is_written_once() -> None:
    """In one region, which exists; 107 of today and 10 of other times."""
    counts = Counter(province.sigla for province in PROVINCES)

    assert set(counts.values()) == {1}
    assert len(counts) == 117
    assert {province.region for province in PROVINCES} == {region.code for region in REGIONS}
    assert [region.code for region in REGIONS] == [f"{number:02}" for number in range(1, 21)]


@pytest.mark.requirement("MIM-15")
@pytest.mark.parametrize(
    ("sigla", "region"),
    [
        ("AO", "Valle d'Aosta/Vallée d'Aoste"),
        ("BZ", "Trentino-Alto Adige/Südtirol"),
        ("MB", "Lombardia"),
        ("PU", "Marche"),
        ("SP", "Liguria"),
        ("SU", "Sardegna"),
        ("IS", "Molise"),
        ("FU", "Friuli-Venezia Giulia"),
    ],
)
def test_provinces_are_in_their_regions(sigla, region) -> None:
    """A few that are easily taken for others."""
    province = InstalledPlaces().province(sigla)

    assert InstalledPlaces().region(province.region).name == region


def test_no_comune_moved_between_regions_by_mistake() -> None:
    """What moved to another provincia mostly stayed in its region: hardly any code is in two."""
    home = {province.sigla: province.region for province in PROVINCES}
    regions: dict[str, set[str]] = {}
    for row in data.get_municipalities_data():
        regions.setdefault(row["code"], set()).add(home[row["province"]])
    moved = [code for code, found in regions.items() if len(found) > 1]

    assert len(moved) < 0.05 * len(regions)


def test_the_source_is_named() -> None:
    """A page that shows the lists says where they come from (CC BY 4.0, section 3)."""
    assert "ANPR" in ATTRIBUTION
    assert "CC BY 4.0" in ATTRIBUTION
