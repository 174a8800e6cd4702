"""A service provider's key pair, and the document that a registry asks for."""

from __future__ import annotations

import stat

import pytest
from tests.cli.shell import run

pytest.importorskip("signxml", reason="the extra spid")

from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.xml import parse
from registrazione.core.secret import Secret

ABOUT = (
    "--entity-id=https://service.example/spid",
    "--organization=Comune di Esempio",
    "--identifier=PA:IT-c_h501",
    "--locality=Roma",
)
OPTIONS = """
[{name}]
keys = ["{folder}/spid.key", "{folder}/spid.crt"]

[{name}.description]
organization = {{name = "Comune di Esempio", display_name = "Esempio", url = "https://a.example"}}
contact = {{email = "spid@service.example", ipa_code = "c_h501"}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a key pair."""
    place = tmp_path_factory.mktemp("keys") / "made"
    result = run("saml-keys", str(place), *ABOUT)
    assert result.exit_code == 0, result.output
    return place


def test_a_key_is_its_owner_s(folder):
    """Nobody else may read it; the certificate is everybody's, and the key's own."""
    key, certificate = folder / "spid.key", folder / "spid.crt"
    read = SigningKey.from_pem(Secret(key.read_text()), certificate.read_text())

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert read.private.key_size == 3072
    assert "c_h501" in read.certificate.subject.rfc4514_string()


def test_nothing_is_overwritten(folder):
    """A key that is in use would be lost; under another name there is room."""
    before = (folder / "spid.key").read_text()
    (folder / "other.crt").write_text("x")

    for name in ("spid", "other"):
        result = run("saml-keys", str(folder), *ABOUT, f"--name={name}")
        assert (result.exit_code, "nothing is overwritten" in result.output) == (2, True)
    assert (folder / "spid.key").read_text() == before
    assert not (folder / "other.key").exists()
    assert "PRIVATE" not in run("saml-keys", str(folder), *ABOUT, "--name=third").output


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    """In one line."""
    (tmp_path / "file").write_text("x")
    result = run("saml-keys", str(tmp_path / "file" / "folder"), *ABOUT)

    assert (result.exit_code, "cannot be written to" in result.output) == (2, True)


@pytest.mark.parametrize("name", ["spid", "cie"])
def test_the_metadata_are_printed(folder, tmp_path, name):
    """The same that the pages have, before anybody is trusted."""
    file = tmp_path / "options.toml"
    file.write_text(OPTIONS.format(name=name, folder=folder))
    result = run(
        "saml-metadata", name, "--options", str(file), "--base-url=https://service.example/"
    )
    root = parse(result.stdout_bytes.strip())

    assert result.exit_code == 0
    assert root.get("entityID") == f"https://service.example/identity/{name}/metadata"


@pytest.mark.parametrize(
    ("text", "provider", "told"),
    [
        ("keys = [", "spid", "is no TOML"),
        ("spid = 3", "spid", "options['spid'] tell"),
        ("[spid]\nlevel = 2", "spid", "keys are missing"),
        ("[other]\n", "spid", "options['spid'] tell"),
        ('[spid]\nkeys = ["{0}/spid.key", "{0}/spid.crt"]', "spid", "lack a description"),
    ],
)
def test_options_that_do_not_do_are_told(folder, tmp_path, text, provider, told):
    """In one line, and nothing is printed."""
    file = tmp_path / "options.toml"
    file.write_text(text.format(folder))
    result = run("saml-metadata", provider, "--options", str(file), "--base-url=https://a.example")

    assert result.exit_code == 2
    assert told in result.output
    assert result.stdout == ""
