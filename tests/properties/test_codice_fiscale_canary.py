"""Canaries for one codice fiscale: it is in no text that a program makes of what went wrong."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import pprint
import subprocess
import sys
import traceback
from collections.abc import Callable

import pytest
from tests.cli.shell import run

from registrazione import Refusal
from registrazione.cli import checking
from registrazione.core.cf_encoding import omocodie
from registrazione.core.codice_fiscale import CodiceFiscale, check_codice_fiscale
from registrazione.core.consistency import ConsistencyPolicy, check_person
from registrazione.refusals import catalogue, text_of

CANARY = "QRNZNB88M48L219N"
PROVISIONAL = "98765432109"
# One typing error each: the right code must not come out of the wrong one either.
SPOILT = (
    CANARY[:-1] + "A",
    CANARY.replace("8", "B", 1),
    CANARY[:9] + "84" + CANARY[11:],
    CANARY[:-1],
    CANARY + "\u202e",
    CANARY.replace("Q", "\uff31"),
    f"{CANARY[:6]} {CANARY[6:]}",
    CANARY[:8] + "F" + CANARY[9:],
    PROVISIONAL,
    CANARY * 10,
)
PERSON = {
    "surname": "Quarantadue",
    "name": "Zenobia",
    "sex": "F",
    "birth_date": "1988-08-08",
    "birth_place": "L219",
}
# Enough of it to be recognised, in either case.
TRACES = (CANARY[:6], CANARY[3:9], CANARY[6:11], CANARY[9:], "QUARANTADUE", "ZENOBIA", "1988-08")


def shown(error: BaseException) -> str:
    """Return everything that is printed of an exception, and of those behind it."""
    texts = [str(error), repr(error), "".join(traceback.format_exception(error))]
    texts += [repr(error.args), repr(getattr(error, "__notes__", ""))]
    for behind in (error.__cause__, error.__context__):
        if behind is not None:
            texts.append(shown(behind))
    return "\n".join(texts)


def traces_in(text: str) -> list[str]:
    """Return what of the canary is in a text."""
    return [trace for trace in (*TRACES, PROVISIONAL[:8]) if trace in text.upper()]


def raised(act: Callable[[], object]) -> BaseException:
    """Return what an act raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is
        act()
    return caught.value


@pytest.fixture
def value() -> CodiceFiscale:
    """The canary."""
    return CodiceFiscale.parse(CANARY)


def test_the_canary_is_a_sound_code(value) -> None:
    """What is looked for is there to be found."""
    assert value.code == CANARY
    assert traces_in(value.code)
    assert check_person(value, **PERSON) == ()


PRINTED: dict[str, Callable[[CodiceFiscale], str]] = {
    "str": str,
    "repr": repr,
    "ascii": ascii,
    "format": format,
    "pprint": pprint.pformat,
    "braces": "{0} {0!s:.30} {0!r:>40}".format,
    "f-string": lambda cf: f"{cf}{cf!r}{cf!a}{cf=}",
    "percent": lambda cf: "%s %r %a" % (cf, cf, cf),  # noqa: UP031 - this way, too
    "containers": lambda cf: repr([{cf: (cf,)}, {cf}]),
    "copy": lambda cf: repr(copy.deepcopy({"cf": cf})),
    "typed": lambda cf: str(Refusal(*check_codice_fiscale(cf))),
    "person": lambda _: repr(check_person(CANARY[:-1] + "A", **{**PERSON, "name": "M4rio"})),
    "class": lambda cf: f"{type(cf)!r}{dir(cf)}{cf.__doc__}",
}
"""Ways to make a text of a value."""

MISUSED: dict[str, Callable[[CodiceFiscale], object]] = {
    "set": lambda cf: setattr(cf, "code", "x"),
    "set another": lambda cf: setattr(cf, "sex", CANARY),
    "delete": lambda cf: delattr(cf, "code"),
    "ask": lambda cf: cf.nothing,
    "compare": lambda cf: cf < CANARY,
    "add": lambda cf: cf + CANARY,
    "index": lambda cf: cf[0],
    "number": int,
    "format": lambda cf: format(cf, "d"),
    "look up": lambda cf: {}[cf],
    "remove": [].remove,
    "json": lambda cf: json.dumps({"cf": cf}),
    "json key": lambda cf: json.dumps({cf: 1}),
    "pickle": lambda cf: pickle.dumps((cf, lambda: cf)),
    "unsound": lambda _: CodiceFiscale(code=CANARY[:-1] + "A"),
    "small": lambda _: CodiceFiscale(code=CANARY.lower()),
    "bytes": lambda _: CodiceFiscale(code=CANARY.encode()),
    "list": lambda _: CodiceFiscale(code=[CANARY]),
    "positional": lambda _: CodiceFiscale(CANARY),
    "a text": lambda _: omocodie(CANARY),
    "more": lambda cf: check_person(cf, **PERSON, nothing=CANARY),
    "policy": ConsistencyPolicy,
}
"""Ways to use a value that are an error of the program."""


@pytest.mark.parametrize("way", PRINTED)
def test_no_way_of_printing_shows_it(value, way) -> None:
    """Alone, in a format, or inside something else."""
    assert not traces_in(PRINTED[way](value))


@pytest.mark.parametrize("way", MISUSED)
def test_no_misuse_of_the_value_shows_it(value, way) -> None:
    """What Python itself says of a wrong use holds types and names, not the code."""
    assert not traces_in(shown(raised(lambda: MISUSED[way](value))))


@pytest.mark.parametrize("state", [CANARY[:-1] + "A", CANARY[:-1] + "\u0410"])
def test_a_damaged_pickle_does_not_show_it(state) -> None:
    """A value that comes back unsound is refused, and is not repeated."""
    kept = pickle.dumps(CodiceFiscale(code=CANARY), protocol=0)
    damaged = kept.replace(CANARY.encode(), state.encode("raw_unicode_escape"))

    assert damaged != kept
    assert not traces_in(shown(raised(lambda: pickle.loads(damaged))))  # noqa: S301 - made here


@pytest.mark.parametrize("typed", SPOILT)
def test_no_refusal_shows_what_was_typed(typed) -> None:
    """Neither the exception nor its faults, nor their texts in either language."""
    refused = raised(lambda: CodiceFiscale.parse(typed))

    assert isinstance(refused, Refusal)
    texts = [text_of(fault, language) for fault in refused.faults for language in ("it", "en")]
    assert not traces_in(shown(refused) + repr(refused.faults) + " ".join(texts))
    assert not traces_in(repr(check_codice_fiscale(typed)))


@pytest.mark.parametrize("policy", ConsistencyPolicy)
def test_no_disagreement_shows_either_side(value, policy) -> None:
    """Neither the data typed nor those read from the code are in faults or texts."""
    other = CodiceFiscale.parse("RSSMRA76S09H501E")
    typed = {"surname": "<Quarantadue>", "name": "Zen0bia", "sex": "Q", "birth_date": "1988-08"}
    swapped = {**PERSON, "surname": "Zenobia", "name": "Quarantadue", "birth_place": "L2I9"}
    faults = [
        *check_person(other, **PERSON, policy=policy),
        *check_person(value, surname="Rossi", name="Mario", sex="M", birth_date="1976-11-09"),
        *check_person(value, **typed, policy=policy),
        *check_person(value, **swapped, policy=policy),
        *check_person(None, **typed, policy=policy),
    ]
    texts = [text_of(fault, language) for fault in faults for language in ("it", "en")]

    assert len(faults) > 15
    assert not traces_in(repr(faults) + " ".join(texts) + str(Refusal(*faults)))


def test_no_text_of_the_catalogue_has_room_for_it() -> None:
    """No message about a code or a person takes what was typed for a parameter."""
    texts = [entry.text.it for code, entry in catalogue().items() if code.startswith("cf.")]

    assert len(texts) > 5
    assert not [text for text in texts if "{cf" in text or "{code" in text or "{typed" in text]


class Broken:
    """Places whose table cannot be read, and which repeat whatever they are asked."""

    asked: list[str]

    def __init__(self):
        """Begin with no question."""
        self.asked = []

    def exists(self, code):
        """Fail, and say what for."""
        self.asked.append(code)
        message = f"no table for {code}"
        raise OSError(message)

    existed_on = same_place = predecessor = exists


def test_a_failing_list_of_places_is_told_places_only(value) -> None:
    """What an adapter can repeat in its own error is a Belfiore code."""
    places = Broken()
    error = raised(lambda: check_person(value, **PERSON, places=places))

    assert isinstance(error, OSError)
    assert places.asked == ["L219"]
    assert not traces_in(shown(error))


def line(cf: str) -> str:
    """Return a line for the command."""
    return json.dumps({"cf": cf, **PERSON})


def test_an_internal_error_of_the_command_does_not_show_it(monkeypatch) -> None:
    """In this process: neither what is printed, nor the exception that ends the command."""
    monkeypatch.setattr(checking, "_places", Broken)
    result = run("check", "codice-fiscale", typed=line(CANARY))

    assert isinstance(result.exception, OSError)
    assert not traces_in(result.output + result.stderr + shown(result.exception))


BROKEN_COMMAND = """
import faulthandler, sys
from registrazione.cli import checking, main

faulthandler.enable()

def broken():
    raise OSError("no table")

checking._places = broken
sys.argv = ["registrazione", "check", "codice-fiscale"]
main()
"""


def test_a_crash_of_the_command_does_not_show_it() -> None:
    """In a process of its own: the traceback on standard error has no data in it."""
    done = subprocess.run(
        [sys.executable, "-c", BROKEN_COMMAND],
        input=line(CANARY),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "no table" in done.stderr
    assert not traces_in(done.stdout + done.stderr)


@pytest.mark.parametrize("typed", SPOILT[:-2])
def test_the_command_does_not_say_a_wrong_code_back(typed) -> None:
    """Neither the answer nor standard error repeat a code that is refused."""
    result = run("check", "codice-fiscale", typed=line(typed) + "\n" + line(typed)[:-1])

    assert result.exit_code == 1
    assert not traces_in(result.stdout + result.stderr)


def test_nothing_is_logged_at_all(caplog, value) -> None:
    """Whatever is checked, at whatever level, by whichever library."""
    caplog.set_level(logging.NOTSET)
    for typed in (CANARY, *SPOILT):
        run("check", "codice-fiscale", typed=line(typed))
    check_person(value, **PERSON, places=checking._places())
    lines = [f"{record.getMessage()} {record.args!r}" for record in caplog.records]

    assert not traces_in("\n".join(lines))
    logging.getLogger("host").warning("seen %s %r", value, [value])
    assert value.masked in caplog.text
    assert not traces_in(caplog.text)
