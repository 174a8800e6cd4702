"""What the claims of a person become in a form."""

from __future__ import annotations

import pytest

from registrazione.adapters.oidc import claims
from registrazione.adapters.oidc.claims import EID

MEANT_ILL = (
    "<script>",
    "javascript:alert(1)//<",
    "a@b.example\nBcc: x@y.example",
    "a@b.example\r\nx",
    '"<x>"@b.example',
    "=?utf-8?q?x?=",
    "\u202e",
    "x" * 999,
)


@pytest.mark.parametrize("word", MEANT_ILL)
@pytest.mark.parametrize(("field", "path"), [(field, path) for field, path, _ in claims.FIELDS])
def test_what_is_meant_ill_reaches_no_field(field, path, word):
    """Whoever signs it: no form field holds markup, a second header or a hidden character."""
    told = word
    for name in reversed(path):
        told = {name: told}

    assert field not in claims.form_values(told)


@pytest.mark.parametrize(
    ("claim", "field"),
    [("email", "email"), (f"{EID}e_delivery_service", "pec"), ("phone_number", "phone")],
)
@pytest.mark.parametrize("word", ["javascript:alert(1)", "nobody", "@", "a@b c", "+39 many"])
def test_contacts_look_like_contacts(claim, field, word):
    """An address has its sign, a number its digits; the person types anything else."""
    assert field not in claims.form_values({claim: word})


def test_contacts_and_residence_are_taken_over():
    """As the form has them; a province or a postcode that is none is left out."""
    told = {
        f"{EID}e_delivery_service": "a@pec.example",
        "email": "a.b+c@mail.example",
        "email_verified": True,
        "address": {
            "street_address": "Via Esempio 1",
            "locality": "Roma",
            "region": "Lazio",
            "postal_code": "00100",
        },
    }

    assert claims.form_values(told) == {
        "pec": "a@pec.example",
        "email": "a.b+c@mail.example",
        "residence_address": "Via Esempio 1",
        "residence_place": "Roma",
        "residence_cap": "00100",
    }
