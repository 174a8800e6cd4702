"""Codes of persons, schools and cards, made by their rules alone."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from registrazione.core import cf_encoding
from registrazione.core.cf_rules import DIGITS
from registrazione.core.codice_fiscale import CodiceFiscale, is_codice_fiscale
from registrazione.core.health_cards import check_health_card
from registrazione.core.substitute_codes import ProvisionalSchoolCode, TemporaryHealthCode
from registrazione.testing.strategies.births import FIRST_DAY, LAST_DAY
from registrazione.testing.strategies.names import NAMES, SURNAMES

_ISSUERS_OF_CARDS = "80380"
_SCHOOL_PREFIXES = ("RM", "MI", "NA", "TO", "VR", "AO", "BA", "CA", "FO", "IB", "LB", "TB", "PS")
_SCHOOL_KINDS = ("IC", "EE", "MM", "PS", "IS", "TF", "PC", "AA")


def codici_fiscali(
    *, plain: bool = True, omocodia: bool = False, provisional: bool = False
) -> st.SearchStrategy[CodiceFiscale]:
    """Return sound codici fiscali, whose place of birth need not exist.

    Args:
        plain: Codes of sixteen characters without omocodia.
        omocodia: Codes with a letter in one to seven of the positions of digits.
        provisional: Codes of eleven digits.

    Raises:
        ValueError: No kind of code is asked for.
    """
    kinds = [_plain()] * plain + [_with_omocodia()] * omocodia + [_provisional()] * provisional
    if not kinds:
        message = "one of plain, omocodia and provisional has to be true"
        raise ValueError(message)
    return st.one_of(kinds)


def omocodie(cf: CodiceFiscale) -> st.SearchStrategy[CodiceFiscale]:
    """Return the other 127 codes that persons with the same data may have been given.

    Args:
        cf: Any of the 128 codes, and no provisional one.
    """
    return st.sampled_from(cf_encoding.omocodie(cf))


def school_codes() -> st.SearchStrategy[str]:
    """Return codici meccanografici, whose last character is anyone's guess."""
    return st.builds(
        "{}{}{}{}".format,
        st.sampled_from(_SCHOOL_PREFIXES),
        st.sampled_from(_SCHOOL_KINDS),
        _digits(3),
        st.from_regex(r"[0-9A-Z]{3}", fullmatch=True),
    )


def health_cards() -> st.SearchStrategy[str]:
    """Return numbers of a tessera sanitaria whose last digit matches."""
    return _digits(14).map(
        lambda digits: _completed(_ISSUERS_OF_CARDS + digits, lambda n: not check_health_card(n))
    )


def temporary_health_codes() -> st.SearchStrategy[TemporaryHealthCode]:
    """Return STP and ENI codes."""
    return st.builds("{}{}".format, st.sampled_from(("STP", "ENI")), _digits(13)).map(
        TemporaryHealthCode.parse
    )


def provisional_school_codes() -> st.SearchStrategy[ProvisionalSchoolCode]:
    """Return codes that the school system might give to pupils without codice fiscale."""
    return st.from_regex(r"[A-Z0-9]{8,16}", fullmatch=True).map(ProvisionalSchoolCode.parse)


@st.composite
def _plain(draw: st.DrawFn) -> CodiceFiscale:
    sex = draw(st.sampled_from(("M", "F")))
    return cf_encoding.encode_codice_fiscale(
        surname=draw(st.sampled_from(SURNAMES)),
        name=draw(st.sampled_from(NAMES[sex])),
        sex=sex,
        birth_date=draw(st.dates(FIRST_DAY, LAST_DAY)),
        birth_place=draw(st.from_regex(r"[A-IL-MZ](?!000)[0-9]{3}", fullmatch=True)),
    )


@st.composite
def _with_omocodia(draw: st.DrawFn) -> CodiceFiscale:
    return draw(omocodie(draw(_plain())))


def _provisional() -> st.SearchStrategy[CodiceFiscale]:
    serials = st.integers(min_value=1, max_value=9_999_999)
    return st.builds("{:07}{}".format, serials, _digits(3)).map(
        lambda digits: CodiceFiscale(code=_completed(digits, is_codice_fiscale))
    )


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


def _completed(digits: str, is_right: Callable[[str], bool]) -> str:
    """Return the digits with the check digit behind them."""
    return next(digits + last for last in DIGITS if is_right(digits + last))
