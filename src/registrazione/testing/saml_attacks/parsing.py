"""Messages that mean to hurt whoever reads them, or to be read in two ways."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from registrazione.testing.saml_attacks.base import Attack, Response, Stage, tampered

_ROOT = b"<samlp:Response "
_MOST = 256 * 1024

Tamper = Callable[[bytes], bytes]


def _typed(declarations: bytes, use: bytes = b"") -> Tamper:
    """Return a change that puts a document type before the answer, and an entity into it."""

    def tamper(message: bytes) -> bytes:
        whole = b"<!DOCTYPE x [" + declarations + b"]>" + message
        return whole.replace(b">Adele<", b">" + use + b"<") if use else whole

    return tamper


def _bomb() -> bytes:
    """Return entities that would become a billion letters."""
    rows = [b'<!ENTITY a0 "lol">']
    rows += [b'<!ENTITY a%d "%b">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 10)]
    return b"".join(rows)


def _quadratic() -> bytes:
    return b'<!ENTITY q "' + b"q" * 50_000 + b'">'


def _levels(message: bytes, levels: int) -> bytes:
    return message.replace(
        b"<samlp:Status>", b"<x>" * levels + b"</x>" * levels + b"<samlp:Status>"
    )


def _deep(message: bytes) -> bytes:
    return _levels(message, 5_000)


def _nested(message: bytes) -> bytes:
    return _levels(message, 100)


def _large(message: bytes) -> bytes:
    return message.replace(b"<samlp:Status>", b" " * 3_000_000 + b"<samlp:Status>")


def _many(message: bytes) -> bytes:
    return message.replace(b"<samlp:Status>", b"<x/>" * 40_000 + b"<samlp:Status>")


def _many_attributes(message: bytes) -> bytes:
    listed = b" ".join(b'a%d="x"' % number for number in range(10_000))
    return message.replace(_ROOT, _ROOT + listed + b" ", 1)


def _many_namespaces(message: bytes) -> bytes:
    listed = b" ".join(b'xmlns:n%d="urn:%d"' % (number, number) for number in range(8_000))
    return message.replace(_ROOT, _ROOT + listed + b" ", 1)


def _include(message: bytes) -> bytes:
    include = (
        b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
        b'href="file:///etc/hostname" parse="text"/>'
    )
    return message.replace(b">Adele<", b">" + include + b"<")


def _in_utf_16(message: bytes) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-16"?>'.decode().encode(
        "utf-16"
    ) + message.decode().encode("utf-16-le")


def _in_utf_7(message: bytes) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-7"?>' + message


def _in_latin(message: bytes) -> bytes:
    return b'<?xml version="1.0" encoding="ISO-8859-1"?>' + message


def _comment(place: bytes) -> Tamper:
    """Return a change that cuts the text at ``place`` with a comment, and lengthens it."""

    def tamper(message: bytes) -> bytes:
        return message.replace(place, place[:-1] + b"<!---->.evil" + place[-1:])

    return tamper


_PARSED: Mapping[str, tuple[str, Tamper]] = MappingProxyType(
    {
        "document_type": ("a document type is never needed", _typed(b"")),
        "document_type_outside": (
            "nothing is fetched",
            lambda m: b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + m,
        ),
        "entity_of_a_file": (
            "no file is read",
            _typed(b'<!ENTITY x SYSTEM "file:///etc/hostname">', b"&x;"),
        ),
        "entity_of_the_network": (
            "nothing is fetched",
            _typed(b'<!ENTITY x SYSTEM "http://127.0.0.1:9/">', b"&x;"),
        ),
        "entity_inside": ("a text is what stands there", _typed(b'<!ENTITY x "Bruno">', b"&x;")),
        "entity_of_parameters": (
            "nothing is fetched",
            _typed(b'<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;'),
        ),
        "billion_laughs": ("entities do not grow", _typed(_bomb(), b"&a9;")),
        "quadratic": ("entities do not grow", _typed(_quadratic(), b"&q;" * 1_000)),
        "default_attributes": (
            "no attribute comes from a document type",
            _typed(b'<!ATTLIST samlp:Response ID ID "_x">'),
        ),
        "deep": ("messages are shallow", _deep),
        "nested": ("messages are shallow", _nested),
        "large": ("messages are short", _large),
        "many_elements": ("elements can be counted", _many),
        "many_attributes": ("an element has few attributes", _many_attributes),
        "many_namespaces": ("an element has few namespaces", _many_namespaces),
        "include": ("nothing is included", _include),
        "utf_16": ("there is one encoding", _in_utf_16),
        "utf_7": ("there is one encoding", _in_utf_7),
        "latin": ("there is one encoding", _in_latin),
        "not_utf_8": ("there is one encoding", lambda m: m.replace(b"Adele", b"Ad\xff\xfe")),
        "null_byte": ("a text has no null", lambda m: m.replace(b"Adele", b"Ad\x00le")),
        "null_reference": ("a text has no null", lambda m: m.replace(b"Adele", b"Ad&#0;le")),
        "instruction": (
            "a text is not read up to an instruction",
            lambda m: m.replace(b">Adele<", b">Ad<?x y?>ele<"),
        ),
        "cut": ("a message is whole", lambda m: m[: len(m) // 2]),
        "twice": ("a message has one root", lambda m: m + m),
        "text_after": ("a message has one root", lambda m: m + b"x"),
        "nothing": ("a message is something", lambda _m: b""),
        "space": ("a message is something", lambda _m: b" \n"),
        "html": ("a page is no answer", lambda _m: b"<!doctype html><p>Error</p>"),
        "soap": (
            "an envelope of another protocol is none",
            lambda m: (
                b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
                + m
                + b"</s:Body></s:Envelope>"
            ),
        ),
        "request": (
            "a request is no answer",
            lambda m: re.sub(rb"samlp:Response", rb"samlp:AuthnRequest", m),
        ),
        "logout_response": (
            "the end of a session is no beginning",
            lambda m: re.sub(rb"samlp:Response", rb"samlp:LogoutResponse", m),
        ),
        "comment_and_more_in_code": (
            "a text is not read up to a comment",
            lambda m: re.sub(rb"(TINIT-[A-Z0-9]{16})", rb"\1<!---->X", m),
        ),
        "comment_and_more_in_issuer": (
            "a text is not read up to a comment",
            _comment(b"https://idp.example<"),
        ),
    }
)


def _posted(stage: Stage, value: Callable[[str], object]) -> Response:
    fields = stage.idp.answer(stage.draft())
    return {**fields, "SAMLResponse": value(fields["SAMLResponse"])}


_ENCODED: Mapping[str, tuple[str, Callable[[str], object]]] = MappingProxyType(
    {
        "encoding_not_base64": ("a message is base64", lambda _v: "<samlp:Response/>"),
        "encoding_trailing": ("base64 has one spelling", lambda v: f"{v}****"),
        "encoding_url_alphabet": ("base64 has one alphabet", lambda v: f"-_{v[2:]}"),
        "encoding_spaces": ("base64 has one alphabet", lambda v: f"{v[:8]}    {v[8:]}"),
        "encoding_letters_beyond": ("base64 has one alphabet", lambda v: f"Ａ{v[1:]}"),
        "encoding_too_long": ("a field is short", lambda v: v + "A" * _MOST * 2),
        "encoding_bytes": ("a field is text", lambda v: v.encode()),
        "encoding_list": ("a field is there once", lambda v: [v, v]),
        "encoding_none": ("a field is text", lambda _v: None),
        "encoding_twice": (
            "a message is encoded once",
            lambda v: base64.b64encode(v.encode()).decode(),
        ),
    }
)

PARSING_ATTACKS: tuple[Attack, ...] = (
    *(
        Attack(name=f"parsing_{one}", proves=proves, make=partial(tampered, tamper=tamper))
        for one, (proves, tamper) in _PARSED.items()
    ),
    *(
        Attack(name=f"parsing_{one}", proves=proves, make=partial(_posted, value=value))
        for one, (proves, value) in _ENCODED.items()
    ),
)
"""Each something that is no answer, or hurts whoever thinks it is."""
