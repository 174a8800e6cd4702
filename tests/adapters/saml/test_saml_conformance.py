"""The public suite `spid-sp-test`: every profile, both bindings, responses, production."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from registrazione.adapters.saml.ages import PLACES
from registrazione.testing.saml_idp import key_for

HERE = Path(__file__).parent
IDP = "https://idp.example"
LOOK_UP = "valid value present on IPA"

# Profile, and the least checks of its metadata, its requests, and its responses where they are run.
STAGING = {
    "spid-public": (121, 51, 111),
    "spid-private": (138, 51, 111),
    "spid-ag-public-full": (150, 51),
    "spid-ag-public-lite": (150, 51),
    "spid-ag-private-full": (167, 51),
    "spid-ag-private-lite": (167, 51),
    "cie-public": (78, 51, 109),
    "cie-private": (84, 51),
    "eidas": (103, 51, 111),
}
REDIRECTED = ("spid-public", "spid-private", "cie-public", "eidas")
PRODUCTION = ("spid-public", "spid-private", "spid-ag-private-full", "cie-public", "eidas")
LEAST = 3_700


def honest_jobs():
    """Return what is run: pinned fixtures, so that the counts are known."""
    return [
        *(
            {"profile": name, "binding": "post", "production": False, "responses": len(least) > 2}
            for name, least in STAGING.items()
        ),
        *(
            {"profile": name, "binding": "redirect", "production": False, "responses": False}
            for name in REDIRECTED
        ),
        *(
            {"profile": name, "binding": "post", "production": True, "responses": False}
            for name in PRODUCTION
        ),
        *(
            {
                "profile": "spid-public",
                "binding": "post",
                "production": False,
                "responses": False,
                "ages": place,
            }
            for place in PLACES
        ),
    ]


REJECTS = {
    "profile": "spid-public",
    "binding": "post",
    "production": False,
    "responses": True,
    "rejects": True,
}
"""The job of a service that refuses everybody."""


def driven(folder, jobs):
    """Run the suite in a process of its own, which reads its settings when it is loaded."""
    key = key_for(IDP)
    (folder / "private.key").write_bytes(
        key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "public.cert").write_bytes(key.certificate.public_bytes(Encoding.PEM))
    program = folder / "xmlsec1"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "xmlsec1.py"}" "$@"\n')
    program.chmod(0o755)
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, str(HERE / "conformance.py")],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=False,
        env={
            **alone,
            "XMLSEC1_BIN": str(program),
            "IDP_CERT_PATH": str(folder),
            "IDP_ENTITYID": IDP,
        },
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return list(zip(jobs, json.loads(done.stdout), strict=True))


def named(results, **wanted):
    """Return the results of the jobs that have those settings, in order."""
    return [
        (job["profile"], result)
        for job, result in results
        if all(job.get(key, False) == value for key, value in wanted.items())
    ]


@pytest.mark.requirement("MIM-02", "UNI-02", "POL-01")
def test_every_profile_conforms(tmp_path):
    """Both bindings, responses, production: no check fails, and as many are run as are known.

    The suite is driven once: what it found is then looked at from several sides.
    """
    results = driven(tmp_path, honest_jobs())

    assert len(results) == len(honest_jobs())
    for check in (staging, with_ages, redirected, production):
        check(results)
    # Failures, and the look-up that could not be, are not counted as checks that passed.
    assert sum(one["executed"] - len(one["failed"]) for _, one in results) >= LEAST


def staging(results):
    """Metadata, requests by POST and responses: as many checks as are known, and none failed."""
    for profile, result in named(results, binding="post", production=False, ages=False):
        assert result["failed"] == [], profile
        assert all(
            count >= least for count, least in zip(result["parts"], STAGING[profile], strict=True)
        ), (profile, result["parts"])


def with_ages(results):
    """The suite knows no ages; wherever they stand, it finds nothing amiss."""
    for place in PLACES:
        ((_, result),) = named(results, ages=place)
        assert result["failed"] == []
        assert result["executed"] >= sum(STAGING["spid-public"][:2])


def redirected(results):
    """The other binding, signed in the address."""
    found = named(results, binding="redirect")

    assert [profile for profile, _ in found] == list(REDIRECTED)
    assert all(result["failed"] == [] for _, result in found)
    assert all(result["parts"][1] >= 44 for _, result in found)


def production(results):
    """What fails in production mode is the public index alone, which is not asked here."""
    for profile, result in named(results, production=True):
        others = [failure for failure in result["failed"] if LOOK_UP not in failure]
        assert others == [], profile
        assert len(result["failed"]) == (profile == "spid-public"), profile


def test_a_service_that_refuses_everybody_fails(tmp_path):
    """The suite's six true answers tell it apart."""
    ((_, result),) = driven(tmp_path, [REJECTS])

    assert len(result["failed"]) >= 6
