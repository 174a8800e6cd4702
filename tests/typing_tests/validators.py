"""Read by the type checkers, never run: validators and strategies are typed through and through."""

from collections.abc import Mapping
from typing import Any, assert_type

import attrs
from hypothesis.strategies import SearchStrategy

from registrazione import validators as valid
from registrazione.testing import strategies
from registrazione.testing.strategies import InconsistentPerson, Person
from registrazione.validators import (
    VALIDATORS,
    Address,
    CodiceFiscale,
    EmailAddress,
    Fault,
    PasswordPolicy,
    Secret,
    Validator,
    check_cap,
    is_cap,
    password_validator,
    read_address,
    read_cap,
    read_codice_fiscale,
    read_email,
)

assert_type(is_cap("37121"), bool)
assert_type(check_cap("37121", field="residence_cap"), tuple[Fault, ...])
assert_type(read_cap("37121"), str)
assert_type(read_email("maria@example.it"), EmailAddress)
assert_type(read_codice_fiscale("RSSMRA80A01H501U", "code"), CodiceFiscale)
assert_type(read_address(street="via Roma 1", place="H501"), Address | None)
assert_type(valid.codice_fiscale, Validator[CodiceFiscale])
assert_type(valid.cap.messages("x", "en"), tuple[str, ...])
assert_type(password_validator(PasswordPolicy()), Validator[Secret])
assert_type(VALIDATORS, Mapping[str, Validator[Any]])


@attrs.frozen
class Pupil:
    """What another project might have."""

    code: CodiceFiscale = attrs.field(converter=read_codice_fiscale)
    cap: str = attrs.field(validator=valid.cap)
    email: EmailAddress = attrs.field(converter=valid.read_email)
    phone: str | None = attrs.field(default=None, validator=attrs.validators.optional(valid.phone))


assert_type(Pupil("RSSMRA80A01H501U", "37121", "maria@example.it").code, CodiceFiscale)

# A name that there is not is an error here, whatever the module does when it is run.
valid.is_cpa  # type: ignore[attr-defined]  # noqa: B018

assert_type(strategies.people(), SearchStrategy[Person])
assert_type(strategies.inconsistent_people(), SearchStrategy[InconsistentPerson])
assert_type(strategies.codici_fiscali(omocodia=True), SearchStrategy[CodiceFiscale])
