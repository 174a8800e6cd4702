"""A procedure's account machine, drawn from its tables as an SVG that needs nothing to be seen.

Where states and arrows stand is laid down here; which ones there are is not: they come from
``registrazione.core.machine``, and an arrow that no place was thought of for is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from html import escape

import attrs

from registrazione.core.enabling import has_enabling
from registrazione.core.events import IdentityVouched, SeenInPerson
from registrazione.core.machine import ACCOUNT
from registrazione.core.profile import Gate, Profile
from registrazione.core.states import AccountState

GROUP = "before activation"
"""Stands for the claim and all its gates in the arrows that they share."""

WIDTH, ROW, TOP = 930, 86, 56
BOX_WIDTH, BOX_HEIGHT = 116, 46
GATE_X, CLAIM_X, ACTIVE_X, SUSPENDED_X = 150, 416, 608, 806
LINE = 15

STYLE = """
    .page { fill: #ffffff; }
    .group { fill: #f4f6f8; stroke: #b3bdc7; stroke-dasharray: 5 4; }
    .box { stroke: #5b6875; stroke-width: 1.2; }
    .waiting { fill: #dbe9f9; } .living { fill: #d3efdb; } .held { fill: #fbe8c2; }
    .ended { fill: #e6e6e6; }
    .lit { stroke: #b3261e; stroke-width: 4; }
    .name { fill: #17202a; font-size: 14px; font-weight: 600; }
    .label, .note { fill: #445261; font-size: 12px; }
    .note { font-style: italic; }
    .arrow { fill: none; stroke: #5b6875; stroke-width: 1.4; }
    .tip { fill: #5b6875; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #14181d; }
      .group { fill: #1d232a; stroke: #56626e; }
      .box { stroke: #93a1af; }
      .waiting { fill: #1f3a57; } .living { fill: #1e4a2e; } .held { fill: #57441a; }
      .ended { fill: #3a3f45; }
      .lit { stroke: #ffb4ab; }
      .name { fill: #f2f5f8; }
      .label, .note { fill: #b9c4cf; }
      .arrow { stroke: #93a1af; }
      .tip { fill: #93a1af; }
    }
"""
TIP = (
    '<marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path class="tip" d="M0 0 L8 4 L0 8 z"/></marker>'
)
KINDS = {
    AccountState.ACTIVE: "living",
    AccountState.SUSPENDED: "held",
    AccountState.EXPIRED: "ended",
    AccountState.CANCELLED: "ended",
}

Arrows = dict[tuple[str, str], list[str]]


@attrs.frozen
class Box:
    """A rectangle of the picture."""

    x: float
    y: float
    width: float = BOX_WIDTH
    height: float = BOX_HEIGHT

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Return the point in the middle."""
        return self.x + self.width / 2, self.y + self.height / 2


# -- what there is to draw ------------------------------------------------------------------


def states_of(profile: Profile) -> tuple[AccountState, ...]:
    """Return the states that an account of this procedure can be in."""
    gates = {f"awaiting_{gate}" for gate in profile.gates}
    return tuple(AccountState(s) for s in ACCOUNT if not s.startswith("awaiting_") or s in gates)


def arrows_of(profile: Profile) -> Arrows:
    """Return the events that lead from one state to another, by both.

    What every state before activation has in common is one arrow of the whole group.
    """
    states = states_of(profile)
    rows = {state: dict(_row(state, states, profile)) for state in states}
    before = [rows[state] for state in states if _is_before_activation(state)]
    shared = set(before[0].items()).intersection(*(row.items() for row in before[1:]))
    arrows: Arrows = {}
    for source, row in rows.items():
        for event, to in row.items():
            together = _is_before_activation(source) and (event, to) in shared
            events = arrows.setdefault((GROUP if together else source, to), [])
            if event not in events:
                events.append(event)
    return arrows


def _row(
    source: AccountState, states: Collection[AccountState], profile: Profile
) -> Iterator[tuple[str, AccountState]]:
    """Yield what can happen in a state, and where it leads."""
    for event, target in ACCOUNT[source].items():
        to = AccountState(target)
        vouched = event is not IdentityVouched or profile.federation.providers
        looked = event is not SeenInPerson or profile.four_eyes
        enabled = not (source is to is AccountState.ACTIVE) or has_enabling(profile)
        if to in states and vouched and looked and enabled:
            yield _words(event.__name__), to


def _is_before_activation(state: AccountState) -> bool:
    return state is AccountState.CLAIM or state.startswith("awaiting_")


def _words(name: str) -> str:
    """Turn ``MailboxProved`` into ``mailbox proved``."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


# -- where it stands ------------------------------------------------------------------------


def places_of(profile: Profile) -> dict[str, Box]:
    """Return the box of every state, and the one around the claim and its gates."""
    high = ROW * len(profile.gates)
    places = {
        f"awaiting_{gate}": Box(GATE_X, TOP + ROW * row + (ROW - BOX_HEIGHT) / 2)
        for row, gate in enumerate(profile.gates)
    }
    top = TOP + (high - BOX_HEIGHT) / 2
    places[AccountState.CLAIM] = Box(CLAIM_X, TOP + 12, 92, high - 24)
    places[GROUP] = Box(16, TOP - 8, CLAIM_X + 92 + 14 - 16, high + 36)
    places[AccountState.ACTIVE] = Box(ACTIVE_X, top)
    places[AccountState.SUSPENDED] = Box(SUSPENDED_X, top, 108)
    ends = places[GROUP].bottom + 46
    places[AccountState.EXPIRED] = Box(GATE_X, ends)
    places[AccountState.CANCELLED] = Box(ACTIVE_X, ends)
    return places


Drawn = Iterator[str]
Route = Callable[[dict[str, Box], Box, Box, list[str]], Drawn]
"""Draws one arrow: all places, where it starts, where it ends, and its words."""


def _to_claim(places: dict[str, Box], group: Box, claim: Box, events: list[str]) -> Drawn:
    del places
    x = claim.middle[0]
    yield _arrow(f"M{x:g} {group.bottom:g} V{claim.bottom:g}")
    yield _text(x - 10, group.bottom - 8, events, anchor="end")


def _to_expired(places: dict[str, Box], group: Box, expired: Box, events: list[str]) -> Drawn:
    del places
    x = expired.middle[0]
    yield _arrow(f"M{x:g} {group.bottom:g} V{expired.y:g}")
    yield _text(x + 8, group.bottom + 26, events, anchor="start")


def _to_cancelled(places: dict[str, Box], group: Box, cancelled: Box, events: list[str]) -> Drawn:
    del places
    x, y = group.right - 120, cancelled.middle[1]
    yield _arrow(f"M{x:g} {group.bottom:g} V{y:g} H{cancelled.x:g}")
    yield _text(x + 8, y - 6 - LINE * (len(events) - 1), events, anchor="start")


def _down(places: dict[str, Box], one: Box, other: Box, events: list[str]) -> Drawn:
    del places
    x = one.middle[0]
    yield _arrow(f"M{x:g} {one.bottom:g} V{other.y:g}")
    yield _text(x + 8, (one.bottom + other.y) / 2, events, anchor="start")


def _round_the_corner(places: dict[str, Box], one: Box, other: Box, events: list[str]) -> Drawn:
    del places
    x, y = one.middle[0], other.middle[1]
    yield _arrow(f"M{x:g} {one.bottom:g} V{y:g} H{other.right:g}")
    yield _text(x - 8, y - 6, events, anchor="end")


def _level(places: dict[str, Box], one: Box, other: Box, events: list[str]) -> Drawn:
    """Draw an arrow between neighbours, the way there above the way back."""
    del places
    onward = one.x < other.x
    left, right = (one, other) if onward else (other, one)
    y = min(one, other, key=lambda box: box.height).middle[1] + (-8 if onward else 8)
    start, end = (left.right, right.x) if onward else (right.x, left.right)
    yield _arrow(f"M{start:g} {y:g} H{end:g}")
    yield _text((left.right + right.x) / 2, y + (-6 if onward else LINE), events)


def _loop(places: dict[str, Box], one: Box, _: Box, events: list[str]) -> Drawn:
    del places
    y = one.middle[1]
    yield _arrow(f"M{one.x:g} {y - 12:g} h-18 v24 H{one.x:g}")
    yield _text(one.x - 24, y + 4 - LINE * (len(events) - 1) / 2, events, anchor="end")


def _loop_above(places: dict[str, Box], one: Box, _: Box, events: list[str]) -> Drawn:
    del places
    x = one.middle[0]
    yield _arrow(f"M{x - 14:g} {one.y:g} v-18 h28 V{one.y:g}")
    yield _text(x, one.y - 25 - LINE * (len(events) - 1), events)


def routes() -> dict[tuple[str, str], Route]:
    """Return how each arrow that there may be is drawn."""
    state = AccountState
    found: dict[tuple[str, str], Route] = {
        (GROUP, state.CLAIM): _to_claim,
        (GROUP, state.EXPIRED): _to_expired,
        (GROUP, state.CANCELLED): _to_cancelled,
        (state.CLAIM, state.ACTIVE): _level,
        (state.ACTIVE, state.ACTIVE): _loop_above,
        (state.ACTIVE, state.SUSPENDED): _level,
        (state.SUSPENDED, state.ACTIVE): _level,
        (state.ACTIVE, state.CANCELLED): _down,
        (state.SUSPENDED, state.CANCELLED): _round_the_corner,
    }
    for gate in Gate:
        waiting = f"awaiting_{gate}"
        found[waiting, waiting] = _loop
        found[state.CLAIM, waiting] = found[waiting, state.CLAIM] = _level
    return found


def draw_arrows(arrows: Arrows, places: dict[str, Box]) -> Drawn:
    """Yield every arrow with its words, the one that everything begins with first.

    Raises:
        KeyError: The tables have an arrow that this picture has no place for.
    """
    claim = places[AccountState.CLAIM]
    x = claim.middle[0]
    yield f'<circle class="tip" cx="{x:g}" cy="18" r="6"/>'
    yield _arrow(f"M{x:g} 18 V{claim.y:g}")
    yield _text(x + 14, 22, ["form confirmed"], "note", "start")
    known = routes()
    for (source, to), events in arrows.items():
        yield from known[source, to](places, places[source], places[to], events)


# -- how it looks ---------------------------------------------------------------------------


def draw_box(name: str, box: Box, *, lit: bool = False) -> str:
    """Return a state with its name, one word a line; the present one stands out."""
    x, y = box.middle
    words = name.split("_")
    first = y + 5 - (LINE + 1) * (len(words) - 1) / 2
    kind = KINDS.get(AccountState(name), "waiting")
    return _rectangle(f"box {kind}{' lit' if lit else ''}", box, 9) + _text(x, first, words, "name")


def _rectangle(kind: str, box: Box, radius: int) -> str:
    place = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    return f'<rect class="{kind}" {place} rx="{radius}"/>'


def _arrow(path: str) -> str:
    return f'<path class="arrow" d="{path}" marker-end="url(#tip)"/>'


def _text(
    x: float, y: float, lines: Iterable[str], kind: str = "label", anchor: str = "middle"
) -> str:
    """Return some lines of words, one under the other."""
    return "".join(
        f'<text class="{kind}" x="{x:g}" y="{y + LINE * row:g}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
        for row, words in enumerate(lines)
    )


def draw(profile: Profile, *, lit: AccountState | None = None) -> str:
    """Return the picture of a procedure's account machine.

    Args:
        profile: The procedure.
        lit: The state that stands out.
    """
    places = places_of(profile)
    group = places[GROUP]
    page = Box(0, 0, WIDTH, places[AccountState.CANCELLED].bottom + 22)
    drawn = [
        f"<title>The account machine of {escape(profile.name)}</title>",
        f"<style>{STYLE}  </style>",
        f"<defs>{TIP}</defs>",
        _rectangle("page", page, 12),
        _rectangle("group", group, 14),
        _text(group.x + 14, group.bottom - 10, [GROUP], "note", "start"),
        *(draw_box(state, places[state], lit=state is lit) for state in states_of(profile)),
        *draw_arrows(arrows_of(profile), places),
    ]
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {page.height:g}"'
    font = 'font-family="system-ui, sans-serif"'
    return "\n".join([f'{opening} role="img" {font}>', *(f"  {d}" for d in drawn), "</svg>", ""])
