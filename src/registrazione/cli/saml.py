"""``registrazione saml-keys`` and ``saml-metadata``: a service's key, and who it says it is."""

from __future__ import annotations

import os
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from registrazione.cli.errors import Misuse
from registrazione.plugins import IDENTITY_PROVIDER, PluginCatalogue, needs_extra
from registrazione.ports import ServesDocuments

_PRIVATE = 0o600
_PUBLIC = 0o644
_NOBODY = b"<md:EntitiesDescriptor/>"
"""Stands for the providers whom nobody asks."""


@click.command("saml-keys")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--sector",
    type=click.Choice(("public", "private")),
    default="public",
    show_default=True,
    help="A private firm's certificate is AgID's to issue; this one serves until then.",
)
@click.option(
    "--entity-id",
    required=True,
    metavar="URL",
    help="Name of the service, as its metadata have it.",
)
@click.option(
    "--organization", required=True, metavar="NAME", help="Name of the body, as it is registered."
)
@click.option(
    "--identifier",
    required=True,
    metavar="CODE",
    help="PA:IT- and the IPA code, VATIT- and the number, or CF:IT- and the code of the body.",
)
@click.option("--locality", required=True, metavar="TOWN", help="Town where the body has its seat.")
@click.option(
    "--name",
    default="spid",
    show_default=True,
    help="Name of the two files, without .key and .crt.",
)
def keys(folder: Path, name: str, **about: str) -> None:
    """Make a key and its certificate for SPID in FOLDER.

    The key has no passphrase, and only its owner may read it. Files that are there are left alone.
    """
    with needs_extra("spid"):
        from registrazione.adapters.saml.certificates import make_key_pair
    private, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    present = [str(path) for path in (private, certificate) if path.exists()]
    if present:
        raise Misuse(f"{', '.join(present)}: there already, and nothing is overwritten")
    pair = make_key_pair(
        sector=about["sector"],
        entity_id=about["entity_id"],
        organization=about["organization"],
        identifier=about["identifier"],
        locality=about["locality"],
        now=datetime.now(UTC),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(private, pair.private.text(), _PRIVATE)
        _write(certificate, pair.certificate, _PUBLIC)
    except OSError:
        raise Misuse(f"{folder} cannot be written to") from None
    click.echo(f"{private}\n{certificate}")


def _write(path: Path, text: str, mode: int) -> None:
    """Write a file that is not there yet, at no moment readable for more people than it should."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)


@click.command("saml-metadata")
@click.argument("provider")
@click.option(
    "--options",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML with a table for the provider: its options, as the registrar is given them.",
)
@click.option(
    "--base-url",
    required=True,
    envvar="REGISTRAZIONE_BASE_URL",
    show_envvar=True,
    metavar="URL",
    help="Address of the pages.",
)
def metadata(provider: str, file: Path, base_url: str) -> None:
    """Print the metadata of this service for PROVIDER.

    PROVIDER is such as spid. It is the document that the pages have at /identity/PROVIDER/metadata,
    and that a registry asks for. Whom the service trusts need not be known yet.
    """
    try:
        told: dict[str, object] = tomllib.loads(file.read_text("utf-8"))
    except ValueError:
        raise Misuse(f"{file} is no TOML") from None
    settings = {**told, "base_url": base_url.rstrip("/")}
    for name, table in told.items():
        if isinstance(table, dict):
            settings[name] = {"identity_providers": _NOBODY, **cast("dict[str, object]", table)}
    try:
        made = PluginCatalogue().build(IDENTITY_PROVIDER, provider, settings=settings)
    except ValueError as error:
        raise Misuse(str(error)) from None
    document = made.document("metadata") if isinstance(made, ServesDocuments) else None
    if document is None:
        raise Misuse("its options lack a description, or it has no metadata")
    click.echo(document.body)
