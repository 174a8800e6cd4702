"""The optional question whether anybody takes letters for a domain."""

from __future__ import annotations

import pytest
from tests.world import MARIO, World, code_of

from registrazione.ports import MailDomains
from registrazione.service.mail_domains import AnyDomain


class Known:
    """Knows one domain, and remembers what it was asked."""

    def __init__(self, domain):
        """Know that domain."""
        self.domain = domain
        self.asked = []

    def accepts(self, domain):
        """Tell whether it is the one."""
        self.asked.append(domain)
        return domain == self.domain


def test_nobody_is_asked_unless_somebody_is_named():
    """By default no registration waits for a name server."""
    assert isinstance(AnyDomain(), MailDomains)
    assert AnyDomain().accepts("nowhere.example")
    assert World("standard").confirmed().account.email == "mario.rossi@example.it"


def test_a_domain_without_mail_is_refused_where_the_host_asks():
    """A mistake behind the at sign is told at the form, on its field, before a letter is lost."""
    known = Known("example.it")
    world = World("standard", mail_domains=known)

    assert world.confirmed(MARIO).next == "open_link"
    assert code_of(world.filled, MARIO, email="mario@exampel.it") == "email.nobody_there"
    assert known.asked == ["example.it", "exampel.it"]


@pytest.mark.requirement("MIM-16")
def test_the_procedure_s_own_rules_come_first():
    """An address that the procedure does not take is not looked up."""
    known = Known("example.it")
    world = World("mim-students", mail_domains=known)

    assert code_of(world.filled, MARIO, email="m@istruzione.it", email_again="m@istruzione.it") == (
        "email.domain_excluded"
    )
    assert known.asked == []


def test_a_changed_address_is_looked_up_as_well():
    """The page for another address asks the same question."""
    world = World("unimi-external", mail_domains=Known("example.it"))
    session = world.signed_in(MARIO).session

    assert (
        code_of(world.registrar.change_email, session, "mario@exampel.it") == "email.nobody_there"
    )
