"""Which account an identity opens: by itself, by the codice fiscale, by the names; never else."""

from __future__ import annotations

from itertools import product

import attrs
import pytest
from tests.core.flows.test_flow_federated import SPID_EMAIL, completed
from tests.world import ANNA, BEGINNINGS, LUCA, MARIO, NOON, PROFILES, World, code_of

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.core.account import Identity
from registrazione.core.profile import Federation, Gate
from registrazione.core.records import Criteria
from registrazione.core.states import AccountState, LinkState, PasswordState
from registrazione.ports import IdentityError
from registrazione.profiles import load

WHO = {"name": "Mario", "surname": "Rossi", "birth_date": "1980-01-01"}
"""What eIDAS tells of a natural person at least."""
EVERY = ("spid", "cie", "eidas")


def offering(name, **federation):
    """Return a procedure that offers every scheme, whatever it offers by itself."""
    profile = load(name)
    some = attrs.evolve(profile.federation, **{"providers": EVERY, **federation})
    return attrs.evolve(profile, federation=some)


def eidas(person=MARIO, values=None, **told):
    """Return the Italian node of eIDAS, which tells no codice fiscale."""
    identity = Identity(provider="eidas", issuer="https://node", subject=f"DE/IT/{person.username}")
    said = {
        "name": person.name,
        "surname": person.surname,
        "birth_date": person.born.isoformat(),
    }
    vouched = person.vouched("eidas", identity=identity, codice_fiscale=None, values=values or said)
    return ScriptedProvider("eidas", {person.username: attrs.evolve(vouched, **told)})


def cie(person=MARIO, **told):
    """Return CIE: another issuer, which knows the person by another name."""
    identity = Identity(provider="cie", issuer="https://cie", subject=f"cie-{person.username}")
    values = {k: v for k, v in person.vouched().values.items() if k in WHO}
    vouched = person.vouched("cie", identity=identity, values=values, **told)
    return ScriptedProvider("cie", {person.username: vouched})


def offered(name, *providers, **federation):
    """Return a world with these providers, and SPID."""
    spid = ScriptedProvider("spid", {p.username: p.vouched() for p in (MARIO, ANNA)})
    return World(
        offering(name, **federation),
        at=BEGINNINGS.get(name, NOON),
        identity_providers=[spid, *providers],
    )


def settled(world, answer, person=MARIO, **changes):
    """Fill in what is missing, where something is."""
    if answer.next != "complete_data":
        return answer
    consents = [text.name for text in world.profile.consents]
    return completed(world, answer, person, consents=consents, **changes)


def everybody(world):
    """Return all accounts of the realm."""
    return world.store.search(Criteria(realm=world.profile.realm), None, 100).items


# -- how sure the provider is ---------------------------------------------------------------


@pytest.mark.requirement("POL-01", "UNI-02", "IOL-11", "MIM-02")
@pytest.mark.parametrize(("wanted", "level"), list(product((1, 2, 3), repeat=2)))
def test_a_higher_level_is_as_good_and_a_lower_one_is_refused(wanted, level):
    """What is asked for is the least; nothing comes of less."""
    world = offered("unimi-external", min_level=wanted)
    script = ScriptedProvider("spid", {MARIO.username: MARIO.vouched(level=level)})
    other = world.sibling(identity_providers=[script])

    if level >= wanted:
        assert other.spid().session
    else:
        assert code_of(other.spid) == "identity.level_too_low"
        assert everybody(world) == ()


@pytest.mark.requirement("POL-18")
def test_a_lower_level_neither_enables_nor_links():
    """Not with a ticket, not from a session, not where the identity is known already."""
    world = World("polis")
    script = ScriptedProvider("spid", {MARIO.username: MARIO.vouched(level=1)})
    weak = world.sibling(identity_providers=[script])
    ticket = world.confirmed().ticket

    assert code_of(weak.spid, ticket=ticket) == "identity.level_too_low"
    session = world.spid(ticket=ticket).session
    assert code_of(weak.spid, session=session) == "identity.level_too_low"
    assert code_of(weak.spid) == "identity.level_too_low"


@pytest.mark.requirement("UNI-04", "UNI-10")
@pytest.mark.parametrize(
    "code",
    [*(f"spid_{n}" for n in (19, 20, 21, 22, 23, 24, 25, 30)), "under_age", "choice_needed"],
)
def test_whom_the_provider_does_not_vouch_for_leaves_nothing_behind(code):
    """SPID's anomalies, a professional's or a firm's identity, somebody too young."""
    world = World("unimi-external")
    script = ScriptedProvider("spid", {MARIO.username: IdentityError(code)})
    other = world.sibling(identity_providers=[script])
    session = world.signed_in(cf=MARIO.cf).session
    before = everybody(world)

    assert code_of(other.spid) == code_of(other.spid, session=session) == f"identity.{code}"
    assert everybody(world) == before


@pytest.mark.requirement("MIM-20", "UNI-04")
def test_a_professional_s_firm_is_not_taken_over():
    """Where such identities are let in, the account is still the person's."""
    told = {**MARIO.vouched().values, "company_name": "Rossi s.r.l.", "vat_number": "12345678901"}
    script = ScriptedProvider("spid", {MARIO.username: MARIO.vouched(values=told)})
    account = World("unimi-external", identity_providers=[script]).spid().account

    assert account.codice_fiscale == MARIO.cf
    assert not {"company_name", "vat_number"} & (account.values.keys() | account.sources.keys())


# -- by the codice fiscale ------------------------------------------------------------------


@pytest.mark.requirement("IOL-11", "MIM-02", "POL-01")
@pytest.mark.parametrize("name", [name for name in PROFILES if name != "standard"])
def test_spid_and_cie_of_one_person_open_one_account(name):
    """Whichever comes first; somebody else's CIE opens another one."""
    world = offered(name, cie(), align=False)
    first = settled(world, world.spid())
    again = world.spid(provider="cie")

    assert again.account.id == first.account.id
    assert {i.provider for i in again.account.identities} == {"spid", "cie"}
    assert world.spid().account.id == world.spid(provider="cie").account.id
    assert settled(world, world.spid(ANNA), ANNA).account.id != first.account.id


@pytest.mark.requirement("UNI-03", "IOL-11")
@pytest.mark.parametrize("provider", ["spid", "cie"])
def test_the_code_finds_the_account_whatever_else_is_told(provider):
    """Other names, another mailbox: the same person, who then sees the difference."""
    told = {"name": "Mario Maria", "surname": "Rossi", "email": SPID_EMAIL}
    script = ScriptedProvider(provider, {MARIO.username: MARIO.vouched(provider, values=told)})
    world = World(offering("iscrizioni-online"), identity_providers=[script])
    account = world.active()
    asked = world.spid(provider=provider)

    assert (asked.next.value, asked.account.id) == ("align", account.id)
    assert {d.field for d in asked.differences} == {"name", "email"}


@pytest.mark.requirement("UNI-04")
@pytest.mark.parametrize("name", [name for name in PROFILES if name != "standard"])
def test_the_address_finds_nobody(name):
    """Whoever registered with the mailbox that the provider tells of somebody else stays apart."""
    world = offered(name)
    more = {"cf": ANNA.cf} if world.profile.field("cf") is not None else {}
    other = world.active(ANNA, **more)
    told = {**MARIO.vouched().values, "email": other.email}
    script = ScriptedProvider("spid", {MARIO.username: MARIO.vouched(values=told)})
    answer = world.sibling(identity_providers=[script]).spid()

    assert answer.account.id != other.id
    assert world.reload(other) == other


# -- eIDAS, without a codice fiscale --------------------------------------------------------


@pytest.mark.requirement("MIM-08", "UNI-02", "IOL-11", "POL-01")
@pytest.mark.parametrize("name", PROFILES)
def test_without_a_code_one_is_asked_for_where_the_procedure_needs_it(name):
    """In each of the six; whoever has filled it in comes back by the identity."""
    world = offered(name, eidas())
    asked = world.spid(provider="eidas")
    done = settled(world, asked)

    assert ("cf" in asked.missing) is (world.profile.codice_fiscale == "required")
    assert done.account.state is AccountState.ACTIVE
    expected = MARIO.cf if world.profile.codice_fiscale == "required" else None
    assert done.account.codice_fiscale == expected
    assert "cf" not in done.account.sources
    assert {"name", "surname"} <= done.account.sources.keys()
    assert world.spid(provider="eidas").account.id == done.account.id
    assert len(everybody(world)) == 1


@pytest.mark.requirement("MIM-08", "UNI-04")
@pytest.mark.parametrize(
    "name", [name for name in PROFILES if load(name).codice_fiscale == "required"]
)
def test_typing_a_code_does_not_open_its_owner_s_account(name):
    """What the provider does not vouch for is compared with what it does, and takes nothing."""
    world = offered(name, eidas())
    owner = world.signed_in().account
    before = world.reload(owner)

    assert code_of(settled, world, world.spid(provider="eidas")) == "registration.person_known"
    assert world.reload(owner) == before
    answer = world.spid(provider="eidas")
    typed = {**MARIO.values(world.profile), "cf": LUCA.cf}
    typed = {k: v for k, v in typed.items() if k in answer.missing}
    consents = [text.name for text in world.profile.consents]
    refusal = code_of(world.registrar.complete_data, answer.ticket, typed, consents=consents)
    assert refusal.endswith("incoerente")


@pytest.mark.requirement("MIM-08", "POL-04")
@pytest.mark.parametrize("satisfies", [(Gate.LINK, Gate.PRESENCE), (Gate.LINK,)])
def test_a_code_that_contradicts_the_rest_waits_for_an_office(satisfies):
    """A doubt that somebody is to look at is a refusal where nobody will."""
    world = offered("polis", eidas(), satisfies=satisfies)
    answer = world.spid(provider="eidas")
    typed = {**MARIO.values(world.profile), "cf": LUCA.cf}
    typed = {k: v for k, v in typed.items() if k in answer.missing}

    if Gate.PRESENCE in satisfies:
        assert code_of(world.registrar.complete_data, answer.ticket, typed).endswith("incoerente")
        assert settled(world, answer).session
    else:
        done = world.registrar.complete_data(answer.ticket, typed)
        assert (done.next.value, done.session) == ("go_in_person", "")


@pytest.mark.requirement("MIM-08", "UNI-04")
@pytest.mark.parametrize(
    ("told", "same"),
    [
        (WHO, True),
        ({**WHO, "name": "MARIO", "surname": " rossi"}, True),
        ({**WHO, "birth_date": "1980-01-02"}, False),
        ({**WHO, "surname": "Verdi"}, False),
        ({k: v for k, v in WHO.items() if k != "birth_date"}, False),
        ({k: v for k, v in WHO.items() if k != "surname"}, False),
    ],
    ids=["the same", "capitals", "another day", "another surname", "no day", "no surname"],
)
@pytest.mark.parametrize("name", ["iscrizioni-online", "unimi-external"])
def test_from_a_session_names_and_birth_have_to_agree(name, told, same):
    """Somebody with a code links an identity without one: all three are told, and the same."""
    world = offered(name, eidas(values=told), align=False)
    more = {"cf": MARIO.cf} if world.profile.field("cf") is not None else {}
    session = world.signed_in(**more).session

    if not same:
        assert code_of(world.spid, provider="eidas", session=session) == "identity.other_person"
        return
    linked = world.spid(provider="eidas", session=session).account
    assert (linked.codice_fiscale, linked.link) == (MARIO.cf, LinkState.ONLY)
    assert (linked.password, "cf" in linked.sources) == (PasswordState.OFF, False)
    assert world.spid(provider="eidas").account.id == linked.id


@pytest.mark.requirement("POL-18")
def test_an_identity_without_a_code_stands_for_no_visit():
    """An office compares the codice fiscale; who tells none does not do it in its place."""
    world = offered("polis", eidas(), satisfies=(Gate.LINK, Gate.PRESENCE))
    answer = world.confirmed()

    assert code_of(world.spid, provider="eidas", ticket=answer.ticket) == "identity.other_person"
    assert world.reload(answer).state is AccountState.AWAITING_LINK
    assert world.spid(ticket=answer.ticket).session


@pytest.mark.requirement("POL-18")
def test_where_there_are_no_codes_the_names_do():
    """A registration without codice fiscale goes on with the identity of the same names."""
    world = offered("unimi-external", eidas(), satisfies=(Gate.LINK,))
    answer = world.confirmed()

    assert answer.account.codice_fiscale is None
    assert world.spid(provider="eidas", ticket=answer.ticket).session


def test_a_procedure_without_providers_has_none():
    """The defaults offer nothing, lock who somebody is, and ask for the second level."""
    federation = Federation()

    assert (federation.providers, federation.min_level) == ((), 2)
    assert "cf" in federation.locked
