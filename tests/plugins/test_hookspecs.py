"""The hooks' specifications and the examples in their documentation."""

from __future__ import annotations

import inspect
import re
import textwrap
import types
from typing import get_type_hints

import pytest

from registrazione.plugins import PORTS, Backend, PluginCatalogue, hookspecs

SPECS = [getattr(hookspecs, port.hook) for port in PORTS]


@pytest.fixture(params=SPECS, ids=lambda spec: spec.__name__)
def spec(request):
    """Each specification in turn."""
    return request.param


def test_a_hook_takes_nothing_and_is_annotated(spec):
    """Plugins know the type that they have to return."""
    assert not inspect.signature(spec).parameters
    assert "Backend" in str(get_type_hints(spec)["return"])


def test_a_hook_that_nobody_fills_gives_nothing(spec):
    """The specification itself adds no back-end."""
    assert list(spec()) == []


def test_the_example_in_the_documentation_works(spec):
    """Copied into a module as it stands, the example is a plugin with one back-end."""
    example = spec.__doc__.partition("Example::\n")[2]
    plugin = types.ModuleType("example")
    exec(compile(textwrap.dedent(example), "example", "exec"), vars(plugin))  # noqa: S102 - our own text
    catalogue = PluginCatalogue([plugin], environ={})
    rows = [row for row in catalogue.list() if row.distribution == "example"]
    (backend,) = list(getattr(plugin, spec.__name__)())

    assert isinstance(backend, Backend)
    assert [(row.name, row.hook) for row in rows] == [(backend.name, spec.__name__)]


@pytest.mark.parametrize("hook", ["registrazione_observers", "registrazione_password_rules"])
def test_the_examples_that_need_no_other_package_run(hook):
    """Their factories give callables."""
    example = getattr(hookspecs, hook).__doc__.partition("Example::\n")[2]
    plugin = types.ModuleType("example")
    exec(compile(textwrap.dedent(example), "example", "exec"), vars(plugin))  # noqa: S102 - our own text
    (backend,) = list(getattr(plugin, hook)())

    assert callable(backend.factory(f"{backend.name}://", settings={}))


def test_the_group_of_entry_points_is_the_project_s_name():
    """What the module's documentation tells authors to write."""
    assert re.search(r"\[project\.entry-points\.(\w+)\]", hookspecs.__doc__)[1] == hookspecs.PROJECT
