"""The human checks by name, as the settings choose them."""

from __future__ import annotations

import sys

import pytest
from tests.adapters.human_check.checks import solved, still_tools

from registrazione.adapters.human_check import NoHumanCheck, TickBox
from registrazione.adapters.human_check.altcha import AltchaCheck
from registrazione.adapters.human_check.honeypot import Honeypot
from registrazione.adapters.human_check.opening import NAMES, open_check
from registrazione.adapters.human_check.question import Question
from registrazione.adapters.human_check.remote import RemoteHumanCheck
from registrazione.core.secret import Secret
from registrazione.plugins import HUMAN_CHECK, MissingExtra, PluginCatalogue
from registrazione.ports import HumanCheck, challenge_of, response_of

KINDS = {
    "tick-box://": TickBox,
    "none://": NoHumanCheck,
    "question://": Question,
    "altcha://": AltchaCheck,
    "honeypot://altcha": Honeypot,
    "honeypot://turnstile://site": Honeypot,
    "honeypot://": Honeypot,
    "recaptcha://site": RemoteHumanCheck,
    "hcaptcha://site": RemoteHumanCheck,
    "turnstile://site": RemoteHumanCheck,
}


def settings(**more):
    """Return what a registrar gives to a factory."""
    tools = still_tools()
    return {
        "vault": tools.vault,
        "clock": tools.clock,
        "randomness": tools.randomness,
        "human_check_secret": Secret("secret"),
        **more,
    }


@pytest.mark.parametrize("url", KINDS)
def test_each_check_has_its_name(url):
    """It can be drawn, and read off a form that came back."""
    check = open_check(url, settings=settings())

    assert isinstance(check, KINDS[url])
    assert isinstance(check, HumanCheck)
    assert challenge_of(check, "en")["kind"] in {"tick_box", "question", "altcha", "widget"}
    assert isinstance(response_of(check, {}), str)


def test_all_of_them_are_in_the_catalogue():
    """By these names and no others."""
    catalogue = PluginCatalogue()

    assert set(NAMES) <= set(catalogue.names(HUMAN_CHECK))
    assert isinstance(catalogue.build(HUMAN_CHECK, "altcha", settings=settings()), AltchaCheck)


def test_the_difficulty_is_a_setting():
    """And the question may be left out."""
    check = open_check(
        "altcha://", settings=settings(altcha_cost=3, altcha_tries=1, altcha_question=False)
    )
    challenge = check.challenge()

    assert challenge["puzzle"]["parameters"]["cost"] == 3
    assert challenge["puzzle"]["tries"] == 1
    assert "without_script" not in challenge
    assert check.passed(solved(challenge["puzzle"]))


@pytest.mark.parametrize(
    ("url", "wrong", "words"),
    [
        ("altcha://", {"altcha_cost": "many"}, "altcha_cost is a whole number"),
        ("altcha://", {"altcha_tries": True}, "altcha_tries is a whole number"),
        ("honeypot://honeypot", {}, "another human check"),
        ("honeypot://my-own", {}, "another human check"),
        ("turnstile://", {}, "site key"),
        ("recaptcha://site", {"human_check_secret": ""}, "secret key"),
        ("question://", {"vault": None}, "needs vault"),
    ],
)
def test_settings_that_do_not_fit_are_refused(url, wrong, words):
    """In words, without a key."""
    with pytest.raises(ValueError, match=words):
        open_check(url, settings=settings(**wrong))


def test_the_host_of_the_pages_may_be_told():
    """Anything but text tells none."""
    for hostname, known in (("example.it", "example.it"), (7, "")):
        check = open_check("turnstile://site", settings=settings(human_check_hostname=hostname))
        assert check._hostname == known


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    """The package is looked for when ALTCHA is chosen."""
    monkeypatch.delitem(sys.modules, "registrazione.adapters.human_check.altcha", raising=False)
    monkeypatch.setitem(sys.modules, "altcha", None)

    with pytest.raises(MissingExtra, match=r"registrazione\[altcha\]"):
        open_check("altcha://", settings=settings())
