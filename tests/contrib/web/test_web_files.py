"""The files of the pages as they are sent: nothing in them that no browser reads."""

from __future__ import annotations

import pytest

from registrazione.contrib.web.files import assets, lean

WRITTEN = b"""/* What it is. */
(() => {
  // Why.
  const url = "https://posta.example/"; // stays
  /* One. */
  say(`a /* b */`);

})();
"""
SENT = b"""(() => {
const url = "https://posta.example/"; // stays
say(`a /* b */`);
})();
"""


@pytest.mark.parametrize("name", ["page.js", "page.css"])
def test_remarks_and_indentation_are_not_sent(name) -> None:
    """Only comments that have a line for themselves go: what stands in a text is no comment."""
    assert lean(name, WRITTEN) == SENT


def test_other_files_are_sent_as_they_are() -> None:
    """A picture may hold anything."""
    assert lean("page.svg", WRITTEN) == WRITTEN


def test_what_is_sent_is_lean() -> None:
    """Every style sheet and script of the pages."""
    sent = {name: asset.body for name, asset in assets().items()}

    assert {"registrazione.css", "registrazione.js"} <= sent.keys()
    assert all(lean(name, body) == body for name, body in sent.items())
