"""Tests of what procedures ask of an address."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.emails import (
    INSTITUTIONAL_DOMAINS,
    EmailAddress,
    EmailRules,
    check_again,
    check_domain,
    is_preferred,
    reference_address,
)
from registrazione.core.refusals import Fault

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True)
domains = st.lists(labels, min_size=2, max_size=4).map(".".join)
addresses = st.builds(
    EmailAddress,
    local=st.text("abcXYZ.èÈ\u017f", min_size=1, max_size=10),
    domain=domains,
)


def at(domain: str, local: str = "mario.rossi") -> EmailAddress:
    """Return an address at a domain."""
    return EmailAddress(local=local, domain=domain)


def domain_codes(domain: str, rules: EmailRules) -> list[str]:
    """Return the codes of what rules have against a domain."""
    return [found.code for found in check_domain(at(domain), rules)]


@given(email=addresses)
def test_an_address_is_one_text(email) -> None:
    """The value and its stored text are two forms of the same thing."""
    assert email.address == f"{email.local}@{email.domain}"
    assert EmailAddress.of(email.address) == email


@given(email=addresses)
def test_the_key_ignores_the_case_of_ascii_only(email) -> None:
    """Two spellings of a mailbox share a key; look-alike letters do not."""
    swapped = "".join(c.swapcase() if c.isascii() else c for c in email.local)

    assert attrs.evolve(email, local=swapped).key == email.key
    assert EmailAddress.of(email.key).key == email.key


@pytest.mark.parametrize(
    ("first", "second"), [("mass", "ma\u017f\u017f"), ("iki", "\u0131k\u0131"), ("k", "\u212a")]
)
def test_lookalike_addresses_have_keys_of_their_own(first, second) -> None:
    """Unicode's folding would make these one mailbox (CVE-2019-19844)."""
    assert at("example.it", first).key != at("example.it", second).key


def test_an_address_is_never_printed() -> None:
    """Its first letter and the domain are all that logs see."""
    email = at("example.it")

    assert str(email) == f"{email}" == email.masked == "m***@example.it"
    assert repr([email]) == "[EmailAddress(m***@example.it)]"


def test_an_address_is_a_value() -> None:
    """Addresses are frozen, equal and hashable by their text."""
    assert {at("example.it"), at("example.it")} == {at("example.it")}
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        at("example.it").local = "x"


@pytest.mark.requirement("MIM-16")
@pytest.mark.parametrize(
    "domain",
    ["istruzione.it", "posta.istruzione.it", "scuola.istruzione.it", "liceo-verdi.edu.it"],
)
def test_institutional_addresses_can_be_excluded(domain) -> None:
    """A personal address is one outside the institutional domains, the school's own included."""
    rules = EmailRules(excluded_domains=INSTITUTIONAL_DOMAINS | {"liceo-verdi.edu.it"})

    assert check_domain(at(domain), rules, "x") == (Fault("email.domain_excluded", "x"),)
    assert check_domain(at("example.it"), rules) == ()


@pytest.mark.requirement("IOL-13")
def test_an_excluded_domain_can_be_allowed() -> None:
    """What is allowed by name is accepted although its parent is excluded."""
    rules = EmailRules(
        excluded_domains={"istruzione.it", ".istruzione.it"},
        allowed_domains={"posta.istruzione.it"},
    )

    assert domain_codes("posta.istruzione.it", rules) == []
    assert domain_codes("istruzione.it", rules) == ["email.domain_excluded"]
    assert domain_codes("usr.istruzione.it", rules) == ["email.domain_excluded"]


@pytest.mark.requirement("IST-04")
@pytest.mark.parametrize(
    ("domain", "accepted"),
    [
        ("istruzione.it", True),
        ("posta.istruzione.it", False),
        ("notistruzione.it", False),
        ("istruzione.it.example.com", False),
        ("istruzione.itt", False),
        ("istruzione-it.it", False),
        ("xn--istruzine-b8a.it", False),
        ("it", False),
    ],
)
def test_a_required_domain_is_matched_exactly(domain, accepted) -> None:
    """No prefix, no suffix and no subdomain passes for @istruzione.it."""
    rules = EmailRules(required_domains={"istruzione.it"})

    assert domain_codes(domain, rules) == ([] if accepted else ["email.domain_required"])


@pytest.mark.parametrize(
    ("domain", "accepted"),
    [
        ("a.scuola.it", True),
        ("b.a.scuola.it", True),
        ("scuola.it", False),
        ("ascuola.it", False),
        ("a.scuola.it.example.com", False),
    ],
)
def test_a_leading_point_stands_for_subdomains(domain, accepted) -> None:
    """Every subdomain, however deep, and not the domain itself."""
    rules = EmailRules(required_domains={".scuola.it"})

    assert domain_codes(domain, rules) == ([] if accepted else ["email.domain_required"])


@pytest.mark.requirement("POL-13")
@given(email=addresses)
def test_without_rules_every_domain_is_accepted(email) -> None:
    """No mailbox of a particular domain is needed unless a profile says so."""
    assert check_domain(email, EmailRules()) == ()


@pytest.mark.requirement("MIM-17")
def test_the_address_is_typed_twice() -> None:
    """The second one may not be missing and has to agree."""
    rules = EmailRules(twice=True)

    assert check_again(at("example.it"), at("example.it"), rules) == ()
    assert check_again(at("example.it"), None, rules) == (Fault("input.missing", "email_again"),)
    assert check_again(at("example.it"), at("example.com"), rules) == (
        Fault("email.again_different", "email_again"),
    )


@given(email=addresses, again=addresses, twice=st.booleans())
def test_a_second_address_always_has_to_agree(email, again, twice) -> None:
    """Also where none is asked for, and but for the case of ASCII letters."""
    faults = check_again(email, again, EmailRules(twice=twice), "x")

    assert faults == (() if email.key == again.key else (Fault("email.again_different", "x"),))


def test_a_second_address_may_be_missing_where_none_is_asked_for() -> None:
    """Procedures that do not ask twice do not miss it."""
    assert check_again(at("example.it"), None, EmailRules()) == ()


@pytest.mark.requirement("POL-14")
def test_the_institutional_address_is_the_reference_address() -> None:
    """It takes precedence even over a personal one that the person put first."""
    rules = EmailRules(preferred_domains={"istruzione.it", ".istruzione.it"})
    personal, other = at("example.it"), at("example.com")
    institutional = at("posta.istruzione.it")

    assert reference_address([personal, institutional], rules) == institutional
    assert reference_address([personal, other], rules) == personal
    assert reference_address([], rules) is None
    assert is_preferred(institutional, rules)
    assert not is_preferred(personal, rules)


@pytest.mark.parametrize(
    "rule", ["Istruzione.it", "università.it", "it", "", ".", "a..it", "a.it.", "a b.it", "@a.it"]
)
@pytest.mark.parametrize(
    "name", ["required_domains", "excluded_domains", "allowed_domains", "preferred_domains"]
)
def test_a_rule_that_could_never_match_is_an_error(name, rule) -> None:
    """Domains of a profile are ASCII, in lower case and whole, or the profile is wrong."""
    with pytest.raises(ValueError, match=name):
        EmailRules(**{name: {"example.it", rule}})
