"""Attacks with what ends a session (OIDC Back-Channel Logout 1.0, 2.6; RP-Initiated Logout 1.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from registrazione.ports import Ending
from registrazione.testing.oidc_bends import (
    MALLORY,
    drop,
    header_text,
    moved,
    put,
    resigned,
    unsigned,
)
from registrazione.testing.oidc_op import FakeOp, Twist
from registrazione.testing.oidc_stage import STATE, Stage

SID = "session/adele.trovamala"
"""The session that is to end."""
_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def _token(twist: Twist) -> Callable[[Stage], Mapping[str, object]]:
    return lambda stage: {"logout_token": stage.op.logout_token(stage.client, SID, twist)}


@attrs.frozen(kw_only=True)
class LogoutCase:
    """A message about the end of a session.

    Args:
        name: What it is.
        message: Makes it.
        code: The code of the error that is expected.
    """

    name: str
    message: Callable[[Stage], Mapping[str, object]]
    code: str = "invalid"

    def play(self) -> Ending:
        """Send it, and return what the relying party wants ended.

        Raises:
            IdentityError: It was noticed.
        """
        stage = Stage()
        ending: Ending = stage.provider.ended(self.message(stage), "")
        return ending


def _again(stage: Stage) -> Mapping[str, object]:
    """Send a message that came already."""
    message = _token(Twist())(stage)
    stage.provider.ended(message, "")
    return message


def _id_token(stage: Stage) -> Mapping[str, object]:
    """Send an ID token as if it were one that ends a session."""
    tokens: list[object] = []

    def keep(told: object, _: FakeOp) -> object:
        tokens.append(told)
        return told

    stage.op.twist = Twist(token=keep)
    stage.sign_in()
    return {"logout_token": tokens[0]}


_TWISTS: Mapping[str, Twist] = {
    "foreign-key": Twist(signer=lambda _key, _op: MALLORY),
    "foreign-key-same-name": Twist(
        token=resigned(lambda op: {"alg": "RS256", "kid": op.signer.kid})
    ),
    "alg-none": Twist(token=unsigned("none")),
    "type": Twist(header=put(typ="at+jwt")),
    "critical": Twist(token=header_text(lambda text: text[:-1] + ', "crit": ["x"], "x": 1}')),
    "iss-other": Twist(claims=put(iss="https://other.example")),
    "iss-missing": Twist(claims=drop("iss")),
    "aud-other": Twist(claims=put(aud="https://other.example")),
    "aud-more": Twist(claims=put(aud=["https://rp.example", "https://other.example"])),
    "aud-missing": Twist(claims=drop("aud")),
    "events-missing": Twist(claims=drop("events")),
    "events-other": Twist(claims=put(events={"https://other.example": {}})),
    "events-list": Twist(claims=put(events=[_EVENT])),
    "event-no-object": Twist(claims=put(events={_EVENT: True})),
    "nonce": Twist(claims=put(nonce="x" * 32)),
    "iat-to-come": Twist(claims=moved("iat", 61)),
    "iat-missing": Twist(claims=drop("iat")),
    "sid-and-sub-missing": Twist(claims=drop("sid", "sub")),
    "sub-empty": Twist(claims=lambda told, op: {**drop("sid")(told, op), "sub": ""}),
    "sub-list": Twist(claims=lambda told, op: {**drop("sid")(told, op), "sub": ["x"]}),
    "sid-empty": Twist(claims=put(sid="")),
    "sid-long": Twist(claims=put(sid="s" * 256)),
    "sid-list": Twist(claims=put(sid=[SID])),
    "sid-line": Twist(claims=put(sid="s\r\nt")),
    "jti-missing": Twist(claims=drop("jti")),
    "jti-list": Twist(claims=put(jti=["x"])),
    "no-signature": Twist(token=lambda token, _: token.rpartition(".")[0] + "."),
    "changed": Twist(token=lambda token, _: token[:-6]),
}

_MESSAGES: Mapping[str, tuple[Callable[[Stage], Mapping[str, object]], str]] = {
    "exp-past": (_token(Twist(claims=moved("exp", -60))), "expired"),
    "exp-missing": (_token(Twist(claims=drop("exp"))), "expired"),
    "iat-long-ago": (_token(Twist(claims=moved("iat", -660))), "expired"),
    "replay": (_again, "replayed"),
    "id-token": (_id_token, "invalid"),
    "nothing": (lambda _: {}, "invalid"),
    "no-token": (lambda _: {"logout_token": None}, "invalid"),
    "no-state": (lambda _: {"state": "short"}, "invalid"),
    "state-list": (lambda _: {"state": [STATE]}, "invalid"),
    "front-channel": (lambda stage: {"iss": stage.op.issuer, "sid": SID}, "invalid"),
}

LOGOUT_ATTACKS: tuple[LogoutCase, ...] = (
    *(LogoutCase(name=f"token/{name}", message=_token(t)) for name, t in _TWISTS.items()),
    *(LogoutCase(name=n, message=message, code=c) for n, (message, c) in _MESSAGES.items()),
)
"""None of these ends anybody's session."""

LOGOUT_BENIGN: tuple[LogoutCase, ...] = tuple(
    LogoutCase(name=name, message=_token(twist))
    for name, twist in {
        "plain": Twist(),
        "no-type": Twist(header=drop("typ")),
        "jwt": Twist(header=put(typ="JWT")),
        "no-sub": Twist(claims=drop("sub")),
        "aud-list": Twist(claims=put(aud=["https://rp.example"])),
        "last-second": Twist(claims=moved("exp", -59)),
        "more-events": Twist(claims=put(events={_EVENT: {"x": 1}, "https://x.example": {}})),
    }.items()
)
"""These end the session :data:`SID`."""

__all__ = ["LOGOUT_ATTACKS", "LOGOUT_BENIGN", "SID", "LogoutCase"]
