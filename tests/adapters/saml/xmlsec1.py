"""A stand-in for the program `xmlsec1`, over the same library: what the conformance suite calls.

It signs and verifies with libxmlsec1, which this project has no part in.
"""

from __future__ import annotations

import base64
import itertools
import sys
from pathlib import Path

import xmlsec
from lxml import etree

VERSION = "xmlsec1 1.2.37 (openssl)"


def run(arguments: list[str]) -> int:
    """Do what the program does with those arguments; return its exit status."""
    if "--version" in arguments:
        sys.stdout.write(f"{VERSION}\n")
        return 0
    options = dict(itertools.pairwise(arguments))
    root = etree.fromstring(Path(arguments[-1]).read_bytes())
    _know_ids(root, arguments)
    context = xmlsec.SignatureContext()
    node = xmlsec.tree.find_node(root, xmlsec.constants.NodeSignature)
    if node is None:
        sys.stderr.write("no signature\n")
        return 1
    try:
        if "--sign" in arguments:
            private, *certificates = options["--privkey-pem"].split(",")
            context.key = xmlsec.Key.from_file(private, xmlsec.constants.KeyDataFormatPem)
            for certificate in certificates:
                context.key.load_cert_from_file(certificate, xmlsec.constants.KeyDataFormatPem)
            context.sign(node)
            Path(options["--output"]).write_bytes(etree.tostring(root))
        else:
            context.key = _public_key(options, node)
            context.verify(node)
    except xmlsec.Error as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write("OK\n")
    return 0


def _public_key(options: dict[str, str], node: etree._Element) -> xmlsec.Key:
    """Return the key that is named, or else the one that the signature shows."""
    if "--pubkey-pem" in options:
        return xmlsec.Key.from_file(options["--pubkey-pem"], xmlsec.constants.KeyDataFormatPem)
    shown = base64.b64decode(next(node.iter("{*}X509Certificate")).text)
    return xmlsec.Key.from_memory(shown, xmlsec.constants.KeyDataFormatCertDer)


def _know_ids(root: etree._Element, arguments: list[str]) -> None:
    """Tell the library which attributes are IDs, as `--id-attr:ID element` says."""
    for option, value in itertools.pairwise(arguments):
        if option.startswith("--id-attr:"):
            local = value.strip('"').rpartition(":")[2]
            for element in root.iter(f"{{*}}{local}"):
                if element.get("ID"):
                    xmlsec.tree.add_ids(element, ["ID"])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
