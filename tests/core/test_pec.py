"""Tests of certified e-mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.emails import EmailAddress
from registrazione.core.pec import check_pec
from registrazione.core.refusals import Severity


@pytest.mark.parametrize(
    "domain",
    [
        "pec.it",
        "pec.example.it",
        "mario.pec.example.it",
        "arubapec.it",
        "mypec.eu",
        "legalmail.it",
        "cert.legalmail.it",
        "postacert.istruzione.it",
        "cert.comune.example.it",
        "postacertificata.example.it",
        "sicurezzapostale.it",
        "postecert.it",
        "ordine.pecimprese.it",
    ],
)
def test_domains_that_show_it(domain):
    """A word for PEC, a name that ends in it, or a provider's domain and those below it."""
    assert check_pec(EmailAddress(local="mario", domain=domain)) == ()


@pytest.mark.parametrize(
    "domain",
    [
        "example.it",
        "gmail.com",
        "pecora.it",
        "speciale.it",
        "concert.it",
        "example.pec",
        "notpostecert.it",
        "postecert.it.example.com",
        "pec",
    ],
)
def test_other_domains_are_worth_a_word(domain):
    """No list of PEC domains is closed, so it is a hint and never a refusal."""
    (found,) = check_pec(EmailAddress(local="pec", domain=domain), "x")

    assert (found.code, found.field, found.severity) == ("pec.unverified", "x", Severity.INFO)
    assert not found.params


@given(local=st.text(), domain=st.text())
def test_any_address_gets_at_most_a_hint(local, domain):
    """The local part is never looked at, and nothing is refused."""
    found = check_pec(EmailAddress(local=local, domain=domain))

    assert found == check_pec(EmailAddress(local="", domain=domain))
    assert not any(one.is_error for one in found)
