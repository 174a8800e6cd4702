"""Guards that stand before other guards: each is told by the rule that it names."""

from __future__ import annotations

import attrs
import pytest
from tests.adapters.saml.stage import staged
from tests.adapters.saml.test_saml_battery import BY_NAME

from registrazione.adapters.saml.faults import Rejected
from registrazione.testing.people import PEOPLE

RULES = {
    "parsing_request": "response.root",
    "parsing_encoding_too_long": "message.size",
    "parsing_encoding_spaces": "message.base64",
    "issuer_nobody": "issuer.unknown",
    "envelope_unsigned": "response.unsigned",
    "wrapped_id_in_lower_case": "structure.id_twice",
    "wrapped_genuine_in_key_info": "structure.signatures",
    "encrypted_beside": "structure.assertions",
    "envelope_unknown": "structure.contents",
    "statement_unknown": "structure.contents",
    "status_unknown": "status.unknown",
    "status_twofold": "status.ambiguous",
    "id_not_a_name": "response.id",
    "attributes_none": "attributes.contents",
    "attributes_too_many": "attributes.contents",
    "attribute_without_name": "attributes.names",
    "attribute_huge": "attributes.length",
    "assertion_issuer_format_missing": "assertion.issuer_format",
    "name_empty": "subject.name",
    "name_persistent": "subject.name",
    "only_envelope_answers": "subject.in_response_to",
    "conditions_not_yet": "conditions.not_before",
    "encrypted_attribute": "attributes.contents",
    "level_unknown": "authentication.context",
    "nobody_named": "attributes.subject",
    "exchange_state_long": "message.state",
    "exchange_state_bytes": "message.state",
    "answers_an_odd_name": "response.in_response_to",
    "session_over": "authentication.session",
    "bearer_not_yet": "subject.not_before",
    "holder_of_key": "subject.method",
    "unknown_condition": "conditions.unknown",
}


@pytest.mark.parametrize("name", sorted(RULES))
def test_an_attack_breaks_the_rule_that_it_is_about(name):
    """Not another one further on, which would refuse it too."""
    where = staged()
    with pytest.raises(Rejected) as caught:
        where.service.verify(BY_NAME[name].make(where))

    assert caught.value.rule == RULES[name]


def unsealed(profile):
    """Return what becomes of an answer whose envelope is not signed."""
    where = staged(profile)
    draft = attrs.evolve(where.draft(), sign_response=False)
    return where.service.verify(where.idp.answer(draft))


def test_plain_saml_needs_no_signature_on_the_envelope():
    """The assertion's is enough there, and there only."""
    assert unsealed("saml2").codice_fiscale == PEOPLE.adele.codice_fiscale
    with pytest.raises(Rejected) as caught:
        unsealed("spid-public")

    assert caught.value.rule == "response.unsigned"
