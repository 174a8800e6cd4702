"""``deliver --metrics``: a file that Prometheus reads, whole at any time, and without people."""

from __future__ import annotations

import re
import signal
from datetime import UTC, datetime, timedelta

from tests.world import ANNA, MARIO

from registrazione.cli import deliver as command
from registrazione.cli.metrics_file import MetricsFile
from registrazione.ports import StoreUnavailable
from registrazione.service.delivery import DeliveryReport
from registrazione.service.delivery_metrics import OutboxMetrics

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
METRICS = OutboxMetrics(queued=5, due=2, failing=3, dead=1, oldest=timedelta(minutes=2))
REPORT = DeliveryReport(sent=4, void=1, postponed=2)

# The grammar of https://prometheus.io/docs/instrumenting/exposition_formats/ for what is written.
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})\{{({LABEL}(?:,{LABEL})*)\}} ([0-9]+)")
COMMENT = re.compile(rf"# (?:HELP ({NAME}) [^\n]+|TYPE ({NAME}) (?:gauge|counter))")
PERSONAL = re.compile(r"@|rossi|bianchi|example", re.IGNORECASE)


def samples(path):
    """Return the numbers of a file by name and outcome; fail on a line that is none."""
    found, known = {}, set()
    text = path.read_text("utf-8")
    assert text.endswith("\n")
    for line in text.splitlines():
        comment, sample = COMMENT.fullmatch(line), SAMPLE.fullmatch(line)
        assert comment or sample, line
        if comment:
            known.add(comment[1] or comment[2])
            continue
        assert sample[1] in known
        outcome = re.search(r'outcome="(\w+)"', sample[2])
        found[sample[1].removeprefix("registrazione_outbox_"), outcome and outcome[1]] = int(
            sample[3]
        )
    return found


def test_every_number_has_its_line(tmp_path) -> None:
    """How the outbox stands, what the round did, what all rounds did, and when it was."""
    path = tmp_path / "worker.prom"

    MetricsFile(path, "standard").write(METRICS, REPORT, AT)

    found = samples(path)
    stands = {name: count for (name, outcome), count in found.items() if outcome is None}
    assert stands == {
        "queued": 5,
        "due": 2,
        "failing": 3,
        "dead": 1,
        "oldest_seconds": 120,
        "round_timestamp_seconds": int(AT.timestamp()),
    }
    expected = {"sent": 4, "void": 1, "postponed": 2, "dead": 0, "overtaken": 0}
    for name in ("round_letters", "letters_total"):
        assert {o: count for (n, o), count in found.items() if n == name} == expected


def test_totals_grow_and_go_on_where_an_earlier_worker_stopped(tmp_path) -> None:
    """A counter that began anew every minute would count nothing."""
    path = tmp_path / "worker.prom"
    file = MetricsFile(path, "standard")
    for _ in range(2):
        file.write(METRICS, REPORT, AT)
    MetricsFile(path, "standard").write(METRICS, DeliveryReport(sent=1, dead=7), AT)

    found = samples(path)
    assert found["letters_total", "sent"] == 9
    assert found["letters_total", "dead"] == 7
    assert found["round_letters", "sent"] == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["worker.prom"]


def test_workers_of_one_machine_are_told_apart(tmp_path) -> None:
    """Each line bears the procedure and the worker's name, with whatever is in them."""
    path = tmp_path / 'a "b" \\ c.prom'

    MetricsFile(path, "standard").write(METRICS, REPORT, AT)

    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    assert samples(path)
    assert all('{profile="standard",worker="a \\"b\\" \\\\ c"' in line for line in lines)
    file = MetricsFile(path, "standard")
    file.write(METRICS, REPORT, AT)
    assert samples(path)["letters_total", "sent"] == 8


def test_a_file_of_something_else_begins_at_nothing(tmp_path) -> None:
    """Names that a later version may count by are left out; what is no number is ignored."""
    path = tmp_path / "worker.prom"
    line = 'registrazione_outbox_letters_total{profile="x",worker="y",outcome="eaten"} 3'
    path.write_text(f"{line}\nnonsense\n")

    MetricsFile(path, "standard").write(METRICS, REPORT, AT)

    assert samples(path)["letters_total", "sent"] == 4
    assert ("letters_total", "eaten") not in samples(path)


# -- the command ----------------------------------------------------------------------------


def test_a_round_is_written_down(place, tmp_path) -> None:
    """``deliver --metrics`` says what it did, to a machine as well; nobody is named."""
    there, path = place(), tmp_path / "outbox.prom"
    for person in (MARIO, ANNA):
        there.world.confirmed(person)

    there.run("deliver", "--most", "1", "--metrics", str(path))
    first = samples(path)
    there.run("deliver", "--metrics", str(path))
    second = samples(path)

    assert (first["queued", None], first["letters_total", "sent"]) == (1, 1)
    assert (second["queued", None], second["letters_total", "sent"]) == (0, 2)
    assert not PERSONAL.search(path.read_text())


def test_what_is_no_such_file_is_a_misuse(place, tmp_path) -> None:
    """Better told at once than overwritten."""
    path = tmp_path / "picture.prom"
    path.write_bytes(b"\xff\xd8\xff")
    there = place()

    done = there.run("deliver", "--metrics", str(path))

    assert done.exit_code == 2
    assert "picture.prom cannot be read, or holds something else" in done.stderr
    assert path.read_bytes() == b"\xff\xd8\xff"


def test_letters_go_out_even_if_nobody_can_count_them(place, tmp_path) -> None:
    """A folder that is not there costs a line on standard error, not the letters."""
    there = place()
    there.world.confirmed()

    done = there.run("deliver", "--metrics", str(tmp_path / "no" / "where.prom"))

    assert (done.exit_code, done.stdout) == (0, "1 sent, 0 void, 0 postponed, 0 dead\n")
    assert done.stderr == "The metrics were not written: No such file or directory\n"


def test_a_worker_that_stays_writes_after_each_round(place, tmp_path) -> None:
    """With --forever the file follows the outbox, and is there when the worker has gone."""
    there, path = place(), tmp_path / "outbox.prom"
    there.world.confirmed()
    worker = there.start("deliver", "--forever", "--every", "0.05", "--metrics", str(path))
    assert worker.stdout
    worker.stdout.readline()
    there.world.confirmed(ANNA)
    worker.stdout.readline()
    worker.send_signal(signal.SIGTERM)
    _, err = worker.communicate()

    assert (worker.returncode, err) == (0, b"")
    assert samples(path)["letters_total", "sent"] == 2
    assert samples(path)["queued", None] == 0


def test_a_store_that_is_away_is_told_about(capsys, tmp_path) -> None:
    """How the outbox stands is not known then; the worker goes on."""

    class Registrar:
        def outbox_metrics(self):
            raise StoreUnavailable

    desk = type("Desk", (), {"registrar": Registrar()})()
    file = MetricsFile(tmp_path / "worker.prom", "standard")
    command._write_down(desk, file, REPORT)

    assert capsys.readouterr().err == "The metrics were not written: the store does not answer\n"
