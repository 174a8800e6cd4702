"""Every procedure from its first page to its last, through JSON only."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contrib.headless.json_client import JsonRegistrar

from registrazione import Registrar
from registrazione.stories import NAMES, load
from registrazione.stories.base import HELP_DESK, Stage
from registrazione.testing.fakes import FastHasher

MIN_SECRET = 8
"""Shorter ones, which are refused, are words that may stand in any answer."""


class Opened:
    """Opens registrars behind JSON, and keeps them."""

    def __init__(self) -> None:
        """Start with none."""
        self.registrars: list[JsonRegistrar] = []

    def __call__(self, **settings: Any) -> JsonRegistrar:
        """Open one more."""
        self.registrars.append(JsonRegistrar(Registrar.open(**settings)))
        return self.registrars[-1]

    def texts(self) -> list[str]:
        """Return all that was ever answered."""
        return [said.text for each in self.registrars for said in each.client.said]

    def leaked(self) -> list[str]:
        """Return the passwords and codes that were ever sent and came back, and hashes."""
        sent = {
            secret
            for each in self.registrars
            for secret in each.secrets
            if len(secret) >= MIN_SECRET
        }
        assert sent
        said = "".join(self.texts())
        return [secret for secret in (*sent, "$fast$", "$argon2") if secret in said]


@pytest.mark.parametrize("name", NAMES)
def test_a_story_is_told_in_json(name: str):
    """Nothing that a person or an operator does needs anything but the endpoints."""
    story, opened = load(name), Opened()
    with Stage(story.profile, story.begins, hasher=FastHasher(), opener=opened) as stage:
        account_id = story.play(stage)
        history = stage.registrar.history(operator=HELP_DESK, account_id=account_id).history
    assert len(opened.texts()) > 20
    assert not opened.leaked()
    assert {"confirm", "activated", "signed_in"} <= {record.event for record in history}
