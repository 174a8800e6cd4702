"""Throw-away message brokers of this machine, for as long as the tests of a module run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

PATIENCE = 60
"""Seconds until a server that does not answer counts as broken."""
ATTEMPTS = 3
"""How many times free ports are chosen, which somebody else may take meanwhile."""

# Ends with its server, or when nobody holds the other end of standard input any more.
_KEEP = """
exec 3<&0
"$@" </dev/null >/dev/null 2>&1 3<&- &
server=$!
(cat <&3 >/dev/null; kill $server) &
wait $server
"""
# The same beside a name service of Erlang's; were there none, the server would start one that
# stays.
_KEEP_WITH_NAMES = f"epmd >/dev/null 2>&1 & names=$!{_KEEP}kill $names"

# Debian's own script in /usr/sbin goes to its system folders as its system user.
_RABBITMQ_FOLDERS = ("/usr/lib/rabbitmq/bin", os.environ.get("PATH", os.defpath))


@contextmanager
def redis(folder: Path):
    """Run Redis, and give its address; where there is none, the test is skipped."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("there is no redis-server on this machine")
    # A socket file needs no port that somebody else may take meanwhile.
    path = folder / "socket"
    options = ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"]
    with _kept(_KEEP, [program, *options, "--dir", folder]) as server:
        assert _answers(server, socket.AF_UNIX, os.fspath(path), b"PING\r\n", b"+PONG")
        yield f"redis+socket://{path}"


@contextmanager
def rabbitmq(folder: Path):
    """Run RabbitMQ, and give its address; where there is none, the test is skipped."""
    program = shutil.which("rabbitmq-server", path=os.pathsep.join(_RABBITMQ_FOLDERS))
    if program is None or shutil.which("epmd") is None:
        pytest.skip("there is no rabbitmq-server on this machine")
    for _ in range(ATTEMPTS):
        port, *inner = _free_ports(3)
        environ = _rabbitmq_environ(folder, port, *inner)
        with _kept(_KEEP_WITH_NAMES, [program], environ) as server:
            # Whoever speaks no version that it knows is told which it does, without a password.
            if _answers(server, socket.AF_INET, ("127.0.0.1", port), b"AMQP\0\0\0\0", b"AMQP"):
                yield f"amqp://guest:guest@127.0.0.1:{port}//"
                return
    raise RuntimeError("RabbitMQ does not start")


def _rabbitmq_environ(folder: Path, port: int, nodes: int, names: int) -> dict[str, str]:
    """Write down the settings of a node that is alone and keeps everything in one folder."""
    file = folder / "node.conf"
    file.write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n", encoding="ascii")
    return {
        **os.environ,
        "HOME": os.fspath(folder),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(names),
        "RABBITMQ_CONFIG_FILE": os.fspath(file),
        "RABBITMQ_DIST_PORT": str(nodes),
        "RABBITMQ_ENABLED_PLUGINS_FILE": os.fspath(folder / "plugins"),
        "RABBITMQ_LOG_BASE": os.fspath(folder),
        "RABBITMQ_MNESIA_BASE": os.fspath(folder),
        "RABBITMQ_NODENAME": "registrazione@localhost",
        "RABBITMQ_PID_FILE": os.fspath(folder / "pid"),
        # It shares the machine: one thread, which does not spin while it has nothing to do.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
    }


def _free_ports(number: int) -> list[int]:
    """Return ports of the loopback interface that nobody listens at."""
    with ExitStack() as stack:
        made = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
        return [stack.enter_context(one).getsockname()[1] for one in made]


@contextmanager
def _kept(keep: str, command, environ=None):
    """Run a server for as long as the block, and at most as long as this process."""
    server = subprocess.Popen(
        ["/bin/sh", "-c", keep, "sh", *map(str, command)],
        env=environ,
        stdin=subprocess.PIPE,
        # Ctrl-C in the terminal is for the tests; the server ends after them.
        start_new_session=True,
    )
    try:
        yield server
    finally:
        server.communicate(timeout=PATIENCE)


def _answers(server, family, address, question: bytes, answer: bytes) -> bool:
    """Wait until a server answers; false if it has ended instead."""
    end = time.monotonic() + PATIENCE
    while server.poll() is None:
        assert time.monotonic() < end, "the server does not answer"
        with suppress(OSError), closing(socket.socket(family)) as client:
            client.settimeout(1)
            client.connect(address)
            client.sendall(question)
            if client.recv(16).startswith(answer):
                return True
        with suppress(subprocess.TimeoutExpired):
            server.wait(0.02)
    return False
