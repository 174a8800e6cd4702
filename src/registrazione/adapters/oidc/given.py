"""What settings say in mappings and paths, read: the key sets of trust anchors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from registrazione.adapters.oidc.reading import json_object
from registrazione.ports import IdentityError


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
