"""What is said when a plugin cannot be used."""

from __future__ import annotations

import pytest

from registrazione.plugins import (
    MissingExtra,
    PluginConflict,
    PluginError,
    UnknownBackend,
    needs_extra,
)


def test_all_of_them_can_be_caught_at_once():
    """One name for whoever assembles a registrar."""
    assert issubclass(UnknownBackend, PluginError)
    assert issubclass(MissingExtra, PluginError)
    assert issubclass(PluginConflict, PluginError)


def test_an_unknown_name_comes_with_the_known_ones():
    """Sorted, and also as attributes."""
    error = UnknownBackend("store", "redis", ["sqlite", "memory"])

    assert str(error) == "store: no back-end 'redis' is installed; known: memory, sqlite"
    assert (error.port, error.name, error.known) == ("store", "redis", ("memory", "sqlite"))


@pytest.mark.parametrize(
    ("name", "near"), [("sqlit", "sqlite"), ("postgres", "postgresql"), ("memroy", "memory")]
)
def test_a_slip_of_the_pen_comes_with_what_was_probably_meant(name, near):
    """Whoever mistypes a name reads the right one before the list of all."""
    error = UnknownBackend("store", name, ["sqlite", "memory", "postgresql"])

    assert str(error) == (
        f"store: no back-end {name!r} is installed; did you mean {near!r}? "
        "known: memory, postgresql, sqlite"
    )


def test_what_is_no_name_is_not_shown():
    """It may be a password in the wrong place."""
    assert str(UnknownBackend("store", None, [])) == "store: neither a name nor a URL; known: none"


def test_a_missing_package_names_the_command():
    """Exactly what to type."""
    with pytest.raises(MissingExtra) as caught, needs_extra("sql"):
        import sqlalchemy_that_is_not_there  # noqa: F401

    assert 'pip install "registrazione[sql]"' in str(caught.value)
    assert caught.value.extra == "sql"


def test_a_fault_of_our_own_is_left_as_it_is():
    """A missing module of the library would not come with any extra; nor would other errors."""
    with pytest.raises(ModuleNotFoundError), needs_extra("sql"):
        import registrazione.not_there  # noqa: F401
    with pytest.raises(ImportError) as caught, needs_extra("sql"):
        raise ImportError

    assert not isinstance(caught.value, MissingExtra)


def test_with_everything_there_nothing_happens():
    """The block runs."""
    with needs_extra("sql"):
        done = True

    assert done
