"""How to reach people, and where."""

from __future__ import annotations

from hypothesis import strategies as st

_PREFIXES_OF_TOWNS = ("02", "06", "010", "011", "045", "055", "070", "080", "081", "091")


def phones(*, mobile: bool | None = None) -> st.SearchStrategy[str]:
    """Return Italian phone numbers in the form of E.164.

    Args:
        mobile: ``True`` for mobile numbers only, ``False`` for those of a place only.
    """
    of_people = st.from_regex(r"\+393[2-46-9][0-9]{8}", fullmatch=True)
    of_places = st.builds(
        "+39{}{}".format,
        st.sampled_from(_PREFIXES_OF_TOWNS),
        st.integers(min_value=200_0000, max_value=899_9999),
    )
    if mobile is None:
        return st.one_of(of_people, of_places)
    return of_people if mobile else of_places


def caps() -> st.SearchStrategy[str]:
    """Return Italian postal codes by their shape; whether one is in use is not looked at."""
    return st.integers(min_value=1, max_value=99_999).map("{:05}".format)
