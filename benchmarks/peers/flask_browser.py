"""A browser that visits an application of Flask's."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import Flask

_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Browser:
    """One browser: opens a page, and sends the form that it holds."""

    def __init__(self, app: Flask) -> None:
        """Start with no cookies."""
        self.client = app.test_client()
        self.text = self.path = ""

    def open(self, path: str) -> str:
        """Open a page, wherever it leads; return its text."""
        return self._seen(self.client.get(path, follow_redirects=True))

    def send(self, path: str = "", **values: str) -> str:
        """Send a form to a page, by default the one that is open, and see where it leads."""
        found = _TOKEN.search(self.text)
        assert found is not None, self.path
        values["csrf_token"] = found[1]
        answer = self.client.post(path or self.path, data=values, follow_redirects=True)
        return self._seen(answer)

    def _seen(self, response: Any) -> str:
        with response:
            assert response.status_code == HTTPStatus.OK, response.request.path
            self.text, self.path = response.text, response.request.path
        return self.text
