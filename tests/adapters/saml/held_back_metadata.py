"""Held-back attacks on what is trusted: metadata that say too much, too late, or by nobody's hand.

The answer is always well signed, by a key that these metadata must not lend a voice to.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from tests.adapters.saml.held_back_saml import BOTH, Battery
from tests.adapters.saml.held_back_signer import DS, NAMES, copied, read, seal, swapped
from tests.adapters.saml.stage import provider

from registrazione.adapters.saml import MetadataText
from registrazione.testing.saml_idp import key_for

METADATA = Battery()
TRUE_METADATA = Battery()
_PAST = 'validUntil="2026-11-05T08:59:59Z"'
_SPACES = f'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="{DS}"'
_SAML_1 = "urn:oasis:names:tc:SAML:1.1:protocol"
_SAML_2 = NAMES["samlp"]
_REGISTRY = key_for("held-back registry")


def _role(key, *, protocols=_SAML_2, more="", address="https://idp.example/sso"):
    encoded = base64.b64encode(key.certificate.public_bytes(Encoding.DER)).decode()
    return (
        f'<md:IDPSSODescriptor {more} protocolSupportEnumeration="{protocols}"><md:KeyDescriptor>'
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{encoded}</ds:X509Certificate></ds:X509Data>"
        "</ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService "
        f'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{address}"/>'
        "</md:IDPSSODescriptor>"
    )


def _entity(inner, name="https://idp.example", more=""):
    return f'<md:EntityDescriptor {_SPACES} entityID="{name}" {more}>{inner}</md:EntityDescriptor>'


def _group(inner, more=""):
    return f"<md:EntitiesDescriptor {_SPACES} {more}>{inner}</md:EntitiesDescriptor>"


def _signed(text, key=_REGISTRY):
    root = read(text)
    root.set("ID", "_metadata")
    seal(root, key, at=0)
    return root


def _answered(scene, *documents, key=None, signed_by=()):
    """Return a true answer to a service that trusts those documents."""
    asked = scene.ask()
    source = MetadataText(
        documents=tuple(text.encode() for text in documents),
        clock=scene.clock,
        signed_by=tuple(one.certificate for one in signed_by),
    )
    scene.service = provider(scene.clock, (), scene.profile, identity_providers=source)
    return scene.sealed(asked, scene.draft(asked), key=key).form()


def _about(documents, key=lambda _scene: None):
    return lambda scene: _answered(scene, *documents(scene), key=key(scene))


def _stranger(scene):
    return scene.stranger.key


METADATA.table(
    "SAML Metadata 2.3: what has lapsed is not to be relied on, nor is what stands in it.",
    {
        "a_list_that_has_lapsed": lambda s: [_group(_entity(_role(s.idp.key)), _PAST)],
        "a_list_in_a_list_that_has_lapsed": lambda s: [
            _group(_group(_entity(_role(s.idp.key)), _PAST))
        ],
        "a_provider_in_a_list_that_has_lapsed": lambda s: [
            _group(_group(_entity(_role(s.idp.key), more=_PAST)))
        ],
        "a_role_that_has_lapsed": lambda s: [_entity(_role(s.idp.key, more=_PAST))],
        "one_of_two_documents_has_lapsed": lambda s: [
            _entity(_role(s.idp.key), more=_PAST),
            s.other.metadata().decode(),
        ],
        "an_instant_that_is_none": lambda s: [_entity(_role(s.idp.key), more='validUntil="soon"')],
    },
    _about,
)
METADATA.table(
    "SAML Metadata 2.4.1: a key signs for the role, the protocol and the provider that it is of.",
    {
        "an_older_protocol_s_key": lambda s: [
            _entity(_role(s.stranger.key, protocols=_SAML_1) + _role(s.idp.key))
        ],
        "two_roles": lambda s: [_entity(_role(s.stranger.key) + _role(s.idp.key))],
        "one_name_for_two": lambda s: [
            _group(_entity(_role(s.stranger.key)) + _entity(_role(s.idp.key)))
        ],
        "a_provider_in_another_s_extensions": lambda s: [
            _entity(
                f"<md:Extensions>{_entity(_role(s.stranger.key))}</md:Extensions>"
                + _role(s.other.key),
                "https://other.example",
            )
        ],
        "a_list_in_another_s_role": lambda s: [
            _entity(
                _role(s.other.key).replace(
                    "</md:IDPSSODescriptor>",
                    f"{_group(_entity(_role(s.stranger.key)))}</md:IDPSSODescriptor>",
                ),
                "https://other.example",
            )
        ],
    },
    lambda documents: _about(documents, _stranger),
)


# -- where browsers are sent ---------------------------------------------------------------------

METADATA.table(
    "CWE-601, CWE-79: an address that is none of the web leads no browser anywhere.",
    {
        f"address_{number}": lambda s, address=address: [_entity(_role(s.idp.key, address=address))]
        for number, address in enumerate(
            (
                "javascript:alert(1)",
                "JavaScript:alert(1)",
                "data:text/html,x",
                "//idp.example/sso",
                "/sso",
                "https:///sso",
                "https://idp.example/&#10;Set-Cookie:x",
                "https://idp.example/&quot;&gt;&lt;script&gt;",
                " https://idp.example/sso",
            )
        )
    },
    _about,
)


# -- who signed them -----------------------------------------------------------------------------


def _beside_the_signed(scene):
    """Return metadata of a stranger's key beside those that the registry signed."""
    return _signed(_entity(_role(scene.idp.key))), read(_entity(_role(scene.stranger.key)))


def _in_a_list(good, evil):
    whole = read(_group(""))
    whole.extend([evil, good])
    return whole


def _in_an_extension(good, evil):
    holder = read(f"<md:Extensions {_SPACES}/>")
    holder.append(good)
    evil.insert(0, holder)
    return evil


def _with_the_signature_of_it(good, evil):
    (signature,) = good.findall(f"{{{DS}}}Signature")
    good.remove(signature)
    evil.insert(0, signature)
    return _in_an_extension(good, evil)


def _with_its_name(good, evil):
    (signature,) = good.findall(f"{{{DS}}}Signature")
    evil.set("ID", "_metadata")
    evil.insert(0, copied(signature))
    return evil


def _after_it_was_signed(good, evil):
    good.extend(list(evil))
    return good


def _text(root):
    return etree.tostring(root).decode()


METADATA.table(
    "Metadata that the registry did not sign as they stand name nobody.",
    {
        f"registry{change.__name__}": change
        for change in (
            _in_a_list,
            _in_an_extension,
            _with_the_signature_of_it,
            _with_its_name,
            _after_it_was_signed,
        )
    },
    lambda change: (
        lambda scene: _answered(
            scene,
            _text(change(*_beside_the_signed(scene))),
            key=scene.stranger.key,
            signed_by=(_REGISTRY,),
        )
    ),
)
METADATA.table(
    "Nor do metadata that somebody else signed, or nobody.",
    {
        "registry_signed_nothing": lambda s: _entity(_role(s.idp.key)),
        "registry_signed_a_part": lambda s: _group(_text(_signed(_entity(_role(s.idp.key))))),
        "registry_is_the_provider": lambda s: _text(_signed(_entity(_role(s.idp.key)), s.idp.key)),
    },
    lambda make: lambda scene: _answered(scene, make(scene), signed_by=(_REGISTRY,)),
)


# -- what was read is kept -----------------------------------------------------------------------


def _kept(until, wait):
    """Return what comes after the metadata were read once, and some time went by."""

    def make(scene):
        asked = scene.ask()
        text = _entity(_role(scene.idp.key), more=f'validUntil="{until}"')
        source = MetadataText(documents=(text.encode(),), clock=scene.clock)
        scene.service = provider(scene.clock, (), scene.profile, identity_providers=source)
        scene.service.verify(scene.sheet(asked=asked).form())
        later = scene.ask()
        scene.clock.go_on(seconds=wait)
        return scene.sealed(later, scene.draft(later)).form()

    return make


METADATA.table(
    "SAML Metadata 2.3: what was read once lapses all the same, at the second that it says.",
    {
        "kept_to_the_second": ("2026-11-05T09:00:30Z", 30),
        "kept_longer": ("2026-11-05T09:00:01Z", 9),
    },
    lambda case: _kept(*case),
)


# -- what may be otherwise -----------------------------------------------------------------------

TRUE_METADATA.table(
    "What the metadata of others say, or another protocol's, takes nobody's trust away.",
    {
        "metadata_list_in_a_list": lambda s: [_group(_group(_entity(_role(s.idp.key))))],
        "metadata_another_document_has_lapsed": lambda s: [
            _entity(_role(s.other.key), "https://other.example", _PAST),
            _entity(_role(s.idp.key)),
        ],
        "metadata_another_list_has_lapsed": lambda s: [
            _group(
                _group(_entity(_role(s.other.key), "https://other.example"), _PAST)
                + _entity(_role(s.idp.key))
            )
        ],
        "metadata_an_older_protocol_beside": lambda s: [
            _entity(_role(s.stranger.key, protocols=_SAML_1) + _role(s.idp.key))
        ],
        "metadata_two_protocols_in_one": lambda s: [
            _entity(_role(s.idp.key, protocols=f"{_SAML_1} {_SAML_2}"))
        ],
        "metadata_without_protocol": lambda s: [
            swapped(_entity(_role(s.idp.key)), (f' protocolSupportEnumeration="{_SAML_2}"', ""))
        ],
        "metadata_of_services_beside": lambda s: [
            _group(
                _entity("<md:SPSSODescriptor/>", "https://sp.example", 'validUntil="2026"')
                + _entity(_role(s.idp.key))
            )
        ],
        "metadata_for_an_hour": lambda s: [
            _entity(_role(s.idp.key), more='cacheDuration="PT1H" validUntil="2026-11-05T09:00:01Z"')
        ],
        "metadata_for_no_length_at_all": lambda s: [
            _entity(_role(s.idp.key), more='cacheDuration="a while"')
        ],
        "metadata_with_a_port_and_a_query": lambda s: [
            _entity(_role(s.idp.key, address="https://[::1]:8443/a/sso?x=1&amp;y='2'"))
        ],
    },
    _about,
    *BOTH,
)
TRUE_METADATA.add(
    "metadata_that_the_registry_signed",
    "What is signed as a whole is believed as a whole.",
    lambda scene: _answered(
        scene, _text(_signed(_group(_entity(_role(scene.idp.key))))), signed_by=(_REGISTRY,)
    ),
    *BOTH,
)
