"""Stand-ins for the ports: predictable, instant, and counting what is asked of them."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter, deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock

from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.core.secret import Secret
from registrazione.ports import Envelope, MailerError

_FAST = re.compile(r"\$fast\$v=([0-9]+)\$([0-9]+)\$([0-9a-f]{64})")


class ManualClock:
    """A clock that stands still until it is moved; the port :class:`~registrazione.ports.Clock`.

    Args:
        start: The first time it tells.

    Raises:
        ValueError: The time is naive.
    """

    __slots__ = ("_now",)

    def __init__(self, start: datetime) -> None:
        """Set the clock."""
        self.set(start)

    def now(self) -> datetime:
        """Return the time it was set to, in UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """Set the clock to any time, earlier ones included.

        Raises:
            ValueError: The time is naive.
        """
        if now.utcoffset() is None:
            raise ValueError("a clock knows its time zone")
        self._now = now.astimezone(UTC)

    def advance(self, by: timedelta = timedelta(), **units: float) -> datetime:
        """Move the clock and return the new time.

        Args:
            by: How far; a negative one moves it back.
            units: The same, or more, in words: ``advance(hours=24, seconds=1)``.
        """
        self._now += by + timedelta(**units)
        return self._now


class SeededRandomness:
    """Bytes that are the same in every run; the port :class:`~registrazione.ports.Randomness`.

    No two draws give the same bytes, but whoever knows the seed knows them all.

    Args:
        seed: Another seed, other bytes.
    """

    __slots__ = ("_draws", "_seed")

    def __init__(self, seed: int = 0) -> None:
        """Start with the first draw."""
        self._seed = seed
        self._draws = count()

    def draw(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        return hashlib.shake_256(f"{self._seed}/{next(self._draws)}".encode()).digest(size)


class FastHasher:
    """Hash at once; the port :class:`~registrazione.ports.PasswordHasher` without its slowness.

    Args:
        generation: Stands for parameters and pepper: another one asks for a new hash.
    """

    __slots__ = ("_generation", "_lock", "_salts", "calls")

    def __init__(self, generation: int = 1) -> None:
        """Start counting."""
        self._generation = generation
        self._salts = count(1)
        self._lock = Lock()
        self.calls: Counter[str] = Counter()
        """How often ``hash``, ``verify`` and ``tag`` were called."""

    @property
    def evaluations(self) -> int:
        """Number of slow hashes that a real hasher would have computed."""
        return self.calls.total()

    def hash(self, secret: Secret) -> str:
        """Return an encoded hash."""
        self._count("hash")
        salt = next(self._salts)
        return f"$fast$v={self._generation}${salt}${_sha256(secret, str(salt).encode())}"

    def verify(self, secret: Secret, encoded: str | None) -> bool:
        """Tell whether ``secret`` is the one; ``None`` counts as well, and is false."""
        self._count("verify")
        found = _FAST.fullmatch(encoded or "")
        if found is None or not isinstance(secret.reveal(), str):
            return False
        return hmac.compare_digest(_sha256(secret, found[2].encode()), found[3])

    def needs_rehash(self, encoded: str) -> bool:
        """Tell whether another generation made it, or somebody else."""
        found = _FAST.fullmatch(encoded)
        return found is None or int(found[1]) != self._generation

    def tag(self, secret: Secret, salt: bytes) -> bytes:
        """Return 32 bytes made of secret and salt."""
        self._count("tag")
        return bytes.fromhex(_sha256(secret, b"tag" + salt))

    def _count(self, call: str) -> None:
        with self._lock:
            self.calls[call] += 1


class RecordingMailer:
    """Keep letters, or fail by the script; the port :class:`~registrazione.ports.Mailer`.

    Args:
        script: What becomes of the next letters: an error is raised, ``None`` lets one pass.
            After its end everything passes.
    """

    __slots__ = ("_kept", "_script", "attempts")

    def __init__(self, script: Iterable[MailerError | None] = ()) -> None:
        """Start with nothing sent."""
        self._script = deque(script)
        self._kept = MemoryMailer()
        self.attempts: list[Envelope] = []
        """Every letter that came, the refused ones included."""

    @property
    def sent(self) -> list[Envelope]:
        """The letters that were accepted, the first one first."""
        return self._kept.sent

    def send(self, envelope: Envelope) -> None:
        """Keep the letter, or fail as the script says.

        Raises:
            MailerError: The script says so.
        """
        self.attempts.append(envelope)
        outcome = self._script.popleft() if self._script else None
        if outcome is not None:
            raise outcome
        self._kept.send(envelope)


class ScriptedHumanCheck:
    """Let those pass who know a word; the port :class:`~registrazione.ports.HumanCheck`.

    Args:
        words: Each is good once; give it twice to make it good twice.
    """

    __slots__ = ("_words",)

    def __init__(self, *words: str) -> None:
        """Learn the words."""
        self._words = list(words)

    def passed(self, response: str) -> bool:
        """Tell whether the response is one of the words that are left."""
        try:
            self._words.remove(response)
        except ValueError:
            return False
        return True


def _sha256(secret: Secret, salt: bytes) -> str:
    text = secret.text().encode("utf-8", "surrogatepass")
    return hashlib.sha256(len(salt).to_bytes(4, "big") + salt + text).hexdigest()
