"""What ``registrazione deliver --metrics`` writes, for a monitoring system to read.

The form is that of Prometheus' text exposition format 0.0.4, which the textfile collector of its
node exporter takes. Numbers only: no address, no name, no identifier of an account.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import attrs

from registrazione.service.delivery import DeliveryReport
from registrazione.service.delivery_metrics import OutboxMetrics

_TOTAL = "registrazione_outbox_letters_total"
_TOTAL_LINE = re.compile(rf'{_TOTAL}\{{.*outcome="([a-z]+)"\}} ([0-9]+)')
_OUTCOMES = frozenset(field.name for field in attrs.fields(DeliveryReport))


class MetricsFile:
    """A file that is replaced as a whole, so that nobody ever reads half of it.

    The totals go on from those that it holds already: a worker that is started anew, or by cron
    every minute, does not begin at nothing.

    Args:
        path: Where it is; its name without the ending tells workers apart, so that two of them
            on one machine need two files.
        profile: Name of the procedure.

    Raises:
        OSError: It cannot be read.
        UnicodeDecodeError: It is something else.
    """

    def __init__(self, path: Path, profile: str) -> None:
        """Read the totals, if there are any."""
        self._path = path
        self._labels = {"profile": profile, "worker": path.stem}
        self._totals = _totals_in(path.read_text("utf-8")) if path.exists() else DeliveryReport()

    def write(self, metrics: OutboxMetrics, report: DeliveryReport, now: datetime) -> None:
        """Add a round, and write everything down.

        Args:
            metrics: How the outbox stands after the round.
            report: What became of the letters of the round.
            now: When that was.

        Raises:
            OSError: It cannot be written.
        """
        self._totals += report
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_text(self._text(metrics, report, now), "utf-8")
        fresh.replace(self._path)

    def _text(self, metrics: OutboxMetrics, report: DeliveryReport, now: datetime) -> str:
        """Return the whole file."""
        stands = {
            "queued": ("Letters that wait, or are in a worker's hands.", metrics.queued),
            "due": ("Letters that a worker could take now.", metrics.due),
            "failing": ("Queued letters that were tried before.", metrics.failing),
            "dead": ("Letters that were given up.", metrics.dead),
            "oldest_seconds": (
                "Age of the oldest queued letter.",
                int(metrics.oldest.total_seconds()),
            ),
            "round_timestamp_seconds": (
                "When the worker last looked for letters.",
                int(now.timestamp()),
            ),
        }
        lines: list[str] = []
        for name, (meaning, value) in stands.items():
            full_name = f"registrazione_outbox_{name}"
            lines += _head(full_name, meaning, "gauge")
            lines.append(f"{full_name}{_labelled(self._labels)} {value}")
        last = "registrazione_outbox_round_letters"
        lines += _head(last, "Letters of the last round, by what became of them.", "gauge")
        lines += self._by_outcome(last, report)
        lines += _head(_TOTAL, "Letters, by what became of them.", "counter")
        lines += self._by_outcome(_TOTAL, self._totals)
        return "\n".join(lines) + "\n"

    def _by_outcome(self, name: str, report: DeliveryReport) -> Iterable[str]:
        """Yield a line for each outcome, those that did not happen as well."""
        for outcome, count in attrs.asdict(report).items():
            yield f"{name}{_labelled({**self._labels, 'outcome': outcome})} {count}"


def _totals_in(text: str) -> DeliveryReport:
    """Return the totals that a file holds; what is not there is nothing."""
    found = {outcome: int(count) for outcome, count in _TOTAL_LINE.findall(text)}
    return DeliveryReport(**{name: found[name] for name in _OUTCOMES & found.keys()})


def _head(name: str, meaning: str, kind: str) -> list[str]:
    """Return the two lines that explain a number."""
    return [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]


def _labelled(labels: Mapping[str, str]) -> str:
    """Return labels in braces, their values escaped."""
    pairs = [f'{name}="{_escaped(value)}"' for name, value in labels.items()]
    return "{" + ",".join(pairs) + "}"


def _escaped(value: str) -> str:
    """Escape what would end a label's value."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
