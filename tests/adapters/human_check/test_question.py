"""The question in words: right, in time, once, and by ear as well as by eye."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.human_check.checks import still_tools

from registrazione.adapters.human_check.question import ANSWER, TOKEN, Question
from registrazione.ports import DrawnHumanCheck
from registrazione.testing.fakes import SeededRandomness

ITALIAN = ("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci")
ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def total(challenge):
    """Return the right answer, as somebody works it out who reads the question."""
    words = challenge["question"].replace("?", "").split()
    known = {word: value for words in (ITALIAN, ENGLISH) for value, word in enumerate(words, 1)}
    return sum(known.get(word, 0) for word in words[:6])


def reply(check, challenge, answer):
    """Return the response of a form that came back."""
    return check.response({**challenge["hidden"], challenge["field"]: answer})


@pytest.mark.requirement("MIM-12", "IOL-02")
@pytest.mark.parametrize("language", ["it", "en", "xx"])
def test_the_right_answer_passes_once(language):
    """In the language of the page; an unknown one is Italian."""
    check = Question(still_tools())
    challenge = check.challenge(language)
    response = reply(check, challenge, str(total(challenge)))

    assert isinstance(check, DrawnHumanCheck)
    assert ("Quanto" in challenge["question"]) is (language != "en")
    assert check.passed(response)
    assert not check.passed(response)


@pytest.mark.parametrize("spelling", ["{}", "{:02}", " {} ", "{}."])
def test_figures_may_be_written_in_many_ways(spelling):
    """What a person writes is right."""
    check = Question(still_tools())
    challenge = check.challenge()

    assert check.passed(reply(check, challenge, spelling.format(total(challenge))))


def test_the_answer_may_be_written_in_words():
    """In either language, whatever the letters' size."""
    check = Question(still_tools())
    challenges = [check.challenge() for _ in range(40)]
    small = [challenge for challenge in challenges if total(challenge) <= 10]

    assert len(small) > 5
    for challenge, (words, change) in zip(
        small,
        itertools.cycle([(ITALIAN, str), (ENGLISH, str.upper), (ITALIAN, str.title)]),
        strict=False,
    ):
        assert check.passed(reply(check, challenge, change(words[total(challenge) - 1])))


@pytest.mark.parametrize("answer", ["", "0", "21", "-3", "undicii", "²", "1e1", "9" * 5_000])
def test_a_wrong_answer_uses_the_question_up(answer):
    """Guessing costs a new page each time."""
    check = Question(still_tools())
    challenge = check.challenge()

    assert not check.passed(reply(check, challenge, answer))
    assert not check.passed(reply(check, challenge, str(total(challenge))))


@pytest.mark.parametrize(("later", "passes"), [(20 * 60, True), (20 * 60 + 1, False)])
def test_a_question_is_good_for_twenty_minutes(later, passes):
    """By the registrar's clock."""
    tools = still_tools()
    check = Question(tools)
    challenge = check.challenge()
    tools.clock.advance(seconds=later)

    assert check.passed(reply(check, challenge, str(total(challenge)))) is passes


def test_the_answer_cannot_be_read_off_the_question():
    """Two questions with one answer look different, and nothing in them is the number."""
    check = Question(still_tools())
    made = [check.challenge() for _ in range(40)]
    digests = [challenge["hidden"][TOKEN] for challenge in made]
    answers = [total(challenge) for challenge in made]

    assert len(set(digests)) == len(made)
    assert len(set(answers)) < len(made)
    assert all(2 <= answer <= 20 for answer in answers)


def test_questions_differ():
    """Whoever asks for another page gets another question."""
    tools = still_tools()
    check = Question(tools)

    assert isinstance(tools.randomness, SeededRandomness)
    assert len({check.challenge()["question"] for _ in range(30)}) > 15


@given(st.one_of(st.text(), st.binary(), st.none(), st.integers(), st.lists(st.text())))
def test_nothing_a_visitor_sends_raises(response):
    """Of whatever type it is; and none of it passes."""
    assert not Question(still_tools()).passed(response)


@given(st.text(max_size=60))
def test_nothing_a_visitor_types_raises(answer):
    """Under a genuine question."""
    check = Question(still_tools())

    assert check.passed(reply(check, check.challenge(), answer)) in {True, False}


def test_fields_that_are_missing_are_empty():
    """A form without them came from elsewhere."""
    check = Question(still_tools())

    assert check.response({}) == " "
    assert not check.passed(check.response({}))
    assert check.challenge()["field"] == ANSWER
