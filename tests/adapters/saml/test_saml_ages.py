"""The ages that a service is for, where identity providers read them."""

from __future__ import annotations

import base64

import pytest
from tests.adapters.saml.stage import CALLBACK, ENTITY_ID, NOW, StillClock, provider

from registrazione.adapters.saml import AgeLimit, Contact, Description, Organization
from registrazione.adapters.saml.signing import signed_view
from registrazione.adapters.saml.xml import child, only, parse, text
from registrazione.testing.saml_idp import SamlIdp, key_for

IDP = SamlIdp("https://idp.example", StillClock())
WE = Description(
    organization=Organization(name="a", display_name="b", url="https://a.example"),
    contact=Contact(email="a@a.example", ipa_code="c_h501"),
)


def both(ages, **more):
    """Return the metadata and a request of a service, as they were signed."""
    service = provider(StillClock(), (IDP,), ages=ages, description=WE, **more)
    request = dict(service.start(CALLBACK, "state").fields)["SAMLRequest"]
    documents = (service.document("metadata").body, base64.b64decode(request))
    certificate = [key_for("service").certificate]
    return [signed_view(parse(one), certificate, NOW) for one in documents]


def names(element):
    """Return the names of what an element holds, without their namespaces."""
    return [one.tag.partition("}")[2] for one in element]


def test_a_limit_stands_in_the_metadata():
    """First in the entity, before its role; the request says nothing of it."""
    metadata, request = both(AgeLimit(minimum=14))
    limit = only(only(metadata, "md:Extensions"), "spid:AgeLimit")

    assert names(metadata)[:2] == ["Extensions", "SPSSODescriptor"]
    assert [(one, text(value)) for one, value in zip(names(limit), limit, strict=True)] == [
        ("MinAge", "14"),
        ("MaxAge", "99"),
    ]
    assert child(request, "samlp:Extensions") is None
    assert metadata.get("entityID") == ENTITY_ID


def test_a_limit_may_stand_in_the_request():
    """After who sends it, behind the purpose; the metadata say nothing of it."""
    metadata, request = both(AgeLimit(minimum=5, maximum=17, place="request"), purpose="P")
    extensions = only(request, "samlp:Extensions")

    assert names(request)[:2] == ["Issuer", "Extensions"]
    assert names(extensions) == ["Purpose", "AgeLimit"]
    assert [text(one) for one in only(extensions, "spid:AgeLimit")] == ["5", "17"]
    assert child(metadata, "md:Extensions") is None


def test_without_a_limit_there_is_none():
    """Nothing is said where nothing is to be."""
    for element, extensions in zip(both(None), ("md:Extensions", "samlp:Extensions"), strict=True):
        assert child(element, extensions) is None


@pytest.mark.parametrize(
    "wrong", [{"minimum": -1}, {"maximum": 100}, {"minimum": 18, "maximum": 17}, {"place": "x"}]
)
def test_a_limit_is_one(wrong):
    """From 0 to 99, the one not above the other."""
    with pytest.raises(ValueError, match=r"ages go|stands in"):
        AgeLimit(**wrong)


def test_the_metadata_are_signed_with_the_limit():
    """Whoever alters it breaks the signature."""
    service = provider(StillClock(), (IDP,), ages=AgeLimit(minimum=14), description=WE)
    altered = service.document("metadata").body.replace(b">14<", b">13<")

    with pytest.raises(Exception, match="invalid"):
        signed_view(parse(altered), [key_for("service").certificate], NOW)
