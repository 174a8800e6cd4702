"""A close look at every page that somebody comes to: is it accessible, is it light?"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from tests.browser.conftest import TOO_SMALL, violations

if TYPE_CHECKING:
    from tests.browser.walks.walker import Walker

MAX_PAGE = 60_000
"""Bytes of a page with everything that it needs, before compression."""
MAX_REQUESTS = 3
FOLDER = "REGISTRAZIONE_SCREENSHOTS"
"""Names the folder that the pictures are written to."""

COLOURS = ("color-contrast", "link-in-text-block")
"""What is different by night."""
PHONE = {"width": 390, "height": 844}
# The icon is the host's.
_NEEDED = """() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
  .map(entry => [new URL(entry.name).pathname, entry.decodedBodySize])
  .filter(([path]) => path !== '/favicon.ico')"""
# What a page is built of: two pages of one name may have other fields, or faults.
_BUILT = """() => [...new Set([...document.querySelectorAll('main *, footer *')].map(one =>
  [one.tagName, one.className, one.name, one.type, one.tabIndex].join(' ')))].sort().join()"""


@attrs.define
class Looker:
    """Looks at every state of a page once, and tells what is wrong with it.

    Args:
        seen: A folder with a file for each name and structure that was looked at: the processes
            that share a run's tests look at each once between them.
        wrong: What was found.
        pictured: Names of the pictures that a run writes.
    """

    seen: Path
    wrong: list[str] = attrs.field(factory=list)
    pictured: set[str] = attrs.field(factory=set)

    def __call__(self, walker: Walker, name: str) -> None:
        """Look at the page that is shown; without scripts it is only drawn."""
        tab = walker.tab
        if not walker.script:
            return
        told = "-faults" if tab.locator(".faults").count() else ""
        picture = f"{walker.profile.name}-{name}{told}"
        if picture not in self.pictured:
            self.pictured.add(picture)
            self._draw(walker, picture)
        state = f"{name} {tab.evaluate(_BUILT)}"
        try:
            self.seen.joinpath(hashlib.sha256(state.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return
        needed = tab.evaluate(_NEEDED)
        assert len(needed) <= MAX_REQUESTS, (name, needed)
        assert sum(size for _, size in needed) <= MAX_PAGE, (name, needed)
        for scheme, rules in (("dark", COLOURS), ("light", ())):
            tab.emulate_media(color_scheme=scheme)
            self.wrong += [f"{name} {scheme}: {one}" for one in violations(tab, *rules)]
        self.wrong += [f"{name}: less than 44 pixels: {one}" for one in tab.evaluate(TOO_SMALL)]

    @staticmethod
    def _draw(walker: Walker, picture: str) -> None:
        """Write the page down as a phone shows it, where the environment says so."""
        if not os.environ.get(FOLDER):
            return
        folder, tab = Path(os.environ[FOLDER]), walker.tab
        folder.mkdir(parents=True, exist_ok=True)
        before = tab.viewport_size
        tab.emulate_media(color_scheme="light")
        tab.set_viewport_size(PHONE)
        tab.screenshot(path=folder / f"{picture}.png", full_page=True)
        tab.set_viewport_size(before)
