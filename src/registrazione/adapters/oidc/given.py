"""What settings say in texts and paths, read: keys and key sets.

The errors name what is wrong and never what was given: a key may stand where a path was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from registrazione.adapters.oidc.reading import json_object
from registrazione.core.secret import Secret
from registrazione.ports import IdentityError

_PEM = "-----BEGIN"


def private_key(told: object) -> Secret:
    """Return a private key that is given as it is, in PEM or as a JWK, or as a file of PEM.

    Args:
        told: The key, plain or as a :class:`~registrazione.core.secret.Secret`, or a path.

    Raises:
        ValueError: There is no such file.
    """
    given = told.reveal() if isinstance(told, Secret) else told
    if isinstance(given, Path) or (isinstance(given, str) and _PEM not in given):
        try:
            return Secret(Path(given).read_text("ascii"))
        except (OSError, ValueError):
            raise ValueError("a private key is PEM, or a file of it that can be read") from None
    return Secret(given)


def anchors(told: object) -> Mapping[str, Mapping[str, Any]]:
    """Return the key sets of trust anchors, by entity identifier.

    Args:
        told: A mapping; each set is one as well, or the path of a file with its JSON.

    Raises:
        ValueError: It is something else.
    """
    if not isinstance(told, Mapping):
        raise ValueError("trust_anchors are key sets by entity identifier")  # noqa: TRY004 - a setting
    sets = cast("Mapping[str, object]", told)
    return {entity: _key_set(keys) for entity, keys in sets.items()}


def _key_set(told: object) -> Mapping[str, Any]:
    if isinstance(told, Mapping):
        return cast("Mapping[str, Any]", told)
    try:
        return json_object(Path(cast("str", told)).read_bytes())
    except (IdentityError, OSError, TypeError, ValueError):
        raise ValueError("trust_anchors: a key set is a mapping, or a file of its JSON") from None
