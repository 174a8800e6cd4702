"""XML with limits: no document type, no entity, no network, and nothing large or deep.

Everything here reads bytes that a stranger may have written. What is looked up is a child of its
parent, never something found anywhere below: that is how wrapped signatures fool readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from lxml import etree

from registrazione.adapters.saml.faults import Rejected

__all__ = [
    "MOST_BYTES",
    "MOST_DEPTH",
    "NAMESPACES",
    "Element",
    "build",
    "child",
    "children",
    "has_no_ids_twice",
    "name",
    "only",
    "parse",
    "serialised",
    "text",
]

MOST_BYTES = 256 * 1024
"""Bytes of a message; those of real providers have 10 to 20 KiB."""
MOST_DEPTH = 32
"""Elements within one another; a response with two signatures has ten."""
MOST_ELEMENTS = 5_000
"""Elements in a message; a response has about a hundred, the metadata of all providers 1,500."""
MOST_NAMES = 64
"""Attributes of one element, and as many namespaces."""

NAMESPACES: Mapping[str, str] = {
    "alg": "urn:oasis:names:tc:SAML:metadata:algsupport",
    "cie": "https://www.cartaidentita.interno.gov.it/saml-extensions",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "ec": "http://www.w3.org/2001/10/xml-exc-c14n#",
    "fpa": "https://spid.gov.it/invoicing-extensions",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "mdui": "urn:oasis:names:tc:SAML:metadata:ui",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "spid": "https://spid.gov.it/saml-extensions",
    "xml": "http://www.w3.org/XML/1998/namespace",
    "xs": "http://www.w3.org/2001/XMLSchema",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}

Element: TypeAlias = etree._Element  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
"""An element; lxml has no public name for it."""

_SPACE = " \t\r\n"
"""XML 1.0, 2.3; any other belongs to the text, and may be what tells two people apart."""
_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")
_ID_NAMES = frozenset({"id", "Id", "ID", "iD", f"{{{NAMESPACES['xml']}}}id"})


def name(qualified: str) -> str:
    """Return lxml's spelling of a name such as ``saml:Issuer``; one without prefix stays.

    Args:
        qualified: Prefix of :data:`NAMESPACES`, colon, local name.
    """
    prefix, colon, local = qualified.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else qualified


def parse(data: bytes) -> Element:
    """Return the root of a message that a stranger may have written (SAML Security 6.1; CWE-611).

    Args:
        data: UTF-8, at most :data:`MOST_BYTES`.

    Raises:
        Rejected: It is too long, too deep, no XML in UTF-8, or has a document type or a processing
            instruction, none of which SAML ever needs.
    """
    if len(data) > MOST_BYTES:
        raise Rejected("xml.size")
    _check_encoding(data)
    if b"<!DOCTYPE" in data:
        raise Rejected("xml.document_type")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=False,
        remove_pis=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Rejected("xml.syntax") from None
    _check_tree(root)
    return root


def _check_encoding(data: bytes) -> None:
    """Make sure that everybody reads the same characters."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected("xml.encoding") from None
    declared = _DECLARATION.match(data)
    encoding = _ENCODING.search(declared.group()) if declared else None
    if encoding is not None and encoding.group(1).lower() not in {b"utf-8", b"utf8"}:
        raise Rejected("xml.encoding")


def _check_tree(root: Element) -> None:
    """Make sure that a tree is of elements, text and comments, and not deep."""
    if next(root.iter(etree.ProcessingInstruction, etree.Entity), None) is not None:
        raise Rejected("xml.instruction")
    level, depth, count = [root], 0, 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > MOST_DEPTH:
            raise Rejected("xml.depth")
        if count > MOST_ELEMENTS:
            raise Rejected("xml.crowded")
        below: list[Element] = []
        for element in level:
            if len(element.attrib) > MOST_NAMES or len(element.nsmap) > MOST_NAMES:
                raise Rejected("xml.crowded")
            below.extend(element.iterchildren("*"))
        level = below


def has_no_ids_twice(root: Element) -> bool:
    """Tell whether each ID stands in one place only, however the attribute is spelled.

    Args:
        root: What is looked through.
    """
    found: list[str] = [
        str(value)
        for element in root.iter(etree.Element)
        for key, value in element.attrib.items()
        if str(key) in _ID_NAMES
    ]
    return len(found) == len(set(found))


def children(parent: Element, qualified: str) -> list[Element]:
    """Return the children of one name.

    Args:
        parent: Of whom.
        qualified: Such as ``saml:Issuer``.
    """
    return parent.findall(name(qualified))


def child(parent: Element, qualified: str) -> Element | None:
    """Return the child of that name, if there is one.

    Args:
        parent: Of whom.
        qualified: Such as ``saml:Issuer``.

    Raises:
        Rejected: There are several: readers would differ on which counts.
    """
    found = children(parent, qualified)
    if len(found) > 1:
        raise Rejected(f"xml.twice:{qualified}")
    return found[0] if found else None


def only(parent: Element, qualified: str) -> Element:
    """Return the one child of that name.

    Args:
        parent: Of whom.
        qualified: Such as ``saml:Issuer``.

    Raises:
        Rejected: There is none, or more than one.
    """
    found = child(parent, qualified)
    if found is None:
        raise Rejected(f"xml.missing:{qualified}")
    return found


def text(element: Element) -> str:
    """Return the text of an element, without the space around it that XML knows.

    Args:
        element: One that holds text only.

    Raises:
        Rejected: Something stands between: reading up to it would cut the text (CVE-2017-11427).
    """
    if len(element):
        raise Rejected("xml.mixed_text")
    return (element.text or "").strip(_SPACE)


def build(
    qualified: str,
    *inner: Element | None,
    attributes: Mapping[str, str | None] | None = None,
    content: str | None = None,
    declare: Iterable[str] = (),
) -> Element:
    """Return a new element; what is ``None`` among children and attributes is left out.

    Args:
        qualified: Its name, such as ``md:EntityDescriptor``.
        inner: Its children.
        attributes: By name, such as ``Location`` or ``xml:lang``.
        content: Its text.
        declare: More prefixes that it declares.
    """
    prefixes = {qualified.partition(":")[0], *declare}
    element = etree.Element(
        name(qualified), nsmap={prefix: NAMESPACES[prefix] for prefix in sorted(prefixes)}
    )
    for key, value in (attributes or {}).items():
        if value is not None:
            element.set(name(key), value)
    element.text = content
    element.extend([one for one in inner if one is not None])
    return element


def serialised(element: Element) -> bytes:
    """Return an element as UTF-8, with the namespaces that it stands in and nothing after it.

    Args:
        element: Any one of a tree.
    """
    return etree.tostring(element, encoding="utf-8", with_tail=False, xml_declaration=False)
