"""The laws of :class:`~registrazione.ports.IdentityProvider`, for one with known responses."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial
from types import MappingProxyType

import attrs

from registrazione.core.account import VerifiedIdentity
from registrazione.ports import IdentityError, IdentityProvider
from registrazione.testing.laws.kit import Law, expect, failures, gather, race, require

ONCE = "once"
"""The provider accepts a response once: it tells a replay."""

CODES = frozenset(
    {
        *("cancelled", "level_too_low", "expired", "replayed", "invalid", "unavailable"),
        *(f"spid_{number}" for number in (19, 20, 21, 22, 23, 24, 25, 30)),
        *("under_age", "choice_needed"),
    }
)
"""What an :class:`~registrazione.ports.IdentityError` may say."""

_HIGHEST_LEVEL = 3
_MARK = "segreto-"
_NONSENSE: tuple[object, ...] = (None, 0, "", "x" * 10_000, b"\xff", [], {}, object(), float("nan"))

Response = Mapping[str, object]


@attrs.frozen(kw_only=True)
class ProviderUnderTest:
    """An identity provider, and responses to try it with.

    Args:
        provider: The provider.
        good: Makes a fresh response each time, which proves who ``identity`` is.
        identity: What has to come out of it.
        bad: By the code of the error, what makes a fresh response that has to be answered so:
            ``cancelled``, ``expired``, ``level_too_low``, ``invalid`` (forged, or meant for
            another service), ``unavailable``.
    """

    provider: IdentityProvider
    good: Callable[[], Response]
    identity: VerifiedIdentity
    bad: Mapping[str, Callable[[], Response]] = attrs.field(
        factory=dict[str, Callable[[], Response]]
    )


def _refused(under_test: ProviderUnderTest, response: Response) -> IdentityError:
    """Make sure that a response is not accepted, and return the error."""
    verify = partial(under_test.provider.verify, response)
    error = expect(IdentityError, verify, "a response that proves nothing has to be refused")
    require(error.code in CODES, "the code is none of those that are known")
    return error


def law_vouches(under_test: ProviderUnderTest) -> None:
    """A good response proves the identity that it is about, in the provider's own name."""
    verified = under_test.provider.verify(under_test.good())
    require(verified == under_test.identity, "the identity is not the one that was proved")
    require(verified.identity.provider == under_test.provider.name, "it names another provider")


def law_identity_is_whole(under_test: ProviderUnderTest) -> None:
    """An identity has issuer and subject, and a level from 1 to 3."""
    verified = under_test.provider.verify(under_test.good())
    require(verified.identity.issuer, "nobody vouches")
    require(verified.identity.subject, "it is vouched for nobody")
    require(1 <= verified.level <= _HIGHEST_LEVEL, "the level is none")


def law_identity_is_stable(under_test: ProviderUnderTest) -> None:
    """The same person is the same subject at every sign-in."""
    first, second = (under_test.provider.verify(under_test.good()) for _ in range(2))
    require(first.identity == second.identity, "the same person is somebody else")


def law_response_counts_once(under_test: ProviderUnderTest) -> None:
    """A response that was accepted is a replay when it comes again."""
    response = under_test.good()
    under_test.provider.verify(response)
    error = _refused(under_test, deepcopy(response))
    require(error.code == "replayed", "a replay is called something else")


def law_response_counts_once_among_threads(under_test: ProviderUnderTest) -> None:
    """Of eight threads with the same response one is let in."""
    for _ in range(5):
        response = under_test.good()
        results = race([partial(under_test.provider.verify, response)] * 8)
        wrong = failures(results, IdentityError)
        require(not wrong, f"a thread got {', '.join(wrong)}")
        accepted = sum(isinstance(result, VerifiedIdentity) for result in results)
        require(accepted == 1, f"{accepted} of eight threads were let in")


def law_reasons_are_told(under_test: ProviderUnderTest) -> None:
    """A response that has to be refused is refused for its own reason."""
    for code, make in under_test.bad.items():
        error = _refused(under_test, make())
        require(error.code == code, f"instead of {code} it says {error.code}")


def law_refusal_proves_nothing(under_test: ProviderUnderTest) -> None:
    """After a refusal a good response still counts, and a bad one is still refused."""
    for make in under_test.bad.values():
        _refused(under_test, make())
        under_test.provider.verify(under_test.good())
        _refused(under_test, make())


def law_nonsense_is_refused(under_test: ProviderUnderTest) -> None:
    """Whatever the response is, it is refused with an error of the contract."""
    _refused(under_test, {})
    for nonsense in _NONSENSE:
        _refused(under_test, {"": nonsense})
        _refused(under_test, dict.fromkeys(under_test.good(), nonsense))


def law_altered_is_refused_or_the_same(under_test: ProviderUnderTest) -> None:
    """A good response with one field altered or left out never proves another identity."""
    for field in under_test.good():
        for nonsense in (*_NONSENSE, None):
            _try(under_test, {**under_test.good(), field: nonsense})
        _try(under_test, {n: value for n, value in under_test.good().items() if n != field})


def law_errors_show_nothing(under_test: ProviderUnderTest) -> None:
    """An error shows nothing of the response, nor does anything behind it."""
    for field in ("", *under_test.good()):
        error = _refused(under_test, {**dict.fromkeys(under_test.good(), _MARK), field: _MARK})
        shown = "".join(traceback.format_exception(error, limit=0))
        require(_MARK not in shown, "the error shows the response")


def law_response_is_left_alone(under_test: ProviderUnderTest) -> None:
    """The provider changes nothing in the response that it is given."""
    response = dict(under_test.good())
    before = deepcopy(response)
    under_test.provider.verify(response)
    require(response == before, "the provider has changed the response")
    under_test.provider.verify(MappingProxyType(dict(under_test.good())))


def _try(under_test: ProviderUnderTest, response: Response) -> None:
    """Make sure that a response is refused, or proves the same as always."""
    try:
        verified = under_test.provider.verify(response)
    except IdentityError:
        return
    require(verified == under_test.identity, "an altered response proves another identity")


_NEEDS = {
    "response_counts_once": ONCE,
    "response_counts_once_among_threads": ONCE,
}

PROVIDER_LAWS: tuple[Law[ProviderUnderTest], ...] = tuple(
    attrs.evolve(law, needs=frozenset({_NEEDS[law.name]} if law.name in _NEEDS else ()))
    for law in gather(sys.modules[__name__], "identity providers")
)
"""Every law of an identity provider; those on replays need a capability."""
