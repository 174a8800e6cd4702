"""Providers by URL: what the options say, and what is told where they do not fit."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.adapters.saml.settings_stage import (
    BASE,
    CLOCK,
    IDP,
    KEYS,
    OTHER,
    WE,
    complaint,
    map_to_str,
    metadata,
    opened,
)

from registrazione import Registrar
from registrazione.adapters.once import FileOnceOnly, MemoryOnceOnly
from registrazione.adapters.saml import Contact, Description, MetadataText, Organization
from registrazione.adapters.saml.settings import OPTIONS
from registrazione.adapters.saml.xml import children, only, text
from registrazione.adapters.transactions import TransactionLog
from registrazione.core.secret import Secret
from registrazione.ports import (
    EndsSessions,
    IdentityProvider,
    OffersChoices,
    ServesDocuments,
    StartsSignIn,
)
from registrazione.settings import SettingsError
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import SamlIdp


@pytest.mark.requirement("MIM-02", "UNI-02")
def test_settings_alone_sign_people_in(tmp_path):
    """Texts and paths are enough: keys, metadata, and who we are."""
    for name, part in zip(("spid.key", "spid.crt"), KEYS, strict=True):
        (tmp_path / name).write_text(part)
    idps = [SamlIdp(f"https://idp-{one}.example", CLOCK) for one in "ab"]
    for idp in idps:
        (tmp_path / f"{idp.entity_id[8:]}.xml").write_bytes(idp.metadata())
    registrar = Registrar.open(
        profile="unimi-external",
        storage="memory://",
        mailer="memory://",
        secret_keys=["a key of the tests, long enough to be one"],
        base_url=BASE,
        clock=CLOCK,
        identity_providers=["spid"],
        options={
            "spid": {
                "keys": [str(tmp_path / "spid.key"), str(tmp_path / "spid.crt")],
                "identity_providers": str(tmp_path),
                "description": WE,
            }
        },
    )
    callback = f"{BASE}/identity/spid/callback"
    offered = {one.name for one in registrar.identity_choices("spid")}
    sent = registrar.start_sign_in_with(
        "spid", callback_url=callback, state="state", choice=idps[1].entity_id
    )
    draft = idps[1].draft(idps[1].read(sent, callback), PEOPLE.adele)
    account = registrar.sign_in_with("spid", idps[1].answer(draft)).account

    assert offered == {idp.entity_id for idp in idps}
    assert account.codice_fiscale == PEOPLE.adele.codice_fiscale


def test_a_provider_fills_every_port():
    """It signs in, offers choices, tells who we are and ends sessions."""
    service = opened(description=WE)

    for port in (IdentityProvider, StartsSignIn, OffersChoices, ServesDocuments, EndsSessions):
        assert isinstance(service, port)


@pytest.mark.parametrize(
    ("url", "options", "profile"),
    [
        ("spid://", {}, "spid-public"),
        ("spid://", {"sector": "private"}, "spid-private"),
        ("spid://", {"aggregation": "full"}, "spid-ag-public-full"),
        ("spid://", {"sector": "private", "aggregation": "lite"}, "spid-ag-private-lite"),
        ("cie://", {}, "cie-public"),
        ("cie://", {"sector": "private"}, "cie-private"),
        ("eidas://", {}, "eidas"),
        ("saml://", {}, "saml2"),
    ],
)
def test_the_scheme_says_which_rules_count(url, options, profile):
    """With sector and aggregation, where the scheme has them."""
    name = url.removesuffix("://")
    service = opened(url, name, **options)

    assert service.name == name
    assert service._asking.profile.name == profile


def test_addresses_are_those_of_the_pages():
    """Under the name of the provider; each may be another."""
    service = opened("spid://?name=other", "other", description=WE)
    root = metadata(service)
    role = only(root, "md:SPSSODescriptor")
    own = opened(
        description=WE,
        entity_id="https://service.example/spid",
        callback_url="https://service.example/in",
        logout_url="https://service.example/out",
    )

    assert service.name == "other"
    assert root.get("entityID") == f"{BASE}/identity/other/metadata"
    assert only(role, "md:AssertionConsumerService").get("Location") == (
        f"{BASE}/identity/other/callback"
    )
    assert {one.get("Location") for one in children(role, "md:SingleLogoutService")} == {
        f"{BASE}/identity/other/logout"
    }
    assert metadata(own).get("entityID") == "https://service.example/spid"
    assert b"https://service.example/out" in own.document("metadata").body
    assert b"https://service.example/in" in own.document("metadata").body


def test_what_we_say_of_ourselves_is_always_the_same():
    """Until we are others; there is nothing else to read, and nothing where nobody is described."""
    service = opened(description=WE)
    document = service.document("metadata")

    assert document.media_type == "application/samlmetadata+xml"
    assert service.document("metadata") is document
    assert opened(description=WE).document("metadata") == document
    assert service.document("other") is None
    assert opened().document("metadata") is None


def test_a_description_may_be_an_object_or_in_part():
    """As Python has it, or as a file of settings has it."""
    organization = Organization(name="a", display_name="b", url=BASE)
    whole = Description(organization=organization, contact=Contact(email="a@b.example"))

    for told in (whole, {"organization": organization, "contact": {"email": "a@b.example"}}):
        named = only(metadata(opened(description=told)), "md:Organization")
        assert text(only(named, "md:OrganizationName")) == "a"


def known(service):
    """Return whom a service trusts."""
    return {one.name for one in service.choices()}


def test_identity_providers_are_given_in_several_ways(tmp_path):
    """A file, a folder, several, documents, a function, a source of one's own."""
    both = {IDP.entity_id, OTHER.entity_id}
    files = [tmp_path / "a.xml", tmp_path / "b.xml"]
    for file, idp in zip(files, (IDP, OTHER), strict=True):
        file.write_bytes(idp.metadata())
    documents = [IDP.metadata(), OTHER.metadata()]

    for told, expected in (
        (str(files[0]), {IDP.entity_id}),
        (files[1], {OTHER.entity_id}),
        (tmp_path, both),
        (map_to_str(files), both),
        (documents[0], {IDP.entity_id}),
        (tuple(documents), both),
        (lambda: documents, both),
        (MetadataText(documents=tuple(documents), clock=CLOCK), both),
    ):
        assert known(opened(identity_providers=told)) == expected


def test_metadata_have_to_be_signed_where_that_is_asked(tmp_path):
    """By one of those whose certificates are given, in PEM or as files."""
    certificate = IDP.key.certificate.public_bytes(Encoding.PEM).decode()
    (tmp_path / "idp.crt").write_text(certificate)

    for told in (certificate, [str(tmp_path / "idp.crt"), KEYS[1]]):
        assert known(opened(signed_by=told)) == {IDP.entity_id}
    with pytest.raises(Exception, match="invalid"):
        opened(signed_by=KEYS[1]).choices()
    assert "signed_by" in complaint(signed_by="no/such/file")
    assert "signed_by" in complaint(signed_by="-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"keyz": 1, "levl": 2}, "there is no keyz, levl; there are age_limit_in, "),
        ({"keys": None, "identity_providers": ()}, "keys, identity_providers are missing"),
        ({"identity_providers": 3}, "identity_providers are paths"),
        ({"identity_providers": ["a", b"b"]}, "identity_providers are paths"),
        ({"identity_providers": "no/such"}, "there is no no/such"),
        ({"identity_providers": "https://registry.example"}, "a function that fetches"),
        ({"level": "2"}, "level is no int"),
        ({"level": True}, "level is no int"),
        ({"level": 4}, "level"),
        ({"binding": "artifact"}, "post or redirect"),
        ({"comparison": "better"}, "minimum or exact"),
        ({"professionals": 1}, "professionals is no bool"),
        ({"sector": "third"}, "public or private"),
        ({"aggregation": "half"}, "full or lite"),
        ({"minimum_age": 18, "maximum_age": 17}, "ages go from 0 to 99"),
        ({"maximum_age": 100}, "ages go from 0 to 99"),
        ({"minimum_age": 14, "age_limit_in": "heart"}, "metadata or request"),
        ({"description": 1}, "description is a mapping"),
        ({"description": {"contact": WE["contact"]}}, "description lacks organization"),
        ({"description": {**WE, "logo": 1}}, "description has no logo"),
        ({"description": {**WE, "contact": {"mail": 1}}}, "description.contact has no mail"),
        ({"description": {**WE, "contact": 3}}, "description.contact is a mapping"),
        ({"evidence": "log.db"}, "evidence_key is missing"),
        ({"evidence": 3, "evidence_key": "k" * 32}, "evidence is no path"),
        ({"evidence": "/no/such/folder/log.db", "evidence_key": "k" * 32}, "cannot be opened"),
        ({"evidence": "log.db", "evidence_key": "short"}, "32 characters"),
        ({"once": 3}, "once is no path"),
        ({"once": "/no/such/folder/used.db"}, "once: the file cannot be opened"),
    ],
)
def test_options_that_do_not_fit_are_told(options, told):
    """Which one, and what there is; the name of the provider's options stands in front."""
    said = complaint(**options)

    assert told in said
    assert said.startswith("options['spid']: ")


@pytest.mark.parametrize(
    ("url", "options", "told"),
    [
        ("cie://", {"aggregation": "full"}, "full or lite"),
        ("cie://", {"maximum_age": 17}, "maximum_age are SPID's alone"),
        ("saml://", {"sector": "public"}, "neither sector nor aggregation"),
    ],
)
def test_not_every_scheme_has_every_option(url, options, told):
    """What would be without effect is an error."""
    name = url.removesuffix("://")
    with pytest.raises(ValueError, match=told):
        opened(url, name, **options)


@pytest.mark.parametrize("url", ["spid://idp.example", "spid:///metadata", "spid://?idps=x"])
def test_a_url_says_only_its_name(url):
    """Everything else stands in the options."""
    with pytest.raises(ValueError, match=r"spid:// is followed by nothing but \?name="):
        opened(url)


def test_a_registrar_says_what_is_missing():
    """As an error of its settings, which names the setting."""
    common = {
        "profile": "unimi-external",
        "storage": "memory://",
        "mailer": "memory://",
        "secret_keys": ["a key of the tests, long enough to be one"],
        "base_url": BASE,
        "identity_providers": ["spid"],
    }
    with pytest.raises(SettingsError, match=r"identity_providers: options\['spid'\] tell"):
        Registrar.open(**common)
    with pytest.raises(SettingsError, match="keys, identity_providers are missing"):
        Registrar.open(**common, options={"spid": {"level": 2}})


def test_ages_are_asked_for_and_looked_at():
    """The provider is told whom to let in, and a birth date that says otherwise counts."""
    service = opened(minimum_age=14, description=WE)
    limit = only(only(metadata(service), "md:Extensions"), "spid:AgeLimit")

    assert [text(one) for one in limit] == ["14", "99"]
    assert service._admission.minimum_age == 14
    assert opened("cie://", "cie", minimum_age=14)._admission.minimum_age == 14
    assert opened()._asking.ages is None


def test_who_asks_for_professionals_lets_them_in():
    """Unless they say that they do not."""
    assert not opened()._admission.professionals
    assert opened(purpose="P")._admission.professionals
    assert not opened(purpose="P", professionals=False)._admission.professionals


def test_what_is_kept_is_a_file_or_an_object(tmp_path):
    """The log has a key of its own; what was used is remembered by this process or by a file."""
    log = TransactionLog(tmp_path / "own.db", Secret("k" * 32), CLOCK)
    memory = MemoryOnceOnly()
    by_path = opened(
        evidence=str(tmp_path / "log.db"),
        evidence_key=Secret("k" * 32),
        once=tmp_path / "used.db",
    )
    by_path.start(f"{BASE}/identity/spid/callback", "state")
    own = opened(evidence=log, once=memory)

    assert [one.entry.kind for one in by_path._evidence.records()] == ["request"]
    assert isinstance(by_path._once, FileOnceOnly)
    assert (own._evidence, own._once) == (log, memory)
    assert isinstance(opened()._once, MemoryOnceOnly)


def test_every_option_is_documented():
    """In the guide, each in its row."""
    guide = Path(__file__).parents[3] / "docs/how-to/sign-in-with-spid.md"
    rows = guide.read_text("utf-8")

    assert [name for name in OPTIONS if f"| `{name}`" not in rows] == []


def test_settings_show_no_key():
    """Not where the provider is printed, nor its keys."""
    service = opened()

    assert "PRIVATE" not in repr(service) + repr(service._asking)
    assert attrs.fields(type(service._asking.names.keys[0])).private.repr is False
