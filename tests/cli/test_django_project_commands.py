"""The commands on a store in a Django project's database: a real small project, its own process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.world import BASE_URL, KEY

pytest.importorskip("django", reason="Django is not installed")

SETTINGS = """
from pathlib import Path

SECRET_KEY = "of this test"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "registrazione.contrib.django",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).parent / "db.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",
        },
    }
}
"""
REGISTER = """
import django
django.setup()
from tests.world import World
World("unimi-external", storage="django://").confirmed()
"""


@pytest.fixture
def project(tmp_path):
    """Return what runs a module of Python in the folder of a project with tables."""
    (tmp_path / "mysite.py").write_text(SETTINGS, encoding="utf-8")
    environ = {
        **os.environ,
        # The folder itself is not among them, as for a command that was installed.
        "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
        "DJANGO_SETTINGS_MODULE": "mysite",
        "REGISTRAZIONE_PROFILE": "unimi-external",
        "REGISTRAZIONE_STORAGE": "django://",
        "REGISTRAZIONE_MAILER": f"file://{tmp_path}/outbox",
        "REGISTRAZIONE_BASE_URL": BASE_URL,
        "REGISTRAZIONE_SECRET_KEYS_FILE": str(tmp_path / "keys"),
    }
    (tmp_path / "keys").write_text(f"{KEY}\n", encoding="utf-8")

    def run(*arguments, **more):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={**environ, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


COMMAND = ("-P", "-c", "from registrazione.cli import main; main()")


def test_letters_of_a_project_go_out(project, tmp_path) -> None:
    """A registration in the project's database, and then the command alone, with its settings."""
    made = project("-m", "django", "migrate", "--verbosity=0")
    registered = project("-c", REGISTER)
    delivered = project(*COMMAND, "deliver")
    listed = project(*COMMAND, "accounts", "list")

    assert (made.stderr, registered.stderr) == ("", "")
    assert (delivered.stdout, delivered.stderr) == ("1 sent, 0 void, 0 postponed, 0 dead\n", "")
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1
    assert "waiting" in listed.stdout


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("nowhere", "DJANGO_SETTINGS_MODULE: No module named 'nowhere'"),
        ("twice", "DJANGO_SETTINGS_MODULE: the settings cannot be used"),
    ],
)
def test_a_project_that_cannot_be_loaded_is_told(project, tmp_path, settings, told) -> None:
    """In one line, and with the status of a command that was misused."""
    (tmp_path / "twice.py").write_text('INSTALLED_APPS = ["django.contrib.auth"] * 2\n')
    done = project(*COMMAND, "deliver", DJANGO_SETTINGS_MODULE=settings)

    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_project_it_is_said_what_to_do(project) -> None:
    """Nothing is guessed: the variable is named."""
    done = project(
        "-c", f"import os; del os.environ['DJANGO_SETTINGS_MODULE']; {COMMAND[2]}", "expire"
    )

    assert done.returncode == 2
    assert "set DJANGO_SETTINGS_MODULE" in done.stderr
