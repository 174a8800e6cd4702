"""Places of birth as values, and how lists of them are asked for.

A comune has one row for each period in which its name and its provincia stayed the same, because
both change: Biella was in the provincia of Vercelli until 1992. What stays is the Belfiore code,
which is what a codice fiscale holds and what belongs in a record.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Protocol, TypeAlias, runtime_checkable

import attrs


@attrs.frozen(kw_only=True)
class Region:
    """One of the twenty regions.

    Args:
        code: ISTAT's, ``"01"`` to ``"20"``.
        name: The official name, both languages where there are two.
    """

    code: str
    name: str


@attrs.frozen(kw_only=True)
class Province:
    """A provincia, or what has taken its place, such as a città metropolitana.

    Args:
        sigla: Two letters.
        name: The name, both languages where there are two.
        region: Code of its region; empty where that is not known.
        other_names: Names by which it is found as well.
        ceased: Whether it has no comuni any more; a gazetteer sees that for itself.
    """

    sigla: str
    name: str
    region: str
    other_names: tuple[str, ...] = ()
    ceased: bool = False


@attrs.frozen(kw_only=True)
class Comune:
    """A comune in one period of its life.

    Args:
        code: The Belfiore code.
        name: The name in that period.
        other_name: The name in another language of the place, such as Bozen; often empty.
        province: Sigla of the provincia that it belonged to.
        start: The first day, or ``None`` for always.
        end: The last day, or ``None`` while the period lasts.
    """

    code: str
    name: str
    other_name: str = ""
    province: str
    start: date | None = None
    end: date | None = None

    @property
    def label(self) -> str:
        """Return ``Nome (PR)``, which tells today's homonyms apart."""
        return f"{self.name} ({self.province})"

    def existed_on(self, day: date) -> bool:
        """Tell whether the period holds that day, its first and its last included."""
        return _within(self.start, self.end, day)


@attrs.frozen(kw_only=True)
class Nation:
    """A state, or a territory with a code of its own.

    Args:
        code: The Belfiore code; :data:`ITALY` alone has none.
        name: The name in Italian.
        name_en: The name in English; empty where that is not known.
        other_names: Names by which it is found as well.
        start: The first day, or ``None`` for always.
        end: The last day, or ``None`` if it still exists or nobody says when it ended.
        ceased: Whether it is offered only to who asks for what no longer exists.
    """

    code: str
    name: str
    name_en: str = ""
    other_names: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    ceased: bool = False

    @property
    def label(self) -> str:
        """Return the name, in Italian, with a word that tells a ceased nation from its heir."""
        if not self.ceased:
            return self.name
        until = "codice storico" if self.end is None else f"fino al {self.end.year}"
        return f"{self.name} ({until})"

    def existed_on(self, day: date) -> bool:
        """Tell whether it existed on that day, as far as anybody says."""
        return _within(self.start, self.end, day)


BELFIORE = re.compile(r"[A-Z][0-9]{3}")
"""The shape of a Belfiore code: a letter and three digits."""

BirthPlace: TypeAlias = Comune | Nation
"""Where a codice fiscale can say that somebody was born."""

ITALY = Nation(code="IT", name="Italia", name_en="Italy", other_names=("ITA",))
"""The choice after which a form asks for region, provincia and comune (MIM-14).

Italy has no Belfiore code, so this is the two-letter one of ISO 3166. No Belfiore code looks like
it, and none of the questions about codes knows it.
"""


class PlaceFacts(Protocol):
    """What is known of places of birth, by Belfiore code."""

    def exists(self, code: str) -> bool:
        """Tell whether the code is, or ever was, that of a municipality or a state."""
        ...

    def existed_on(self, code: str, day: date) -> bool:
        """Tell whether the place existed on that day; ``True`` where nothing is known."""
        ...

    def same_place(self, first: str, second: str) -> bool:
        """Tell whether two codes are the old and the new one of one municipality."""
        ...

    def predecessor(self, typed: str, decoded: str) -> bool:
        """Tell whether ``decoded`` is a ceased state whose territory ``typed`` now holds."""
        ...


@runtime_checkable
class Cascade(Protocol):
    """The lists that a form offers, from the nation down to the comune, and a search (MIM-15).

    A ``day`` is usually the date of birth. Without one, or with one before all records, the
    answers are today's. Texts are looked up whatever their case, accents and apostrophes are.
    """

    def nations(self, day: date | None = None, *, ceased: bool = False) -> tuple[Nation, ...]:
        """Return Italy, then today's nations by name, then on demand those that ceased."""
        ...

    def regions(self) -> tuple[Region, ...]:
        """Return the regions by name."""
        ...

    def provinces(
        self, region: str, day: date | None = None, *, ceased: bool = False
    ) -> tuple[Province, ...]:
        """Return the provinces that a region had on that day, then on demand its other ones."""
        ...

    def comuni(
        self, province: str, day: date | None = None, *, ceased: bool = False
    ) -> tuple[Comune, ...]:
        """Return the comuni of a provincia on that day, on demand with those of other times."""
        ...

    def find(
        self, text: str, day: date | None = None, *, limit: int = 10
    ) -> tuple[BirthPlace, ...]:
        """Return what a search field may mean, exact names first."""
        ...

    def resolve(self, text: str, day: date | None = None) -> BirthPlace | None:
        """Return the one place that a code, ``Nome`` or ``Nome (PR)`` means, if it is one."""
        ...

    def place(self, code: str, day: date | None = None) -> BirthPlace | None:
        """Return the place with this Belfiore code as it was on that day, or else at last."""
        ...

    def region(self, text: str) -> Region | None:
        """Return the region with this code or name."""
        ...

    def province(self, text: str) -> Province | None:
        """Return the provincia with this sigla or name."""
        ...

    def nation(self, text: str) -> Nation | None:
        """Return the nation with this code or name, today's before a ceased one."""
        ...


@runtime_checkable
class Places(PlaceFacts, Cascade, Protocol):
    """All that is asked about places: what a codice fiscale says of them, and what forms offer.

    Laws: pure, frozen, one load under any number of threads.
    """


def _within(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)
