"""Each guard is needed: without it something gets in, or the reason why not is written here."""

from __future__ import annotations

import pytest
from tests.adapters.saml.stage import staged
from tests.adapters.saml.test_saml_battery import BY_NAME, let_in

from registrazione.adapters.saml import opening, responses, signing, xml
from registrazione.ports import IdentityError
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_attacks import ATTACKS

LETS_IN = {
    "response_version": "version_1",
    "response_instant": "only_envelope_from_the_future",
    "response_destination": "only_destination_elsewhere",
    "response_issuer": "issuer_format_other",
    "assertion_version": "assertion_version_1",
    "assertion_instant": "assertion_issued_long_ago",
    "assertion_issuer": "assertion_issuer_other",
    "subject_name": "name_unqualified",
    "subject_confirmation": "recipient_elsewhere",
    "condition_times": "conditions_over_by_a_second",
    "condition_audience": "audience_elsewhere",
    "authentication": "signed_in_in_the_future",
    "level": "level_lower",
    "attribute_statement": "attribute_twice",
}
"""What gets in without the check of that name; `request_waits` needs a clock, see below."""


def without(monkeypatch, name):
    """Take one check away."""
    left = tuple(check for check in responses.CHECKS if check.__name__ != name)
    monkeypatch.setattr(responses, "CHECKS", left)


def test_every_check_has_an_attack():
    """No check is left out here."""
    assert {check.__name__ for check in responses.CHECKS} == {*LETS_IN, "request_waits"}


@pytest.mark.parametrize("name", sorted(LETS_IN))
def test_without_a_check_its_attack_gets_in(monkeypatch, name):
    """The attack fails because of this check, and of no other."""
    where = staged()
    attack = BY_NAME[LETS_IN[name]]
    assert not let_in(where.service, where, [attack])

    without(monkeypatch, name)

    assert let_in(where.service, where, [attack])


def late_answer(where):
    """Return an answer that comes a quarter of an hour after its request."""
    asked = where.asked()
    where.clock.go_on(minutes=15)
    return where.idp.answer(where.idp.draft(asked, PEOPLE.adele))


def test_a_request_waits_for_a_quarter_of_an_hour(monkeypatch):
    """At that second the answer is too late; without the check it would do."""
    where = staged()
    with pytest.raises(IdentityError) as caught:
        where.service.verify(late_answer(where))
    assert (caught.value.code, caught.value.retry) == ("expired", True)

    without(monkeypatch, "request_waits")

    assert where.service.verify(late_answer(where)).level == 2


def let_through(*_arguments, **_options):
    """Stand where a guard stood."""


GUARDS = {
    "status": (opening, "check_status", let_through, "status_failed"),
    "structure": (
        opening,
        "_check_structure",
        let_through,
        "statement_unknown",
    ),
    "professionals": (
        "registrazione.adapters.saml.attributes",
        "PROFESSIONAL",
        frozenset(),
        "exchange_professional",
    ),
    "replays": (
        "registrazione.adapters.once.MemoryOnceOnly",
        "spend",
        lambda _self, *_names: True,
        "exchange_replay",
    ),
    "request": (
        "registrazione.adapters.saml.naming.RequestNames",
        "issued_at",
        lambda _self, *_names: staged().clock.now(),
        "exchange_another_browser",
    ),
    "signatures": (signing, "SIGNATURES", None, "signature_sha224_signature"),
    "instructions": (xml, "_check_tree", let_through, "parsing_many_namespaces"),
}


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_without_a_guard_its_attack_gets_in(monkeypatch, name):
    """The attack fails because of this guard, and of no other."""
    where = staged()
    place, attribute, instead, attack = GUARDS[name]
    assert not let_in(where.service, where, [BY_NAME[attack]])
    if name == "signatures":
        instead = signing.SIGNATURES | {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha224"}

    monkeypatch.setattr(
        f"{place}.{attribute}" if isinstance(place, str) else f"{place.__name__}.{attribute}",
        instead,
    )

    assert let_in(where.service, where, [BY_NAME[attack]])


REDUNDANT = {
    "check_shape": (signing, let_through),
    "has_no_ids_twice": (opening, lambda _root: True),
}
"""Guards whose removal alone lets nothing of the battery in.

`check_shape` stands in front of signxml, which allows the listed algorithms only, and behind it
`signed_view` reads what was signed and wants it to be the element itself. `has_no_ids_twice` keeps
two readers from finding two elements; here each element is verified alone, as a document.
"""


@pytest.mark.parametrize("name", sorted(REDUNDANT))
def test_redundant_guards_are_known(monkeypatch, name):
    """Without one of them the others hold against wrapping and against odd signatures."""
    place, instead = REDUNDANT[name]
    monkeypatch.setattr(place, name, instead)
    tried = [one for one in ATTACKS if one.name.startswith(("wrapped_", "signature_"))]
    allowed = {
        "has_no_ids_twice": set(),
        # Not forgeries: signed by the provider, in another way than the schemes want.
        "check_shape": {
            "signature_canonical_inclusive",
            "signature_canonical_with_comments",
        },
    }[name]

    where = staged("saml2")

    assert let_in(where.service, where, [one for one in tried if not one.only_schemes]) <= allowed
