"""Trust chains: from who is asked about up to who is trusted, and the keys from there down (10).

What anybody says of itself is a hint of where to look. Keys come from above only: the anchor's from
the settings, everybody else's from the statement of who stands one step higher.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import attrs

from registrazione.adapters.oidc import jose
from registrazione.adapters.oidc.federation.marks import Mark, check_marks
from registrazione.adapters.oidc.federation.policy import Policy, applied, merged, read_policy
from registrazione.adapters.oidc.federation.statements import (
    WELL_KNOWN,
    Statement,
    authority_hints,
    believed,
    fetch_endpoint,
    host_of,
    token_in,
)
from registrazione.adapters.oidc.guards import Guard, check
from registrazione.adapters.oidc.http import Http, is_web_address, leads_inside
from registrazione.adapters.oidc.keys import TheirKeys
from registrazione.adapters.oidc.metadata import fetched
from registrazione.adapters.oidc.reading import Claims, inner, texts
from registrazione.ports import IdentityError

_NO_POLICY: Policy = {}
# Earlier drafts have the second name, and so have the rules of SPID and CIE.
_ALLOWED_TYPES = ("allowed_entity_types", "allowed_leaf_entity_types")

LONGEST = timedelta(hours=24)
"""For how long a chain is good at most, however long its statements are."""
MOST_STEPS = 4
"""How many stand above somebody at most, the anchor among them."""
MOST_HINTS = 4
"""How many of those that somebody names above itself are looked at."""
MOST_FETCHES = 24
"""How often somebody is asked for one chain: nobody makes us ask all day."""
PATIENCE = 10.0
"""Seconds after which nobody is asked any more for a chain, however slowly all of them answer."""


@attrs.frozen(kw_only=True)
class Step:
    """A statement in a chain, and how it stands there.

    Args:
        statement: What is said, by who stands above.
        below: How many stand between its issuer and the end of the chain.
        entities: Everybody below its issuer.
        kind: What the end of the chain has to be.
    """

    statement: Statement
    below: int
    entities: tuple[str, ...]
    kind: str

    @property
    def constraints(self) -> Claims:
        """What it says of the chain below."""
        return inner(self.statement.claims, "constraints")

    def is_short(self) -> bool:
        """Tell whether no more stand below than it allows (6.2.1)."""
        longest = self.constraints.get("max_path_length", self.below)
        is_number = isinstance(longest, int) and not isinstance(longest, bool)
        return is_number and self.below <= longest

    def is_named_so(self) -> bool:
        """Tell whether everybody below is called as it allows (6.2.2)."""
        names = inner(self.constraints, "naming_constraints")
        permitted, excluded = texts(names.get("permitted")), texts(names.get("excluded"))
        hosts = [host_of(entity) for entity in self.entities]
        return all(
            ("permitted" not in names or any(_is_under(host, name) for name in permitted))
            and not any(_is_under(host, name) for name in excluded)
            for host in hosts
        )

    def is_of_such_kind(self) -> bool:
        """Tell whether it allows those below to be what the end has to be (6.2.3)."""
        allowed = (texts(self.constraints.get(name, [self.kind])) for name in _ALLOWED_TYPES)
        return all(self.kind in types for types in allowed)


def _is_under(host: str, name: str) -> bool:
    """Tell whether a host is a name, or under it where that begins with a dot (RFC 5280)."""
    # Hosts are read in small letters.
    wanted = name.lower().rstrip(".")
    return host.endswith(wanted) if wanted.startswith(".") else host == wanted


STEP_GUARDS: tuple[Guard, ...] = (
    Guard("chain.length", Step.is_short),
    Guard("chain.names", Step.is_named_so),
    Guard("chain.kind", Step.is_of_such_kind),
)
"""What has to hold of every step (6.2)."""


ASKING_GUARDS: tuple[Guard, ...] = (
    Guard("chain.few_questions", lambda it: it.search.left > 0),
    Guard("chain.in_time", lambda it: it.search.watch() < it.search.until, "unavailable"),
    Guard("chain.web_address", lambda it: is_web_address(it.url)),
    Guard("chain.stays_outside", lambda it: not leads_inside(it.url, asked_by=it.search.first)),
)
"""What has to hold before an address is asked that somebody names."""


@attrs.frozen(kw_only=True)
class Chain:
    """Somebody who is vouched for.

    Args:
        subject: Who.
        anchor: By whom in the end.
        metadata: What it is, after all policies.
        entity: What it says of itself as a member of the federation, such as its name.
        keys: Its keys in the federation, as who stands above tells them.
        ends: When all this ends.
        marks: The marks that it has to bear.
        statements: All that was said, as it came, from itself up to the anchor.
    """

    subject: str
    anchor: str
    metadata: Claims = attrs.field(repr=False)
    entity: Claims = attrs.field(repr=False)
    keys: TheirKeys
    ends: datetime
    marks: tuple[Mark, ...] = ()
    statements: tuple[str, ...] = attrs.field(repr=False)


@attrs.frozen
class _Question:
    """An address that is to be asked, in a search."""

    search: _Asking
    url: str


@attrs.define
class _Asking:
    """One search for a chain, with what was found on the way."""

    http: Http
    now: datetime
    first: str
    watch: Callable[[], float]
    until: float
    left: int = MOST_FETCHES
    tokens: dict[str, str] = attrs.field(factory=dict[str, str])

    def configuration(self, entity: str) -> str:
        """Return what somebody says of itself, as it came."""
        return self._token(f"{entity.rstrip('/')}{WELL_KNOWN}")

    def about(self, endpoint: str, subject: str) -> str:
        """Return what somebody says of who stands below, as it came."""
        joint = "&" if "?" in endpoint else "?"
        return self._token(f"{endpoint}{joint}{urlencode({'sub': subject})}")

    def _token(self, url: str) -> str:
        if url not in self.tokens:
            check(ASKING_GUARDS, _Question(self, url))
            self.left -= 1
            self.tokens[url] = token_in(fetched(lambda: self.http.get(url)))
        return self.tokens[url]


@attrs.frozen(kw_only=True)
class Federation:
    """Those who are trusted, and what they are trusted to say.

    Args:
        anchors: The key sets of the trust anchors, by entity identifier, as they were handed over.
        http: Asks everybody else.
        trust_marks: Marks that whoever is asked about has to bear.
        watch: Tells the seconds that go by, whatever clocks say.
    """

    anchors: Mapping[str, Mapping[str, Any]] = attrs.field(repr=False)
    http: Http = attrs.field(repr=False)
    trust_marks: tuple[str, ...] = ()
    watch: Callable[[], float] = attrs.field(default=monotonic, repr=False)

    def resolve(self, entity: str, kind: str, now: datetime) -> Chain:
        """Return somebody with the metadata that those above leave.

        Args:
            entity: Who.
            kind: What it has to be, such as ``openid_provider``.
            now: When.

        Raises:
            IdentityError: Nobody who is trusted vouches for it.
        """
        asking = _Asking(self.http, now, entity, self.watch, self.watch() + PATIENCE)
        reason = IdentityError("invalid")
        for path in self._paths(asking, (entity,)):
            try:
                return self._followed(asking, path, kind)
            except IdentityError as error:
                # Another way up may be sound.
                reason = IdentityError(error.code, retry=error.retry)
        raise reason

    def _paths(self, asking: _Asking, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Return every way from the first entity up to an anchor, on what each says of itself."""
        claims = jose.unverified(asking.configuration(path[-1]))
        for above in authority_hints(claims)[:MOST_HINTS]:
            if above in self.anchors:
                yield (*path, above)
            elif above not in path and len(path) < MOST_STEPS:
                try:
                    yield from self._paths(asking, (*path, above))
                except IdentityError:
                    continue

    def _followed(self, asking: _Asking, path: tuple[str, ...], kind: str) -> Chain:
        """Go down from the anchor, and believe one after the other."""
        anchor, now = path[-1], asking.now
        keys = TheirKeys.read(self.anchors[anchor])
        known = {anchor: keys}
        own = believed(asking.configuration(anchor), keys, issuer=anchor, subject=anchor, now=now)
        # The anchors of SPID and CIE constrain all chains in what they say of themselves.
        check(STEP_GUARDS, Step(statement=own, below=len(path) - 2, entities=path[:-1], kind=kind))
        top, policy = own, _NO_POLICY
        ends = min(own.ends, (now + LONGEST).timestamp())
        said: Claims = {}
        told = [asking.configuration(anchor)]
        for place in range(len(path) - 2, -1, -1):
            subject, above = path[place], path[place + 1]
            token = asking.about(fetch_endpoint(own), subject)
            about = believed(token, keys, issuer=above, subject=subject, now=now)
            check(
                STEP_GUARDS,
                Step(statement=about, below=place, entities=path[: place + 1], kind=kind),
            )
            policy = merged(policy, read_policy(about.claims, kind))
            keys = known[subject] = about.keys
            own = believed(
                asking.configuration(subject), keys, issuer=subject, subject=subject, now=now
            )
            ends = min(ends, about.ends, own.ends)
            told.append(token)
            said = inner(inner(about.claims, "metadata"), kind)
        marks = check_marks(own.claims, self.trust_marks, anchor=top.claims, keys=known, now=now)
        metadata = applied(policy, {**inner(inner(own.claims, "metadata"), kind), **said})
        return Chain(
            subject=path[0],
            anchor=anchor,
            metadata=metadata,
            entity=inner(inner(own.claims, "metadata"), "federation_entity"),
            keys=keys,
            ends=datetime.fromtimestamp(ends, UTC),
            marks=marks,
            statements=(asking.configuration(path[0]), *reversed(told)),
        )
