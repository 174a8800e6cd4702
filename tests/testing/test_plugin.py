"""The pytest plugin, as the tests of an application get it: in a run of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import registrazione

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "test-your-application.md"
PLUGIN = "registrazione.testing.plugin"

pytest_plugins = "pytester"


@pytest.fixture
def host(pytester, monkeypatch) -> pytest.Pytester:
    """The project of an application, in whose environment the library is installed."""
    library = Path(registrazione.__file__).resolve().parents[1]
    site = pytester.mkdir("site")
    if not entry_points(group="pytest11", name="registrazione"):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        ((name, value),) = project["entry-points"]["pytest11"].items()
        metadata = site / "registrazione-0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Name: registrazione\nVersion: 0\n", encoding="utf-8")
        (metadata / "entry_points.txt").write_text(f"[pytest11]\n{name} = {value}\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(library), prepend=os.pathsep)
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)
    # A host that is strict about everything, and has few other plugins: each takes time to load.
    few = {"registrazione", "xdist", "xdist.looponfail"}
    others = {found.name for found in entry_points(group="pytest11")} - few
    left_out = [part for name in sorted(others) for part in ("-p", f"no:{name}")]
    pytester.makepyprojecttoml(
        f"[tool.pytest]\nstrict = true\nfilterwarnings = ['error']\naddopts = {left_out}"
    )
    return pytester


def passed(host: pytest.Pytester, *arguments: str) -> int:
    """Run the tests of the application, all of which have to pass; return how many there were."""
    done = host.runpytest_subprocess("-p", "no:cacheprovider", *arguments)
    outcomes = done.parseoutcomes()

    assert set(outcomes) == {"passed"}, done.stdout.str()
    return outcomes["passed"]


def test_the_entry_point_is_the_plugin() -> None:
    """What pyproject.toml promises to pytest is this module."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["entry-points"]["pytest11"] == {"registrazione": PLUGIN}


def test_loading_it_costs_nothing() -> None:
    """A run that uses none of the fixtures loads the plugin, and nothing else of the library."""
    code = (
        "import pytest, sys; before = set(sys.modules); "
        f"import {PLUGIN}; print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) == {
        "registrazione",
        "registrazione._lazy",
        "registrazione._version",
        "registrazione.testing",
        PLUGIN,
    }


def test_a_run_without_its_fixtures(host) -> None:
    """Its fixtures are listed, strict runs know its marker, and no part of the core loads."""
    host.makepyfile(
        """
        import sys

        import pytest

        @pytest.mark.registrazione(profile="polis")
        def test_nothing_is_loaded(request):
            assert request.config.pluginmanager.has_plugin("registrazione")
            assert not [name for name in sys.modules if name.startswith("registrazione.core")]
            assert not {"attrs", "attr", "argon2", "jinja2"} & set(sys.modules)
        """
    )

    assert passed(host) == 1
    listed = host.runpytest_subprocess("--fixtures", "--markers").stdout.str()
    assert "@pytest.mark.registrazione(profile=..., **settings): " in listed
    fixtures = host.runpytest_subprocess("--fixtures").stdout.str()
    for name in ("clock", "outbox", "people", "settings", "registrar", "async_registrar"):
        assert re.search(rf"^registrazione_{name}\b", fixtures, re.MULTILINE)


def test_every_procedure_can_be_walked_through(host) -> None:
    """In each procedure each person fills in the form as it is, and gets the letter of it."""
    host.makepyfile(
        """
        import pytest

        from registrazione.core.profile import Gate, Step
        from registrazione.profiles import NAMES

        def walk(registrar, person):
            page = registrar.begin()
            for step in registrar.profile.steps:
                if step is Step.NOTICE:
                    page = registrar.acknowledge_notice(page.draft)
                elif step is Step.IDENTIFY:
                    code = person.codice_fiscale
                    page = registrar.identify(page.draft, code, human_response="on")
                elif step is Step.FILL:
                    consents = [text.name for text in registrar.profile.consents]
                    form = person.form(registrar.profile)
                    page = registrar.fill(page.draft, form, consents=consents)
            return registrar.confirm(page.draft)

        def check(registrar, outbox, people):
            for person in people:
                walk(registrar, person)
                letters = outbox.to(person.form(registrar.profile)["email"])
                kinds = [letter.kind for letter in letters if letter.subject]
                expected = ["activation"] if Gate.LINK in registrar.profile.gates else []
                assert kinds in (expected, ["receipt"])
            assert len(registrar.accounts().items) == len(people)

        each = [pytest.param(n, marks=pytest.mark.registrazione(profile=n)) for n in NAMES]

        @pytest.mark.parametrize("name", each)
        def test_walk(name, registrazione_registrar, registrazione_outbox, registrazione_people):
            assert registrazione_registrar.profile.name == name
            check(registrazione_registrar, registrazione_outbox, registrazione_people)
        """
    )

    assert passed(host) == 6


def test_a_whole_life(host) -> None:
    """From the form to the session, sync and async, with the letters, clock and people."""
    host.makepyfile(
        """
        import asyncio

        import pytest

        from registrazione import Next, Refusal
        from registrazione.ports import MailRefused

        def register(registrar, person):
            page = registrar.begin()
            page = registrar.fill(page.draft, person.form(registrar.profile), consents=["privacy"])
            return registrar.confirm(page.draft)

        def test_sync(registrazione_registrar, registrazione_outbox, registrazione_people):
            anna = registrazione_people.adele
            registrar, outbox = registrazione_registrar, registrazione_outbox
            password = anna.password_for(registrar.profile)
            assert outbox.sent == ()

            register(registrar, anna)
            letter = outbox.last("activation")
            assert letter.link().endswith("/activate/" + letter.token())
            assert letter.link().startswith("https://example.it/registrazione/")
            assert letter in outbox.to(anna.email)
            assert outbox.sent == outbox.letters() == outbox.letters("activation")
            registrar.activate(letter.token(), password=password, password_again=password)

            assert registrar.sign_in(anna.email, password).next is Next.USE_SERVICES

        def test_async(registrazione_async_registrar, registrazione_outbox, registrazione_people):
            registrar, bruno = registrazione_async_registrar, registrazione_people.bruno

            async def register():
                page = await registrar.begin()
                form = bruno.form(registrar.profile)
                page = await registrar.fill(page.draft, form, consents=["privacy"])
                return await registrar.confirm(page.draft)

            assert asyncio.run(register()).next is Next.OPEN_LINK
            assert registrazione_outbox.last("activation").recipient == bruno.email

        def test_both_share_everything(
            registrazione_registrar, registrazione_async_registrar, registrazione_people
        ):
            answer = register(registrazione_registrar, registrazione_people.carla)
            account = answer.account
            assert asyncio.run(registrazione_async_registrar.load(account.id)) is not None

        def test_the_loop_of_others_is_left_alone(registrazione_async_registrar):
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            loop.close()

        def test_each_test_begins_with_nothing(registrazione_registrar, registrazione_outbox):
            assert registrazione_registrar.accounts().items == ()
            with pytest.raises(LookupError, match="no letter of any kind has left; .* none at all"):
                registrazione_outbox.last()

        @pytest.mark.registrazione(profile="mim-students")
        @pytest.mark.parametrize("provider", ["spid", "eidas"])
        def test_people_are_vouched_for(provider, registrazione_registrar, registrazione_people):
            response = {"person": registrazione_people.driss.key}
            assert registrazione_registrar.sign_in_with(provider, response)

        def test_time_passes(
            registrazione_registrar, registrazione_outbox, registrazione_clock, registrazione_people
        ):
            register(registrazione_registrar, registrazione_people.adele)
            token = registrazione_outbox.last("activation").token()
            registrazione_clock.advance(hours=24, seconds=1)
            with pytest.raises(Refusal) as refused:
                registrazione_registrar.activate(token, password="sette gatti verdi a Como")
            assert refused.value.code == "token.expired"
        """
    )

    assert passed(host) == 8


def test_the_settings_are_everybodys_to_change(host) -> None:
    """A fixture of the host changes them for all tests, a marker for one, the nearest one first."""
    host.makepyfile(
        """
        from datetime import datetime, timedelta, UTC

        import attrs
        import pytest

        from registrazione import Registrar
        from registrazione.core.profile import Window
        from registrazione.profiles import load

        @pytest.fixture
        def registrazione_settings(registrazione_settings):
            return {**registrazione_settings, "profile": "polis", "sender": "scuola@example.it"}

        def test_of_the_host(registrazione_registrar):
            assert registrazione_registrar.profile.name == "polis"

        FUTURE = datetime(2031, 1, 1, tzinfo=UTC)
        OPENS = attrs.evolve(load("standard"), window=Window(opens=FUTURE))

        @pytest.mark.registrazione(profile="mim-students", base_url="https://scuola.example.it")
        class TestMarked:
            def test_of_the_marker(self, registrazione_registrar, registrazione_clock):
                registrar = registrazione_registrar
                assert registrar.profile.name == "mim-students"
                assert registrar.profile.window.fault_at(registrazione_clock.now()) is None

            @pytest.mark.registrazione(profile=OPENS)
            def test_nearest(self, registrazione_async_registrar, registrazione_clock):
                assert registrazione_async_registrar.profile is OPENS
                assert registrazione_clock.now() == FUTURE

        @pytest.mark.registrazione(profile="library-card")
        def test_a_name_that_is_not_known_here(registrazione_clock, registrazione_settings):
            assert registrazione_clock.now().isoformat() == "2026-03-02T12:00:00+00:00"

        def test_a_registrar_of_ones_own(
            registrazione_settings, registrazione_outbox, registrazione_people
        ):
            person = registrazione_people.adele
            settings = {**registrazione_settings, "profile": "standard"}
            with Registrar.open(**settings) as registrar:
                page = registrar.begin()
                form = person.form(registrar.profile)
                page = registrar.fill(page.draft, form, consents=["privacy"])
                registrar.confirm(page.draft)
                assert registrazione_outbox.letters() == ()
                registrar.deliver_outbox()
                assert [letter.kind for letter in registrazione_outbox.sent] == [""]
                registrazione_outbox.watch(registrar)
                registrar.recover_username(email=person.email)
                assert registrazione_outbox.letters()[-1].kind
                with pytest.raises(LookupError, match="no letter receipt .* unknown"):
                    registrazione_outbox.last("receipt")
        """
    )

    assert passed(host) == 5


def test_a_marker_without_names_is_explained(host) -> None:
    """The mistake that everybody makes first is told in words."""
    host.makepyfile(
        """
        import pytest

        @pytest.mark.registrazione("polis")
        def test_wrong(registrazione_registrar):
            raise AssertionError("never reached")
        """
    )

    done = host.runpytest_subprocess("-p", "no:cacheprovider")

    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*@pytest.mark.registrazione takes settings by name: profile=…*"])


def test_the_guide_is_a_test_file_that_passes(host) -> None:
    """The Python of the guide, put together, is a module of tests, and they pass, side by side."""
    blocks = re.findall(
        r"^```python\n(.*?)^```$", GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    source = "\n\n".join(blocks)
    host.makepyfile(test_guide=source)

    assert passed(host, "-n", "2") == source.count("def test_") >= 5
