"""A registrar that is on the other side of JSON: whatever it knows came through the endpoints."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

import attrs

from registrazione import Draft, Next, Refusal, Registrar, Secret, Severity
from registrazione.contrib.headless import Api, ApiRequest
from registrazione.contrib.headless.endpoints import CALLED
from registrazione.core.answer import Difference, Offer
from registrazione.core.commands import Command
from registrazione.core.refusals import Fault
from registrazione.core.states import AccountState, CodeState, LinkState, PasswordState
from registrazione.methods import CommandMethods

STATES = {"state": AccountState, "password": PasswordState, "code": CodeState, "link": LinkState}


@attrs.frozen(kw_only=True)
class Answered:
    """A response, read."""

    status: int
    headers: Any
    content: dict[str, Any]
    text: str


class JsonClient:
    """Send JSON to endpoints, and read what they say."""

    def __init__(self, api: Any) -> None:
        """Keep the endpoints."""
        self.api = api
        self.said: list[Answered] = []

    def __call__(self, method: str, path: str, content: Any = None, **more: Any) -> Answered:
        """Send one request; ``more`` is what a request has besides."""
        headers = {"content-type": "application/json", **more.pop("headers", {})}
        body = b"" if content is None else json.dumps(content).encode()
        request = ApiRequest(method=method, path=path, body=body, headers=headers, **more)
        return self.sent(request)

    def sent(self, request: ApiRequest) -> Answered:
        """Send a request as it is."""
        response = self.api.respond(request)
        answered = Answered(
            status=response.status,
            headers=response.headers,
            content=json.loads(response.body),
            text=response.body.decode("ascii"),
        )
        self.said.append(answered)
        return answered


class JsonRegistrar(CommandMethods[Any]):
    """The methods of a registrar, each of them a request."""

    def __init__(self, inner: Registrar, client: JsonClient | None = None) -> None:
        """Put endpoints in front of a registrar."""
        self.inner = inner
        self.client = client or JsonClient(Api(inner))
        self.secrets: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        """What is no command is the host's own business."""
        return getattr(self.inner, name)

    def handle(self, command: Command) -> Any:
        """Send a command, and read the answer or the refusal."""
        fields = {f.name: getattr(command, f.name) for f in attrs.fields(type(command))}
        typed = {**fields, **fields.get("values", {})}
        self.secrets |= {
            str(Secret(value).reveal())
            for name, value in typed.items()
            if isinstance(value, Secret) or name.startswith("password")
        }
        headers = {"accept-language": "it"}
        if session := fields.pop("session", ""):
            headers["authorization"] = f"Bearer {session}"
        operator, origin = fields.pop("operator", None), fields.pop("origin")
        body = {
            CALLED.get(type(command), {}).get(name, name): _written(value)
            for name, value in fields.items()
            if value is not None
        }
        answered = self.client(
            "POST", f"/{command.name}", body, headers=headers, operator=operator, origin=origin
        )
        if answered.status != 200:
            raise _refusal(answered.content)
        answer = _answer(answered.content)
        if answer.account is not None and "…" in (answer.account.email or ""):
            # Strangers are shown a mask; the host's own code may look the account up.
            answer.account.email = self.inner.load(answer.account.id).email
        return answer


def _written(value: object) -> object:
    """Write a field of a command as a client does."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, SimpleNamespace | Draft):
        return value.sealed
    return list(value) if isinstance(value, tuple) else value


def _refusal(content: dict[str, Any]) -> Refusal:
    """Read a problem."""
    faults = [
        Fault(each["code"], each["field"], Severity(each["severity"]), each["params"])
        for each in content["faults"]
    ]
    return Refusal(*faults, ticket=content.get("ticket", ""))


def _answer(content: dict[str, Any]) -> Any:
    """Read an answer, so that it looks like the library's own."""
    draft, account = content.get("draft"), content.get("account")
    states = {name: kind(account[name]) for name, kind in STATES.items() if name in (account or ())}
    return SimpleNamespace(
        next=Next(content["next"]),
        draft=draft and SimpleNamespace(sealed=draft, **content["form"]),
        account=account and SimpleNamespace(**{**account, **states}),
        session=content.get("session", ""),
        ticket=content.get("ticket", ""),
        provider_session=content.get("provider_session", ""),
        receipt=content.get("receipt", ""),
        notices=tuple(SimpleNamespace(**notice) for notice in content.get("notices", ())),
        missing=tuple(content.get("missing", ())),
        differences=tuple(Difference(**each) for each in content.get("differences", ())),
        services=tuple(Offer(**each) for each in content.get("services", ())),
        destination=content.get("destination", ""),
        expires_at=content.get("expires_at") and dt.datetime.fromisoformat(content["expires_at"]),
        history=tuple(SimpleNamespace(**record) for record in content.get("history", ())),
        export=content.get("export", {}),
    )
