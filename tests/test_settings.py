"""What a registrar is assembled from, checked once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.world import BASE_URL, KEY

from registrazione import Secret, Settings, SettingsError

LEAST = {
    "profile": "standard",
    "storage": "memory://",
    "mailer": "memory://",
    "secret_keys": [KEY],
    "base_url": BASE_URL,
}


def settings(**changes):
    """Return settings that differ from the least there is."""
    return Settings(**{**LEAST, **changes})


@pytest.mark.parametrize(
    "url",
    [
        "https://example.it",
        "https://example.it/registrazione/",
        "http://localhost:8000",
        "http://127.0.0.1",
        "http://[::1]:5000/x",
        "https://localhost",
    ],
)
def test_links_begin_with_https_or_at_home(url):
    """An encrypted address anywhere, a plain one on this machine only."""
    assert settings(base_url=url).base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.it",
        "http://example.it",
        "ftp://localhost",
        "javascript:alert(1)",
        "https://",
        "https://[::1",
        "https://user:word@example.it",
        "https://example.it/\r\nBcc: x@example.it",
        "https://example.it/a b",
        5,
        None,
    ],
)
def test_anything_else_is_no_beginning_of_a_link(url):
    """The error says what is wanted, and not what was given."""
    with pytest.raises(SettingsError, match=r"^base_url is an https address") as caught:
        settings(base_url=url)
    assert "javascript" not in str(caught.value)


@pytest.mark.parametrize("keys", [KEY, KEY.encode(), None], ids=["text", "bytes", "none"])
@pytest.mark.parametrize("name", ["secret_keys", "peppers"])
def test_keys_come_in_a_list(name, keys):
    """A single text would be taken for many keys of one letter; the error does not show it."""
    with pytest.raises(SettingsError, match="is a list of keys") as caught:
        settings(**{name: keys})
    assert KEY not in str(caught.value)


def test_keys_and_addresses_of_stores_are_not_shown():
    """Neither keys nor peppers nor a URL with a password get into a repr."""
    shown = repr(
        settings(
            secret_keys=[KEY, Secret(KEY)],
            peppers=[KEY],
            storage="postgresql://u:hunter2@db/x",
            mailer="smtp://u:hunter2@mail",
            identity_providers=["spid://hunter2"],
            options={"password": "hunter2"},
        )
    )

    assert KEY not in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    "name",
    [
        "identity_providers",
        "plugins",
        "blocked_plugins",
        "observers",
        "password_rules",
        "templates",
    ],
)
@pytest.mark.parametrize("value", ["spid", Path("spid")])
def test_a_single_value_is_no_list(name, value):
    """A text would be taken for a list of its letters."""
    with pytest.raises(SettingsError, match=f"^{name} is a list, not a single value$"):
        settings(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("profile", {"name": "x"}, "profile is the name of a procedure, or a Profile"),
        ("profile", None, "profile is the name of a procedure, or a Profile"),
        ("storage", None, "storage is a URL or a store"),
        ("mailer", 25, "mailer is a URL or a mailer"),
    ],
)
def test_what_is_neither_a_text_nor_fills_the_port_is_refused(name, value, wanted):
    """The error names the setting and what it wants, not the line where it would have failed."""
    with pytest.raises(SettingsError) as caught:
        settings(**{name: value})

    assert str(caught.value) == wanted


def test_what_may_be_read_once_only_is_kept():
    """Lists may come as generators."""
    made = settings(
        plugins=iter([1]),
        blocked_plugins=iter(["a"]),
        observers=iter([print]),
        templates=iter(["t"]),
        identity_providers=iter(["spid"]),
    )

    assert made.plugins == (1,)
    assert made.blocked_plugins == ("a",)
    assert made.observers == (print,)
    assert made.templates == ("t",)
    assert made.identity_providers == ("spid",)


def test_letters_come_from_the_pages_host_unless_it_is_said():
    """An address of one's own, or a default that nobody answers."""
    assert settings().sender_address() == "noreply@example.it"
    assert settings(sender="urp@example.it").sender_address() == "urp@example.it"
