"""Unusual answers that a service has to accept: one that refuses everything proves nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from registrazione.adapters.saml.profiles import LEVELS
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_attacks.base import (
    Benign,
    Changes,
    Response,
    Stage,
    drafted,
    tampered,
)

_HIGHEST = next(uri for uri, number in LEVELS.items() if number == 3)  # noqa: PLR2004 - SpidL3
_BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
_MILLISECONDS = ".123Z"


def _in_lines(stage: Stage) -> Response:
    fields = stage.idp.answer(stage.draft())
    encoded = base64.encodebytes(base64.b64decode(fields["SAMLResponse"])).decode()
    return {**fields, "SAMLResponse": encoded}


def _other_provider(stage: Stage) -> Response:
    return stage.other.answer(stage.other.draft(stage.asked(stage.other), PEOPLE.adele))


def _more_fields(stage: Stage) -> Response:
    return {**stage.idp.answer(stage.draft()), "from_here": "yes"}


_DRAFTS: Mapping[str, Changes] = MappingProxyType(
    {
        "plain": lambda _s, _d: {},
        "level_higher": lambda _s, _d: {"context": _HIGHEST},
        "issuer_without_format": lambda _s, _d: {"issuer_format": None},
        "milliseconds": lambda _s, d: {"issued_at": f"{str(d.issued_at)[:-1]}{_MILLISECONDS}"},
        "clock_behind": lambda s, _d: {"issued_at": s.instant(-s.skew.total_seconds())},
        "clock_ahead": lambda s, _d: {"issued_at": s.instant(s.skew.total_seconds())},
        "begins_with_skew": lambda s, _d: {"begins_at": s.instant(s.skew.total_seconds())},
        "ends_with_skew": lambda s, _d: {"ends_at": s.instant(1 - s.skew.total_seconds())},
        "session_index": lambda _s, _d: {"session_index": "_session"},
        "one_time": lambda _s, _d: {
            "edits": (("</saml:Conditions>", "<saml:OneTimeUse/></saml:Conditions>"),)
        },
        "name_in_spaces": lambda _s, d: {"name_id": f"\n  {d.name_id}\n "},
        "attribute_empty": lambda _s, d: {"attributes": (*d.attributes, ("digitalAddress", ""))},
        "attribute_unknown": lambda _s, d: {"attributes": (*d.attributes, ("other", "value"))},
        "attribute_with_name_format": lambda _s, _d: {
            "edits": (("<saml:Attribute Name", f'<saml:Attribute NameFormat="{_BASIC}" Name'),)
        },
        "indented": lambda _s, _d: {"edits": (("><saml:", ">\n    <saml:"),)},
        "extensions": lambda _s, _d: {
            "edits": (("<samlp:Status>", "<samlp:Extensions/><samlp:Status>"),)
        },
        "success_with_a_message": lambda _s, _d: {
            "edits": (
                (
                    "</samlp:Status>",
                    "<samlp:StatusMessage>Ok</samlp:StatusMessage></samlp:Status>",
                ),
            )
        },
        "comment_between": lambda _s, _d: {
            "edits": (("<saml:Conditions", "<!-- nothing --><saml:Conditions"),)
        },
        "character_data": lambda _s, _d: {"edits": ((">Adele<", "><![CDATA[Adele]]><"),)},
    }
)

_BYTES: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        "declaration": lambda m: b'<?xml version="1.0" encoding="UTF-8"?>\n' + m,
        "byte_order_mark": lambda m: b"\xef\xbb\xbf" + m,
        "comment_in_text": lambda m: m.replace(b">Adele<", b">Ad<!-- cut -->ele<"),
        "attributes_in_other_order": lambda m: m.replace(b"<saml:Issuer ", b"<saml:Issuer  ", 1),
    }
)

BENIGN: tuple[Benign, ...] = (
    *(
        Benign(name=name, make=partial(drafted, changes=changes))
        for name, changes in _DRAFTS.items()
    ),
    *(Benign(name=name, make=partial(tampered, tamper=tamper)) for name, tamper in _BYTES.items()),
    Benign(name="base64_in_lines", make=_in_lines),
    Benign(name="another_provider_that_was_asked", make=_other_provider),
    Benign(name="more_fields", make=_more_fields),
)
"""Each about Adele Trovamala, and all of it true."""
