"""The style sheet, the scripts and the pictures of the pages, read from the package once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from types import MappingProxyType

import attrs

_CONTENT_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
"""What is served, by the end of its name; anything else in the folder is not."""


_LEAN = frozenset({".css", ".js"})
_REMARK = re.compile(rb"^[ \t]*(?://[^\n]*|/\*[^\n]*?\*/)[ \t]*\n", re.MULTILINE)
"""A comment that has a line for itself."""
_INDENT = re.compile(rb"^[ \t]+|^\n", re.MULTILINE)


@attrs.frozen(kw_only=True)
class Asset:
    """One file.

    Args:
        body: Its bytes.
        content_type: Of HTTP.
    """

    body: bytes = attrs.field(repr=False)
    content_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """Return every file by its name; nothing else can be asked for."""
    folder = files("registrazione.contrib.web").joinpath("assets")
    return MappingProxyType(
        {
            entry.name: Asset(body=lean(entry.name, entry.read_bytes()), content_type=content_type)
            for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
            if (content_type := _CONTENT_TYPES.get(PurePath(entry.name).suffix)) is not None
        }
    )


def lean(name: str, body: bytes) -> bytes:
    """Return a style sheet or script without comments and indentation, anything else as it is.

    Args:
        name: Of the file.
        body: As it is kept.
    """
    if PurePath(name).suffix not in _LEAN:
        return body
    return _INDENT.sub(b"", _REMARK.sub(b"", body))


@cache
def version() -> str:
    """Return a word that changes with any of the files: browsers may keep what stands under it."""
    digest = hashlib.sha256()
    for name, asset in assets().items():
        digest.update(name.encode() + hashlib.sha256(asset.body).digest())
    return digest.hexdigest()[:12]
