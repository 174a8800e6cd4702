"""The battery: nothing that proves nothing is let in, and what is merely unusual is."""

from __future__ import annotations

import base64

import pytest
from tests.adapters.saml.stage import staged

from registrazione.adapters.saml import signing
from registrazione.adapters.saml.provider import SamlProvider
from registrazione.adapters.saml.xml import MOST_BYTES, child, parse, serialised
from registrazione.ports import IdentityError
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_attacks import ATTACKS, BENIGN
from registrazione.testing.saml_attacks.fields import FIELD_ATTACKS

SCHEMES = ("spid-public", "saml2")
BY_NAME = {attack.name: attack for attack in ATTACKS}


def let_in(service, stage, attacks=ATTACKS):
    """Return the names of the attacks that a service lets in."""
    names = set()
    for attack in attacks:
        response = attack.make(stage)
        try:
            service.verify(response)
        except IdentityError:
            continue
        names.add(attack.name)
    return names


def named(prefix):
    """Return the attacks whose names begin so."""
    return [attack for attack in ATTACKS if attack.name.startswith(prefix)]


@pytest.fixture(scope="module", params=SCHEMES)
def stage(request):
    """A service of a scheme, and one that follows plain SAML only."""
    return staged(request.param), request.param


def test_there_are_enough_attacks():
    """The battery has more than a hundred attacks of different names, each with its reason."""
    assert len(ATTACKS) >= 270
    assert len(BY_NAME) == len(ATTACKS)
    assert len(BENIGN) >= 20
    assert all(attack.proves for attack in ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
@pytest.mark.requirement("UNI-04")
def test_no_attack_gets_in(stage, attack):
    """Each is refused with an error of the port, whatever it does."""
    where, scheme = stage
    if attack.only_schemes and scheme == "saml2":
        where = staged()
    response = attack.make(where)

    with pytest.raises(IdentityError) as caught:
        where.service.verify(response)

    assert "Trovamala" not in str(caught.value)
    assert PEOPLE.adele.codice_fiscale not in repr(caught.value)


@pytest.mark.parametrize("benign", BENIGN, ids=lambda benign: benign.name)
def test_what_is_unusual_gets_in(stage, benign):
    """A true answer in another spelling still proves who it is about, and the whole of it."""
    where, _ = stage

    verified = where.service.verify(benign.make(where))

    assert verified.codice_fiscale == PEOPLE.adele.codice_fiscale
    assert verified.values["name"] == "Adele"
    assert verified.level >= 2


def test_a_message_that_is_read_is_short():
    """No message above the limit reaches the parser, so that none takes long."""
    where = staged()
    read = []
    for attack in named("parsing_"):
        value = attack.make(where).get("SAMLResponse")
        if isinstance(value, str) and value.isascii():
            read.append(len(value) * 3 // 4)

    assert sum(size > MOST_BYTES for size in read) >= 2
    with pytest.raises(IdentityError) as caught:
        where.service.verify({"SAMLResponse": "A" * (MOST_BYTES * 2), "RelayState": "x"})
    assert caught.value.rule == "message.size"


# -- the battery tells a good service from a bad one ----------------------------------------


class RejectsEverything(SamlProvider):
    """A service that lets nobody in."""

    def verify(self, response):
        """Refuse."""
        raise IdentityError("invalid")


def test_a_service_that_refuses_everything_fails():
    """It withstands every attack, and lets no true answer in: the benign half tells."""
    where = staged()
    where.service.__class__ = RejectsEverything

    refused = 0
    for benign in BENIGN:
        with pytest.raises(IdentityError):
            where.service.verify(benign.make(where))
        refused += 1

    assert refused == len(BENIGN)


def test_a_service_that_checks_no_signature_fails(monkeypatch):
    """Once signatures are not checked, forgeries get in: the battery would tell."""

    def believed(alone, _certificate, _at):
        element = parse(alone)
        element.remove(child(element, "ds:Signature"))
        return serialised(element)

    monkeypatch.setattr(signing, "_verified", believed)
    where = staged()

    names = let_in(where.service, where, named("signature_"))

    assert {"signature_by_a_stranger", "signature_letter_changed"} <= names
    assert len(names) >= 10


def test_a_service_that_checks_only_signatures_fails(monkeypatch):
    """A genuine signature alone is not enough: the battery would tell."""
    monkeypatch.setattr("registrazione.adapters.saml.responses.CHECKS", ())
    where = staged()

    names = let_in(where.service, where, FIELD_ATTACKS)

    assert {"audience_elsewhere", "level_lower", "conditions_over"} <= names
    assert len(names) >= 30


def test_base64_of_the_answers_is_read_back():
    """The battery's answers are what they seem: signed XML in base64."""
    where = staged()
    encoded = BENIGN[0].make(where)["SAMLResponse"]

    assert base64.b64decode(encoded).count(b"SignatureValue>") == 4
