"""The tables of places that come with python-codicefiscale, counted: new data show themselves."""

from __future__ import annotations

import re
from importlib.metadata import version

import attrs
from codicefiscale import data


@attrs.frozen
class Counts:
    """What there is in the tables."""

    rows: int
    codes: int
    without_code: int
    active: int
    provinces: int
    countries: int


KNOWN = {
    "0.12.1": Counts(
        rows=19_373, codes=9_864, without_code=28, active=7_894, provinces=107, countries=222
    ),
}
"""By release: the tables change with nothing else."""


def test_the_tables_are_the_known_ones() -> None:
    """A release, or data, that nobody has looked at is not taken in silently."""
    municipalities, countries = data.get_municipalities_data(), data.get_countries_data()
    active = [row for row in municipalities if row["active"]]
    counted = Counts(
        rows=len(municipalities),
        codes=len({row["code"] for row in municipalities} - {"ND"}),
        without_code=sum(row["code"] == "ND" for row in municipalities),
        active=len(active),
        provinces=len({row["province"] for row in active}),
        countries=len(countries),
    )
    release = version("python-codicefiscale")
    advice = (
        f"python-codicefiscale {release} brings {counted}: look at what was added and what went, "
        "run tests/differential and tests/checks, then write the counts down in KNOWN"
    )

    assert KNOWN.get(release) == counted, advice


def test_the_tables_have_the_fields_that_are_read() -> None:
    """Every row has what the list of places is made from, dates in ISO form."""
    rows = [*data.get_municipalities_data(), *data.get_countries_data()]
    needed = {"code", "name", "province", "date_created", "date_deleted", "active"}

    assert all(needed <= set(row) for row in data.get_municipalities_data())
    assert all({"code", "name", "date_created", "date_deleted"} <= set(row) for row in rows)
    assert all(
        re.fullmatch(r"(\d{4}-\d{2}-\d{2}(\D.*)?)?", day)
        for row in rows
        for day in (row["date_created"], row["date_deleted"])
    )
