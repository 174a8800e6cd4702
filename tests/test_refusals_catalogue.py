"""One catalogue: every code has its words in both languages, and every entry is of use."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest
from tests.world import PROFILES

import registrazione
from registrazione.core.alphabets import Refused
from registrazione.core.machine import REFUSED
from registrazione.core.profile_checks import TOPICS
from registrazione.core.refusals import fault
from registrazione.profiles import load
from registrazione.refusals import catalogue, help_for, text_of

SOURCE = Path(registrazione.__file__).parent
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
MAKERS = {"fault", "refusal", "Fault"}
LANGUAGES = ("it", "en")

WORDS = {
    "when": {"early", "late"},
    "error.code": {
        "cancelled",
        "level_too_low",
        "expired",
        "replayed",
        "invalid",
        "unavailable",
        *(f"spid_{number}" for number in (19, 20, 21, 22, 23, 24, 25, 30)),
        "under_age",
        "choice_needed",
    },
    "kind": {word.value for word in Refused} - {"special"},
    "field": {"cf", "email"},
    "_CODE_PREFIXES[field]": {"cognome", "nome"},
}
"""What the parts of codes that are put together at run time can be."""


def modules():
    """Yield the syntax tree of every module."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def name_of(call):
    """Return the name of the function that is called."""
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def codes_in(node):
    """Yield the codes that an expression can be, where it says so by itself."""
    match node:
        case ast.Constant(value=str(text)) if CODE.fullmatch(text):
            yield text
        case ast.IfExp():
            yield from codes_in(node.body)
            yield from codes_in(node.orelse)
        case ast.JoinedStr():
            texts = [""]
            for part in node.values:
                words = (
                    [part.value]
                    if isinstance(part, ast.Constant)
                    else sorted(WORDS[ast.unparse(part.value)])
                )
                texts = [text + word for text in texts for word in words]
            yield from texts


def calls():
    """Yield every call that makes a fault or a refusal."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node) in MAKERS and node.args:
                yield path, node


def said_somewhere():
    """Return every code that the source can say."""
    said = {code for _, call in calls() for code in codes_in(call.args[0])}
    said |= {code for codes in REFUSED.values() for code in codes.values()}
    for _, tree in modules():
        said |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and node.value in catalogue()
        }
    return said


def test_every_code_that_can_be_said_has_its_words():
    """Whatever the source makes a fault of, literally or put together, is in the catalogue."""
    said = {code for _, call in calls() for code in codes_in(call.args[0])}

    assert len(said) > 100
    assert not said - set(catalogue())


def test_every_entry_of_the_catalogue_can_be_said():
    """No words are kept for what never happens; hints belong to faults of the code."""
    hints = {code for code in catalogue() if code.startswith("hint.")}
    words = {hint.partition(".")[2] for hint in hints}
    source = (SOURCE / "core" / "cf_faults.py").read_text("utf-8")
    source += (SOURCE / "core" / "consistency.py").read_text("utf-8")

    assert not set(catalogue()) - hints - said_somewhere()
    assert words == {"O/0", "I/1", "S/5", "B/8", "swap", "day_month", "decoded_place"}
    assert all(
        pair in source
        for pair in ('"O0", "I1", "S5", "B8"', '"swap"', '"day_month"', '"decoded_place"')
    )


def params_of(text):
    """Return the names between the braces of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_formats_with_what_its_makers_give():
    """Where a code is made literally, each maker gives every parameter that its words need."""
    checked = 0
    for path, call in calls():
        given = {keyword.arg for keyword in call.keywords}
        if None in given:
            continue
        for code in codes_in(call.args[0]):
            entry = catalogue()[code]
            for language in LANGUAGES:
                wanted = params_of(entry.text.to(language))
                assert wanted <= given, (path.name, call.lineno, code)
            checked += 1
    assert checked > 100


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_an_entry_is_whole(code):
    """A topic that help can be had for, and the same parameters in both languages."""
    entry = catalogue()[code]
    it, en = entry.text.it, entry.text.en

    assert (entry.code, entry.topic in TOPICS) == (code, True)
    assert it
    assert en
    assert it != en
    assert params_of(it) == params_of(en)
    assert not re.search(r"\s\s|^\s|\s$", it + en)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_with_their_parameters(language):
    """Numbers stand where the braces were."""
    text = text_of(fault("password.too_short", "password", min=8), language)

    assert "8" in text
    assert "{" not in text


def test_a_hint_follows_its_fault():
    """Where one typing error would explain it, the person is told which; else nothing follows."""
    plain = text_of(fault("cf.controllo", "cf", hint=""))
    hinted = text_of(fault("cf.controllo", "cf", hint="O/0"))

    assert hinted == f"{plain} {catalogue()['hint.O/0'].text.it}"
    assert text_of(fault("cf.controllo", "cf", hint="swap"), "en").endswith(
        catalogue()["hint.swap"].text.en
    )


def test_an_unknown_code_is_a_mistake():
    """There are no words for it, and none are made up."""
    with pytest.raises(KeyError):
        text_of(fault("no.such_code"))


@pytest.mark.requirement("UNI-15", "UNI-16")
def test_the_documents_words_are_kept():
    """The two messages that are quoted there are said to the letter."""
    assert text_of(fault("sign_in.failed")) == "Il nome utente o la password non sono validi"
    assert text_of(fault("service.not_for_external")) == (
        "Stai cercando di accedere a un servizio che non è utilizzabile dagli utenti esterni. "
        "Verifica l'indirizzo del servizio."
    )


@pytest.mark.requirement("POL-16", "MIM-41", "UNI-12")
@pytest.mark.parametrize("name", PROFILES)
def test_help_goes_by_the_kind_of_problem(name):
    """Each procedure says where to turn to with what; no route is for a topic of no code."""
    profile = load(name)
    topics = {entry.topic for entry in catalogue().values()}

    assert set(profile.help) <= topics
    route = help_for(fault("sign_in.failed"), profile)
    assert route == profile.help.get("access")
    assert help_for(fault("personal_code.blocked"), profile) == profile.help.get("enabling")
