"""The personal list of services: stars clicked on and off (MIM-40)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world import MARIO, PROFILES, World, code_of

PORTALS = ("polis", "iscrizioni-online")


def starred(answer):
    """Return the favourites among the services of an answer."""
    return [offer.name for offer in answer.services if offer.favourite]


@pytest.mark.requirement("MIM-39", "MIM-40")
@pytest.mark.parametrize("name", [name for name in PROFILES if World(name).profile.services])
def test_a_star_is_clicked_on_and_off(name):
    """Every service is shown; the list is empty until one was added, and personal."""
    world = World(name)
    answer = world.signed_in()
    session, every = answer.session, [s.name for s in world.profile.services]
    assert starred(answer) == []

    on = world.registrar.set_favourite(session, every[-1], on=True)
    assert [offer.name for offer in on.services] == every
    assert (starred(on), on.account.favourites) == ([every[-1]], (every[-1],))
    assert (on.next, on.session) == (answer.next, session)
    assert starred(world.registrar.look(session=session)) == [every[-1]]

    off = world.registrar.set_favourite(session, every[-1], on=False)
    assert (starred(off), world.reload(off).favourites) == ([], ())


@pytest.mark.requirement("MIM-40", "POL-15")
@settings(deadline=None, max_examples=10)
@given(
    clicks=st.lists(
        st.tuples(st.sampled_from(PORTALS), st.integers(0, 9), st.booleans()), max_size=8
    )
)
def test_the_list_is_what_was_clicked_last(clicks):
    """In the order of the services, whatever the order of the clicks; no portal drops another's."""
    worlds = {"polis": World("polis")}
    session = worlds["polis"].signed_in().session
    worlds["iscrizioni-online"] = worlds["polis"].sibling("iscrizioni-online")
    wanted = set()
    for portal, number, on in clicks:
        names = [service.name for service in worlds[portal].profile.services]
        name = names[number % len(names)]
        wanted = wanted | {name} if on else wanted - {name}
        answer = worlds[portal].registrar.set_favourite(session, name, on=on)

        assert starred(answer) == [name for name in names if name in wanted]
        assert set(answer.account.favourites) == wanted
        assert len(answer.account.favourites) == len(wanted)


@pytest.mark.requirement("MIM-40")
def test_setting_what_is_set_changes_nothing():
    """Clicked twice, in two windows: no change of the account, no line in the trail."""
    world = World("mim-students")
    session = world.signed_in().session
    first = world.registrar.set_favourite(session, "pcto", on=True)
    for on, name in ((True, "pcto"), (False, "pago-in-rete")):
        again = world.registrar.set_favourite(session, name, on=on)
        assert (again.account, starred(again)) == (world.reload(first), ["pcto"])

    lines = [r.event for r in world.store.history(first.account.id)]
    assert lines.count("set_favourite") == lines.count("favourites_changed") == 1


@pytest.mark.requirement("MIM-40")
def test_what_cannot_be_a_favourite():
    """A service that there is not, a star neither on nor off, nobody's list."""
    world = World("mim-students")
    session = world.signed_in().session
    star = world.registrar.set_favourite

    assert code_of(star, session, "another", on=True) == "service.unknown"
    assert code_of(star, session, "pcto", on="yes") == "input.type"
    assert code_of(star, "x.y.z", "pcto", on=True) == "session.ended"


@pytest.mark.requirement("MIM-27", "MIM-40")
def test_the_password_has_to_be_in_order():
    """With temporary credentials nothing else is done first."""
    world = World("mim-students")
    account = world.active()
    answer = world.registrar.sign_in(account.username, world.first_password(account))

    assert code_of(world.registrar.set_favourite, answer.session, "pcto", on=True) == (
        "password.change_required"
    )


@pytest.mark.requirement("MIM-40")
def test_the_list_is_handed_out_and_erased():
    """It is data about the person like any other (GDPR art. 15 and 17)."""
    world = World("mim-students")
    answer = world.signed_in()
    world.registrar.set_favourite(answer.session, "pcto", on=True)

    export = world.registrar.export_account(session=answer.session).export
    assert export["favourites"] == ["pcto"]
    world.registrar.erase(session=answer.session)
    assert world.signed_in(MARIO).account.favourites == ()
