"""A held-back battery on chains of trust; its attacks were written without a look at the verifier.

A provider is believed to be what those above it say, from an anchor that was handed over, and
nobody is asked without end or where nobody should.
"""

from __future__ import annotations

import pytest
from tests.adapters.oidc.held_back_chains import Ground, said
from tests.adapters.oidc.held_back_constraints import ALLOWED, CONSTRAINTS
from tests.adapters.oidc.held_back_federation import BENIGN_CHAINS, CHAINS
from tests.adapters.oidc.held_back_marks import MARKS
from tests.adapters.oidc.held_back_oidc import is_truth, merged
from tests.adapters.oidc.held_back_policies import POLICIES
from tests.adapters.oidc.held_back_statements import STATEMENTS

from registrazione.ports import IdentityError

MOST_QUESTIONS = 40
"""How many questions a sign-in may cost, whoever is above the provider."""
OPEN: dict[str, str] = {}
"""What was believed, or raised something else, when this was written."""


ATTACKS = (STATEMENTS, POLICIES, MARKS, CHAINS, CONSTRAINTS)


def _cases(*lists):
    return [
        pytest.param(
            attack,
            id=attack.name,
            marks=[pytest.mark.xfail(strict=True, reason=OPEN[attack.name])]
            if attack.name in OPEN
            else [],
        )
        for attacks in lists
        for attack in attacks
    ]


def test_the_battery_is_whole():
    """No attack is lost, none is there twice under one name, and none is open but is gone."""
    names = [attack.name for attacks in ATTACKS for attack in attacks]

    assert len(names) >= 240
    assert len(names) == len(set(names))
    assert set(names) >= OPEN.keys()


@pytest.mark.parametrize("attack", _cases(*ATTACKS))
def test_an_attack_on_a_chain_comes_to_nothing(attack):
    """It is refused, with as many questions as a chain may cost."""
    ground = Ground()
    try:
        verified = attack.play(ground)
    except IdentityError:
        assert len(ground.federation.urls) <= MOST_QUESTIONS
        return

    assert attack.may_be_read, attack.label
    assert is_truth(verified), attack.label


@pytest.mark.parametrize("chain", _cases(BENIGN_CHAINS, ALLOWED))
def test_a_true_chain_is_believed_however_it_is_made(chain):
    """A relying party that refuses what the standard allows locks people out."""
    assert is_truth(chain.play(Ground())), chain.label


def test_a_provider_right_below_the_anchor_is_believed():
    """A chain may be short."""
    assert is_truth(Ground(is_deep=False).sign_in())


def test_without_a_demand_for_marks_none_is_looked_at():
    """Who asks for no mark takes a provider with a broken one."""
    ground = Ground(marks=())

    assert is_truth(said({"leaf": merged({"trust_marks": ["x"]})})(ground))


@pytest.mark.parametrize("who", ["anchor", "middle"])
def test_a_chain_to_another_anchor_is_none(who):
    """Whoever was not handed over is no anchor, whatever else is true."""
    ground = Ground()
    ground.federation.anchor, ground.federation.middle = {
        "anchor": ("https://ta2.example", "https://sa.example"),
        "middle": ("https://sa.example", "https://ta.example"),
    }[who]
    with pytest.raises(IdentityError):
        ground.sign_in()


@pytest.mark.parametrize("where", ["authority_hints", "federation_fetch_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "host", ["127.0.0.2", "localhost.", "[::ffff:127.0.0.1]", "2130706433", "169.254.169.254"]
)
def test_nobody_above_sends_us_inside(host, where):
    """SSRF: hints, endpoints and sets of keys lead to others' machines, never to our own."""
    ground = Ground()
    address = f"https://{host}"
    bends = {
        "authority_hints": {"leaf": merged({"authority_hints": [address]})},
        "federation_fetch_endpoint": {
            "middle": merged(
                {"metadata": {"federation_entity": {"federation_fetch_endpoint": address}}}
            )
        },
        "jwks_uri": {
            "leaf": lambda told, _: {
                **told,
                "metadata": {
                    "openid_provider": merged({"jwks": ..., "jwks_uri": address})(
                        told["metadata"]["openid_provider"], None
                    )
                },
            }
        },
    }
    with pytest.raises(IdentityError):
        said(bends[where])(ground)

    assert not any(host in url for url in ground.federation.urls)
