"""Genuine signatures around, beside and below something else (Somorovsky and others, 2012).

Somebody has a genuine answer about themselves and wants to be somebody else. Namespaces stay as
they are: a reader that trips over odd names would refuse for the wrong reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial
from types import MappingProxyType

from registrazione.adapters.saml.xml import Element, build, name, only
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_attacks.base import Attack, reshaped

Reshape = Callable[[Element, Element], Element | None]


def forged(assertion: Element, identifier: str | None = "_forged") -> Element:
    """Return an assertion about somebody else, without signature.

    Args:
        assertion: A genuine one.
        identifier: Its ID; ``None``: that of the genuine one.
    """
    copy = deepcopy(assertion)
    copy.tail = None
    copy.remove(only(copy, "ds:Signature"))
    if identifier is not None:
        copy.set("ID", identifier)
    for attribute in copy.iter(name("saml:Attribute")):
        if attribute.get("Name") == "fiscalNumber":
            value = only(attribute, "saml:AttributeValue")
            value.text = f"TINIT-{PEOPLE.bruno.codice_fiscale}"
        if attribute.get("Name") == "spidCode":
            only(attribute, "saml:AttributeValue").text = "TESTFORGED0000"
    return copy


def _forged_response(root: Element, identifier: str = "_forgedresponse") -> Element:
    copy = deepcopy(root)
    copy.set("ID", identifier)
    only(copy, "saml:Assertion")
    genuine = only(copy, "saml:Assertion")
    copy.replace(genuine, forged(genuine))
    return copy


def _first(root: Element, assertion: Element) -> None:
    root.insert(root.index(assertion), forged(assertion))


def _last(root: Element, assertion: Element) -> None:
    root.append(forged(assertion))


def _same_id_first(root: Element, assertion: Element) -> None:
    root.insert(root.index(assertion), forged(assertion, None))


def _same_id_last(root: Element, assertion: Element) -> None:
    root.append(forged(assertion, None))


def _around(root: Element, assertion: Element) -> None:
    evil = forged(assertion)
    root.replace(assertion, evil)
    evil.append(assertion)


def _around_same_id(root: Element, assertion: Element) -> None:
    evil = forged(assertion, None)
    root.replace(assertion, evil)
    evil.append(assertion)


def _in_advice(root: Element, assertion: Element) -> None:
    evil = forged(assertion)
    root.replace(assertion, evil)
    advice = build("saml:Advice", assertion)
    evil.insert(evil.index(only(evil, "saml:Conditions")) + 1, advice)


def _signature_moved(root: Element, assertion: Element) -> None:
    """The forged one carries the genuine signature, the genuine one follows."""
    evil = forged(assertion)
    signature = only(assertion, "ds:Signature")
    assertion.remove(signature)
    evil.insert(1, signature)
    root.replace(assertion, evil)
    root.append(assertion)


def _in_signature(root: Element, assertion: Element) -> None:
    """The forged one carries the genuine signature, in which the genuine one stands."""
    evil = forged(assertion)
    signature = only(assertion, "ds:Signature")
    assertion.remove(signature)
    evil.insert(1, signature)
    root.replace(assertion, evil)
    signature.append(assertion)


def _in_object(root: Element, assertion: Element) -> None:
    evil = forged(assertion)
    signature = only(assertion, "ds:Signature")
    assertion.remove(signature)
    evil.insert(1, signature)
    root.replace(assertion, evil)
    signature.append(build("ds:Object", assertion))


def _in_object_same_id(root: Element, assertion: Element) -> None:
    evil = forged(assertion, None)
    signature = only(assertion, "ds:Signature")
    assertion.remove(signature)
    evil.insert(1, signature)
    root.replace(assertion, evil)
    signature.append(build("ds:Object", assertion))


def _in_extensions(root: Element, assertion: Element) -> None:
    root.replace(assertion, forged(assertion))
    root.insert(1, build("samlp:Extensions", assertion))


def _forged_in_extensions(root: Element, assertion: Element) -> None:
    root.insert(1, build("samlp:Extensions", forged(assertion, None)))


def _in_status_detail(root: Element, assertion: Element) -> None:
    root.replace(assertion, forged(assertion))
    only(root, "samlp:Status").append(build("samlp:StatusDetail", assertion))


def _in_encrypted(root: Element, assertion: Element) -> None:
    root.replace(assertion, forged(assertion))
    root.append(build("saml:EncryptedAssertion", assertion))


def _in_key_info(root: Element, assertion: Element) -> None:
    root.replace(assertion, forged(assertion))
    evil = only(root, "saml:Assertion")
    evil.insert(1, build("ds:Signature", build("ds:KeyInfo", assertion)))


def _with_two_signatures(root: Element, assertion: Element) -> None:
    """The forged one has a signature that is nothing, then the genuine one."""
    evil = forged(assertion)
    signature = only(assertion, "ds:Signature")
    evil.insert(1, deepcopy(signature))
    evil.insert(2, deepcopy(signature))
    root.replace(assertion, evil)


def _genuine_signature_only(root: Element, assertion: Element) -> None:
    evil = forged(assertion, None)
    evil.insert(1, deepcopy(only(assertion, "ds:Signature")))
    root.replace(assertion, evil)


def _lower_case_id(root: Element, assertion: Element) -> None:
    """Two elements share an ID, spelled in two ways."""
    evil = forged(assertion)
    evil.set("Id", assertion.attrib["ID"])
    root.insert(root.index(assertion), evil)


def _xml_id(root: Element, assertion: Element) -> None:
    evil = forged(assertion)
    evil.set(name("xml:id"), assertion.attrib["ID"])
    root.insert(root.index(assertion), evil)


def _response_in_signature(root: Element, _assertion: Element) -> Element:
    evil = _forged_response(root)
    only(evil, "ds:Signature").append(deepcopy(root))
    return evil


def _response_in_object(root: Element, _assertion: Element) -> Element:
    evil = _forged_response(root)
    only(evil, "ds:Signature").append(build("ds:Object", deepcopy(root)))
    return evil


def _response_in_extensions(root: Element, _assertion: Element) -> Element:
    evil = _forged_response(root)
    evil.insert(1, build("samlp:Extensions", deepcopy(root)))
    return evil


def _response_below(root: Element, _assertion: Element) -> Element:
    evil = _forged_response(root)
    evil.append(deepcopy(root))
    return evil


def _response_same_id(root: Element, _assertion: Element) -> Element:
    evil = _forged_response(root, root.get("ID", ""))
    evil.append(deepcopy(root))
    return evil


def _response_around(root: Element, _assertion: Element) -> Element:
    """A new envelope around a genuine one."""
    return build(
        "samlp:Response",
        deepcopy(only(root, "saml:Issuer")),
        deepcopy(only(root, "samlp:Status")),
        root,
        attributes={str(key): str(value) for key, value in root.attrib.items()} | {"ID": "_outer"},
    )


def _without_outer(reshape: Reshape) -> Reshape:
    """Return the same with the envelope's signature taken off first."""

    def unsealed(root: Element, assertion: Element) -> Element | None:
        root.remove(only(root, "ds:Signature"))
        return reshape(root, assertion)

    return unsealed


def _nothing(_root: Element, _assertion: Element) -> None:
    """Leave the rest as it is."""


def _forged_alone(root: Element, assertion: Element) -> None:
    root.replace(assertion, forged(assertion))


_INNER: Mapping[str, Reshape] = MappingProxyType(
    {
        "forged_first": _first,
        "forged_last": _last,
        "forged_first_with_the_id": _same_id_first,
        "forged_last_with_the_id": _same_id_last,
        "genuine_within": _around,
        "genuine_within_with_the_id": _around_same_id,
        "genuine_in_advice": _in_advice,
        "signature_moved": _signature_moved,
        "genuine_in_signature": _in_signature,
        "genuine_in_object": _in_object,
        "genuine_in_object_with_the_id": _in_object_same_id,
        "genuine_in_extensions": _in_extensions,
        "forged_in_extensions": _forged_in_extensions,
        "genuine_in_status_detail": _in_status_detail,
        "genuine_in_encrypted": _in_encrypted,
        "genuine_in_key_info": _in_key_info,
        "two_signatures": _with_two_signatures,
        "signature_of_another": _genuine_signature_only,
        "id_in_lower_case": _lower_case_id,
        "id_of_xml": _xml_id,
        "forged_unsigned": _forged_alone,
    }
)
_OUTER: Mapping[str, Reshape] = MappingProxyType(
    {
        "response_in_signature": _response_in_signature,
        "response_in_object": _response_in_object,
        "response_in_extensions": _response_in_extensions,
        "response_below": _response_below,
        "response_below_with_the_id": _response_same_id,
        "response_around": _response_around,
    }
)
_PROVES = "what is read is what was signed, wherever else something stands"

WRAPPING_ATTACKS: tuple[Attack, ...] = (
    *(
        Attack(name=f"wrapped_{one}", proves=_PROVES, make=partial(reshaped, reshape=reshape))
        for one, reshape in {**_INNER, **_OUTER}.items()
    ),
    *(
        Attack(
            name=f"wrapped_{one}_unsealed",
            proves=_PROVES,
            make=partial(reshaped, reshape=_without_outer(reshape)),
        )
        for one, reshape in _INNER.items()
    ),
    Attack(
        name="envelope_unsigned",
        proves="SPID's envelope is signed",
        make=partial(reshaped, reshape=_without_outer(_nothing)),
        only_schemes=True,
    ),
)
"""Each a genuine answer, and something forged beside it."""
