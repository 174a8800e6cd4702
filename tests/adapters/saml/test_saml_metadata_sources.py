"""Where metadata come from, and that what was read is kept no longer than it counts."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from tests.adapters.saml.held_back_signer import read, seal
from tests.adapters.saml.stage import CALLBACK, NOW, StillClock, provider

from registrazione.adapters.saml import (
    MetadataDownload,
    MetadataFiles,
    MetadataText,
    SigningKey,
    instants,
    metadata_sources,
)
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.metadata_sources import MetadataSource
from registrazione.adapters.saml.xml import serialised
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import SamlIdp, key_for

CLOCK = StillClock()
IDP = SamlIdp("https://idp.example", CLOCK)
OTHER = SamlIdp("https://other.example", CLOCK)


def saying(more, idp=IDP):
    """Return a provider's metadata that say more of themselves."""
    return idp.metadata().replace(
        b"<md:EntityDescriptor ", f"<md:EntityDescriptor {more} ".encode()
    )


@pytest.fixture
def readings(monkeypatch):
    """Count the documents that are read."""
    counted = []
    known = metadata_sources.read_metadata

    def counting(*told):
        counted.append(told)
        return known(*told)

    monkeypatch.setattr(metadata_sources, "read_metadata", counting)
    return counted


def test_a_document_is_read_once(readings):
    """While it counts; a clock that was set back knows nothing of what it will read."""
    clock = StillClock()
    documents = (IDP.metadata(), saying('validUntil="2026-11-05T10:00:00Z"', OTHER))
    source = MetadataText(documents=documents, clock=clock)

    for lapse, count, known in ((0, 2, 2), (59, 2, 2), (1, 4, 1), (600, 4, 1), (-661, 6, 2)):
        clock.go_on(minutes=lapse)
        assert len(source.providers()) == known
        assert len(readings) == count


def test_what_is_kept_is_nobody_s_to_change():
    """Neither who is known nor what was read; other documents are another source."""
    source = MetadataText(documents=(IDP.metadata(),), clock=CLOCK)

    with pytest.raises(TypeError):
        source.providers()["https://evil.example"] = source.providers()["https://idp.example"]
    for name in ("documents", "signed_by"):
        with pytest.raises(attrs.exceptions.FrozenAttributeError):
            setattr(source, name, ())


def test_a_failure_is_not_kept(readings):
    """What cannot be read is read again: nothing is known of it."""
    source = MetadataText(documents=(b"<x/>",), clock=CLOCK)
    for _ in range(2):
        with pytest.raises(Rejected):
            source.providers()

    assert len(readings) == 2


def test_whoever_signed_them_may_not_for_ever(readings):
    """The certificate of a registry ends, and what it has signed is looked at again."""
    clock, known = StillClock(), key_for("registry")
    ends = datetime(2026, 11, 5, 10, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "registry")])
    certificate = (
        x509.CertificateBuilder(name, name, known.private.public_key(), 1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .sign(known.private, hashes.SHA256())
    )
    root = read(IDP.metadata())
    root.remove(root[0])
    seal(root, SigningKey(private=known.private, certificate=certificate), at=0)
    signed_by = (certificate, known.certificate)
    source = MetadataText(documents=(serialised(root),), clock=clock, signed_by=signed_by)
    alone = MetadataText(documents=(serialised(root),), clock=clock, signed_by=signed_by[:1])

    assert alone.providers()
    assert source.providers() == source.providers()
    assert len(readings) == 2
    for lapse in (timedelta(0), timedelta(milliseconds=999)):
        clock.at = ends + lapse
        assert source.providers() == source.providers()
    assert len(readings) == 6
    clock.at = ends + timedelta(seconds=1)
    assert source.providers() == source.providers()
    assert len(readings) == 7
    with pytest.raises(Rejected):
        alone.providers()


def test_one_that_has_lapsed_is_told_and_left_out(caplog):
    """Of several documents; where none is left nobody is known, which is an error."""
    lapsed = saying('validUntil="2026-11-05T09:00:00Z"')
    with caplog.at_level(logging.WARNING, "registrazione"):
        both = MetadataText(documents=(lapsed, OTHER.metadata()), clock=CLOCK)
        assert set(both.providers()) == {"https://other.example"}
    assert [one.getMessage() for one in caplog.records] == [
        "metadata of identity providers have lapsed"
    ]

    with pytest.raises(Rejected) as caught:
        MetadataText(documents=(lapsed, lapsed), clock=CLOCK).providers()
    assert caught.value.rule == "metadata.validity"
    assert not MetadataText(documents=(), clock=CLOCK).providers()


def test_many_threads_ask_at_once(tmp_path):
    """None of them sees half of a reading, whichever reads it."""
    (tmp_path / "idp.xml").write_bytes(IDP.metadata())
    (tmp_path / "other.xml").write_bytes(OTHER.metadata())
    sources = (
        MetadataFiles(path=tmp_path, clock=CLOCK),
        MetadataDownload(fetch=lambda: [IDP.metadata(), OTHER.metadata()], clock=CLOCK),
        MetadataText(documents=(IDP.metadata(), OTHER.metadata()), clock=CLOCK),
    )
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: set(sources[number % 3].providers()), range(48)))

    assert found == [{"https://idp.example", "https://other.example"}] * 48


def test_a_key_that_is_taken_out_counts_no_more(tmp_path):
    """Even if the new file has the old one's size, and was given its time."""
    file, clock = tmp_path / "idp.xml", StillClock()
    old, new, next_one = (key_for(name) for name in ("the one before", "new", "next"))
    named = SamlIdp("https://idp.example", clock, new)
    file.write_bytes(named.metadata(old))
    service = provider(clock, (), identity_providers=MetadataFiles(path=file, clock=clock))

    def sign_in(key):
        idp = SamlIdp("https://idp.example", clock, key)
        asked = idp.read(service.start(CALLBACK, f"state-{clock.at:%S}"), CALLBACK)
        return service.verify(idp.answer(idp.draft(asked, PEOPLE.adele)))

    assert sign_in(old).level == 2
    before = file.stat()
    file.write_bytes(named.metadata(next_one).ljust(before.st_size))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    clock.go_on(seconds=1)

    assert file.stat().st_size == before.st_size
    assert sign_in(new).level == 2
    with pytest.raises(Rejected):
        sign_in(old)


def test_a_file_is_not_read_again_without_need(tmp_path, readings):
    """A sign-in reads no metadata as long as the files stay as they are."""
    (tmp_path / "idp.xml").write_bytes(IDP.metadata())
    source = MetadataFiles(path=tmp_path, clock=CLOCK)
    for _ in range(3):
        source.providers()

    assert len(readings) == 1


@pytest.mark.parametrize(
    ("more", "every", "minutes"),
    [
        ("", 1440, 1440),
        ('cacheDuration="PT6H"', 1440, 360),
        ('cacheDuration="P2D"', 1440, 1440),
        ('cacheDuration="PT0S"', 1440, 5),
        ('cacheDuration="PT0S"', 2, 2),
        ('cacheDuration="soon"', 1440, 1440),
        ('validUntil="2026-11-05T12:00:00Z"', 1440, 180),
        ('validUntil="2026-11-05T12:00:00Z" cacheDuration="PT1H"', 1440, 60),
    ],
)
def test_a_document_says_how_long_it_may_be_kept(more, every, minutes):
    """It is fetched again by then, but neither all the time nor later than the host wants it."""
    clock, calls = StillClock(), []

    def fetch():
        calls.append(clock.now())
        return [saying(more) if len(calls) == 1 else IDP.metadata()]

    source = MetadataDownload(fetch=fetch, clock=clock, every=timedelta(minutes=every))
    source.providers()
    clock.at = NOW + timedelta(minutes=minutes, seconds=-1)
    source.providers()
    assert len(calls) == 1
    clock.go_on(seconds=1)
    assert set(source.providers()) == {"https://idp.example"}
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("written", "lasts"),
    [
        ("PT12H", timedelta(hours=12)),
        ("PT0H30M0.000S", timedelta(minutes=30)),
        ("P1Y2M3DT4H5M6S", timedelta(days=428, hours=4, minutes=5, seconds=6)),
        ("P7D", timedelta(days=7)),
        ("PT0S", timedelta()),
        ("-P1D", None),
        ("P1DT", None),
        ("P", None),
        ("1D", None),
        ("P1W", None),
        ("", None),
        ("P99999999999D", None),
    ],
)
def test_durations_are_those_of_xml_schema(written, lasts):
    """What is none has no length."""
    assert instants.lasting(written) == lasts


def test_a_provider_that_is_there_twice_is_refused():
    """Otherwise the order would say which keys count."""
    source = MetadataText(documents=(IDP.metadata(), IDP.metadata()), clock=CLOCK)
    with pytest.raises(Rejected) as caught:
        source.providers()

    assert caught.value.rule == "metadata.twice"


def test_files_and_folders_are_read_and_read_again(tmp_path):
    """A file that changes counts at once; one that is missing is an error of the port."""
    file = tmp_path / "idp.xml"
    file.write_bytes(IDP.metadata())
    one = MetadataFiles(path=file, clock=CLOCK)
    folder = MetadataFiles(path=tmp_path, clock=CLOCK)
    assert isinstance(one, MetadataSource)
    assert set(one.providers()) == set(folder.providers()) == set(one.providers())

    (tmp_path / "other.xml").write_bytes(OTHER.metadata())
    assert len(folder.providers()) == 2
    file.write_bytes(OTHER.metadata() + b"\n")
    assert set(one.providers()) == {"https://other.example"}

    file.unlink()
    with pytest.raises(Rejected) as caught:
        one.providers()
    assert caught.value.code == "unavailable"


def test_a_folder_may_be_empty(tmp_path):
    """Then nobody is known, until somebody is."""
    source = MetadataFiles(path=tmp_path, clock=CLOCK)
    assert not source.providers()

    (tmp_path / "idp.xml").write_bytes(IDP.metadata())
    assert set(source.providers()) == {"https://idp.example"}


def test_a_download_counts_for_a_day_and_longer_in_need():
    """The library opens no connection: a function is called once a day, and may fail later."""
    clock, calls = StillClock(), []

    def fetch():
        calls.append(clock.now())
        if len(calls) == 2:
            raise OSError
        return [IDP.metadata()]

    source = MetadataDownload(fetch=fetch, clock=clock)
    for minutes, called in ((0, 1), (1439, 1), (1, 2), (4, 2), (1, 3), (5, 3), (-99, 4), (99, 4)):
        clock.go_on(minutes=minutes)
        assert set(source.providers()) == {"https://idp.example"}
        assert len(calls) == called

    broken = MetadataDownload(fetch=lambda: [b"<x/>"], clock=clock, every=timedelta(hours=1))
    for _ in range(2):
        with pytest.raises(Rejected) as caught:
            broken.providers()
        assert (caught.value.code, caught.value.retry) == ("unavailable", True)
