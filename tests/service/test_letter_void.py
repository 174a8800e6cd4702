"""Letters that are not sent: what they were to carry was overtaken."""

from __future__ import annotations

import pytest
from tests.service.letter_world import PROFILE, SECRETS, WITH_CODE, derived, letter, person, writer

from registrazione.core.account import SlowCredential
from registrazione.service.letters import KINDS, LINKS

everywhere = pytest.mark.parametrize("language", ["it", "en"])


@pytest.mark.requirement("UNI-08")
@pytest.mark.parametrize("kind", LINKS)
def test_a_link_that_was_overtaken_is_not_sent(kind):
    """A newer link, another address, or the end of the account: the letter is void."""
    assert writer().write(letter(kind, epoch=1), person(epoch=2)) is None
    assert writer().write(letter(kind), None) is None


@pytest.mark.parametrize("kind", ["credentials", "temporary_password"])
@pytest.mark.parametrize(
    "credential",
    [None, SlowCredential(encoded="$argon2id$chosen"), derived("password", generation=2)],
)
def test_a_temporary_password_that_was_overtaken_is_not_sent(kind, credential):
    """Changed, replaced or wiped: nobody gets a password that opens nothing."""
    assert writer().write(letter(kind), person(credential=credential)) is None
    assert writer().write(letter(kind), None) is None


def test_a_personal_code_is_no_password():
    """A code of the same generation is not mailed as a password."""
    account = person(credential=derived("code"))

    assert writer().write(letter("credentials"), account) is None


@pytest.mark.requirement("POL-09")
@pytest.mark.parametrize("code", [None, SlowCredential(encoded="$argon2id$chosen")])
def test_a_personal_code_that_was_overtaken_is_not_sent(code):
    """The recovered code is void once the person has chosen one."""
    write = writer(WITH_CODE).write

    for kind in ("code_recovery", "enabling"):
        assert write(letter(kind), person(code_credential=code)) is None
        assert write(letter(kind), None) is None
        assert writer(PROFILE).write(letter(kind), person()) is None


@pytest.mark.parametrize("kind", SECRETS)
def test_the_secret_of_a_retired_key_is_not_sent(kind):
    """What nobody can derive any more, nobody can use either."""
    retired = derived(SECRETS[kind], key_id="retired")
    account = person(credential=retired, code_credential=retired)

    assert writer(WITH_CODE).write(letter(kind), account) is None


def test_a_reminder_of_an_account_that_is_gone_is_not_sent():
    """Without account there is no username to be reminded of."""
    assert writer().write(letter("username"), None) is None


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(LINKS) - set(SECRETS) - {"username"}))
@everywhere
def test_a_notice_outlives_the_account(kind, language):
    """Who was told of by a notice may have been erased meanwhile: the notice still goes."""
    envelope = writer().write(letter(kind, language=language), None)

    assert envelope.recipient == "anna@example.it"
