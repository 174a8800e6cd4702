"""What settings say in texts and paths, read: keys, certificates, metadata, and who we are.

The errors name what is wrong and never what was given: a key may stand where a path was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import attrs
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from registrazione.adapters.given import pem
from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.metadata import Billing, Contact, Description, Organization
from registrazione.adapters.saml.metadata_sources import (
    MetadataDownload,
    MetadataFiles,
    MetadataSource,
    MetadataText,
)
from registrazione.core.secret import Secret
from registrazione.ports import Clock

_PAIR: Final = 2
_KINDS: Final[Mapping[str, type]] = {
    "organization": Organization,
    "contact": Contact,
    "aggregated": Contact,
    "technical": Contact,
    "billing": Billing,
}


def read_keys(told: object) -> tuple[SigningKey, ...]:
    """Return the service's keys, the newest first.

    Args:
        told: One pair of key and certificate, or several; each part is PEM, plain or as a
            :class:`~registrazione.core.secret.Secret`, or the path of a file with it.

    Raises:
        ValueError: They are no such pairs.
    """
    whole = _listed(told)
    pairs = [whole] if whole and all(_is_text(one) for one in whole) else map(_listed, whole)
    return tuple(_key(pair) for pair in pairs)


def _listed(told: object) -> list[Any]:
    if not isinstance(told, list | tuple):
        raise ValueError("keys are pairs of key and certificate")  # noqa: TRY004 - a setting
    return list(cast("Iterable[Any]", told))


def _is_text(told: object) -> bool:
    return isinstance(told, str | Path | Secret)


def _key(pair: Sequence[object]) -> SigningKey:
    if len(pair) != _PAIR:
        raise ValueError("keys are pairs of key and certificate")
    private, certificate = (pem("keys", part) for part in pair)
    try:
        return SigningKey.from_pem(Secret(private), certificate)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        # Nothing of the cause: it may show what was given.
        message = (
            "keys: a pair is an RSA key of at least 2048 bits without passphrase and its "
            "certificate, in PEM"
        )
        raise ValueError(message) from None


def read_certificates(told: object) -> tuple[x509.Certificate, ...]:
    """Return those whose signature metadata have to have.

    Args:
        told: One or several, PEM or paths; ``None``: none.

    Raises:
        ValueError: They are no certificates.
    """
    if told is None:
        return ()
    several: Sequence[object] = (
        cast("Sequence[object]", told) if isinstance(told, list | tuple) else (told,)
    )
    try:
        return tuple(
            x509.load_pem_x509_certificate(pem("signed_by", one).encode()) for one in several
        )
    except ValueError:
        raise ValueError("signed_by: certificates, in PEM, or the paths of their files") from None


def metadata_source(
    told: Any,  # noqa: ANN401 - several kinds of things
    clock: Clock,
    signed_by: tuple[x509.Certificate, ...],
) -> MetadataSource:
    """Return where the identity providers come from.

    Args:
        told: A path of a file or a folder, several paths, a document, several documents, a
            function that fetches them, or a source.
        clock: Tells which are valid.
        signed_by: Whose signature they have to have.

    Raises:
        ValueError: It is none of these, or there is no such file.
    """
    if isinstance(told, MetadataSource):
        return told
    if callable(told):
        fetch = cast("Callable[[], Iterable[bytes]]", told)
        return MetadataDownload(fetch=fetch, clock=clock, signed_by=signed_by)
    several = list(cast("Iterable[Any]", told)) if isinstance(told, list | tuple) else [told]
    if all(isinstance(one, bytes) for one in several):
        return MetadataText(documents=tuple(several), clock=clock, signed_by=signed_by)
    if not all(isinstance(one, str | Path) for one in several):
        raise ValueError("identity_providers are paths, documents in bytes, or a function")
    if any(str(one).startswith(("http:", "https:")) for one in several):
        raise ValueError("identity_providers: give a function that fetches what has an address")
    paths = tuple(Path(one) for one in several)
    for path in paths:
        if not path.exists():
            message = f"identity_providers: there is no {path}"
            raise ValueError(message)
    return MetadataFiles(path=paths, clock=clock, signed_by=signed_by)


def described(told: object) -> Description | None:
    """Return who is behind the service, as the metadata say.

    Args:
        told: A description, or mappings with the same names; ``None``: it is served elsewhere.

    Raises:
        ValueError: Something is missing or unknown.
    """
    if told is None or isinstance(told, Description):
        return told
    parts = dict(_mapping(told, "description"))
    for key, kind in _KINDS.items():
        if key in parts and not isinstance(parts[key], kind):
            parts[key] = _made(kind, parts[key], f"description.{key}")
    return cast("Description", _made(Description, parts, "description"))


def _made(kind: type, told: object, name: str) -> object:
    """Return an object of the mapping, whose names have to be those of its attributes."""
    parts = _mapping(told, name)
    known = {one.name: one.default is attrs.NOTHING for one in attrs.fields(kind)}
    unknown = sorted(str(one) for one in parts if one not in known)
    if unknown:
        message = f"{name} has no {', '.join(unknown)}; it has {', '.join(known)}"
        raise ValueError(message)
    missing = [one for one, needed in known.items() if needed and one not in parts]
    if missing:
        message = f"{name} lacks {', '.join(missing)}"
        raise ValueError(message)
    return kind(**parts)


def _mapping(told: object, name: str) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        message = f"{name} is a mapping"
        raise ValueError(message)  # noqa: TRY004 - a setting
    return cast("Mapping[str, Any]", told)
