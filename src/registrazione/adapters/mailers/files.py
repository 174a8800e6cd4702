"""Letters as files in a folder, for development, tests and hand-over to other programs."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from registrazione.adapters.mailers.envelopes import opened
from registrazione.ports import Envelope, MailerUnavailable

_SAFE_NAME = re.compile(r"<([A-Za-z0-9_-][A-Za-z0-9._-]{0,99})@")


class FileMailer:
    """Write each letter to one ``.eml`` file; the port :class:`~registrazione.ports.Mailer`.

    A file appears whole or not at all, and is readable by its owner alone. It is named after the
    ``Message-ID``: a letter sent twice is one file. Its first header, ``Delivered-To``, is the
    envelope's recipient.

    Args:
        folder: Where the letters go; made when the first one comes.
    """

    __slots__ = ("folder",)

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Remember the folder."""
        self.folder: Path = Path(folder)

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Open the folder of a URL: ``file://outbox`` here, or three slashes from the root.

        Raises:
            ValueError: The URL names no folder.
        """
        parts = urlsplit(url)
        folder = unquote(parts.netloc + parts.path)
        if not folder:
            raise ValueError("the URL of a file mailer names a folder, as in file://outbox")
        return cls(folder)

    def send(self, envelope: Envelope) -> None:
        """Write the letter.

        Raises:
            MailRefused: It does not go to exactly one address.
            MailerUnavailable: The folder cannot be written to.
        """
        letter = opened(envelope)
        data = b"Delivered-To: " + envelope.recipient.encode() + b"\r\n" + letter
        named = _SAFE_NAME.match(str(envelope.message["Message-ID"]))
        name = named[1] if named else hashlib.sha256(data).hexdigest()[:32]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(self.folder / f"{name}.eml", data)
        except OSError:
            raise MailerUnavailable("folder") from None


def _write(path: Path, data: bytes) -> None:
    """Put the file where it belongs in one step, once all of it is on the disk."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
