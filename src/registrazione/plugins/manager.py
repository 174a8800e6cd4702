"""The catalogue of back-ends: built-in ones, given ones, and those of other distributions."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, TypeGuard, TypeVar

import attrs
import pluggy

from registrazione._version import __version__
from registrazione.plugins import hookspecs
from registrazione.plugins.errors import PluginConflict, PluginError, UnknownBackend
from registrazione.plugins.hookspecs import PROJECT
from registrazione.plugins.records import ACCOUNT_STORE, CONTRACT_VERSION, PORTS, Backend, Port
from registrazione.ports import AsyncAccountStore

P = TypeVar("P")

BLOCKED_VARIABLE = "REGISTRAZIONE_BLOCKED_PLUGINS"
"""Environment variable: names of plugins that are not to be loaded, separated by commas."""

# Named and not imported: the arrows point from the adapters to here.
_BUILTIN = "registrazione.adapters.builtin"
_NAME = re.compile(r"[a-z][a-z0-9+._-]{0,63}")
_NO_SETTINGS: Mapping[str, object] = MappingProxyType({})


@attrs.frozen
class PluginRow:
    """One row of ``registrazione plugins``.

    Args:
        name: Name of the back-end.
        hook: The hook it came in by.
        distribution: Who brings it; a plugin that was handed over directly names its module.
        version: Version of the distribution; empty where there is none.
    """

    name: str
    hook: str
    distribution: str
    version: str


@attrs.frozen
class _Source:
    """Who brings a plugin."""

    distribution: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}".rstrip()


class PluginCatalogue:
    """Know every back-end and choose among them by name or URL scheme.

    Each catalogue has a plugin manager of its own: two registrars in one process share nothing.
    Every plugin's hooks are called once, when it comes in. The entry points of the group
    ``registrazione`` are read only when a name is asked for that is neither built in nor given
    in ``plugins``, or by :meth:`load_all`. Whatever is wrong with a plugin stops the assembly.

    Args:
        plugins: Modules or objects with hook implementations, beside the built-in ones.
        blocked: Names of plugins that must not be loaded.
        environ: Where to look for :data:`BLOCKED_VARIABLE`; by default the process's environment.

    Raises:
        PluginError: A plugin cannot be used.
    """

    def __init__(
        self,
        plugins: Iterable[object] = (),
        *,
        blocked: Iterable[str] = (),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Take in the built-in and the given plugins."""
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._backends: dict[tuple[str, str], tuple[Backend[Any], _Source]] = {}
        self._sources: dict[str, _Source] = {}
        self._read_entry_points = False
        variable = (os.environ if environ is None else environ).get(BLOCKED_VARIABLE, "")
        for name in (*blocked, *re.findall(r"[^\s,]+", variable)):
            self._manager.set_blocked(name)
        self._take(import_module(_BUILTIN), PROJECT, _Source(PROJECT, __version__))
        for plugin in plugins:
            name = str(getattr(plugin, "__name__", type(plugin).__qualname__))
            self._take(plugin, name, _Source(name))

    def get(self, port: Port[P], name: str) -> Backend[P]:
        """Return the back-end of that name.

        Raises:
            UnknownBackend: There is none; the error lists those there are.
            PluginError: The entry points had to be read, and one of them cannot be used.
        """
        return self._choose(port, name)

    def resolve(self, port: Port[P], choice: str) -> Backend[P]:
        """Return the back-end that a name or a URL chooses.

        ``postgresql+psycopg://`` is looked for as a whole first, then as ``postgresql``.

        Args:
            port: Which port is to be filled.
            choice: Such as ``memory`` or ``sqlite:///accounts.db``. It may hold a password, so
                that no error shows more of it than the scheme.

        Raises:
            UnknownBackend: There is none, or ``choice`` is neither a name nor a URL.
            PluginError: The entry points had to be read, and one of them cannot be used.
        """
        name = choice.partition("://")[0]
        if not _NAME.fullmatch(name):
            raise UnknownBackend(port.name, None, self.names(port))
        return self._choose(port, name, name.partition("+")[0])

    def build(
        self, port: Port[P], choice: str, *, settings: Mapping[str, object] = _NO_SETTINGS
    ) -> P:
        """Return a new instance of what a name or a URL chooses.

        Args:
            port: Which port is to be filled.
            choice: A name or a URL, which goes to the back-end's factory.
            settings: Goes to the factory as well.

        Raises:
            UnknownBackend: There is no such back-end.
            MissingExtra: It needs packages that are not installed.
            PluginError: The back-end's own check finds fault with the instance; or the entry
                points had to be read, and one of them cannot be used.
        """
        url = choice if "://" in choice else f"{choice}://"
        backend = self.resolve(port, choice)
        instance = backend.factory(url, settings=settings)
        if problems := tuple(backend.check(instance)):
            raise PluginError(f"{port.name} {backend.name!r}: {'; '.join(problems)}")
        return instance

    def build_awaitable(
        self, choice: str, *, settings: Mapping[str, object] = _NO_SETTINGS
    ) -> AsyncAccountStore | None:
        """Return the store with awaitable methods that a URL chooses; ``None`` if it has none.

        Args:
            choice: A name or a URL, of which :meth:`build` has made an instance before.
            settings: Goes to the factory as well.
        """
        backend = self.resolve(ACCOUNT_STORE, choice)
        if backend.awaitable is None:
            return None
        url = choice if "://" in choice else f"{choice}://"
        return backend.awaitable(url, settings=settings)

    def names(self, port: Port[Any]) -> tuple[str, ...]:
        """Return the names of a port's back-ends taken in so far, sorted."""
        return tuple(sorted(name for owner, name in self._backends if owner == port.name))

    def list(self) -> tuple[PluginRow, ...]:
        """Return a row for each back-end taken in so far, by hook and name."""
        rows = [
            PluginRow(backend.name, backend.port.hook, source.distribution, source.version)
            for backend, source in self._backends.values()
        ]
        return tuple(sorted(rows, key=lambda row: (row.hook, row.name)))

    def load_all(self) -> None:
        """Take in the plugins of every installed distribution; a second call does nothing.

        Raises:
            PluginConflict: Two of them claim one name.
            PluginError: One of them cannot be used.
        """
        if self._read_entry_points:
            return
        self._read_entry_points = True
        for entry_point in entry_points(group=PROJECT):
            source = _source_of(entry_point)
            if self._manager.is_blocked(entry_point.name):
                continue
            try:
                plugin = entry_point.load()
            except Exception as error:
                raise PluginError(f"{entry_point.name} of {source} cannot be loaded") from error
            if not self._manager.is_registered(plugin):
                self._take(plugin, entry_point.name, source)

    def _choose(self, port: Port[P], *names: str) -> Backend[P]:
        """Return the first of these that there is, having read the entry points if need be."""
        if not any((port.name, name) in self._backends for name in names):
            self.load_all()
        for name in names:
            if (port.name, name) in self._backends:
                return self._backends[port.name, name][0]
        raise UnknownBackend(port.name, names[0], self.names(port))

    def _take(self, plugin: object, name: str, source: _Source) -> None:
        """Register a plugin and file what its hooks return."""
        if name in self._sources:
            raise PluginConflict(f"plugin {name!r}", str(self._sources[name]), str(source))
        try:
            if self._manager.register(plugin, name) is None:
                return
            self._manager.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:
            raise PluginError(f"{name} of {source} is no plugin: {error}") from error
        if not self._manager.get_hookcallers(plugin):
            raise PluginError(f"{name} of {source} implements no hook")
        self._sources[name] = source
        for port in PORTS:
            for backend in self._returned(plugin, port, f"{name} of {source}"):
                self._file(port, backend, source)

    def _returned(self, plugin: object, port: Port[Any], who: str) -> Iterable[object]:
        """Return what this one plugin's hook returns."""
        others = [other for other in self._manager.get_plugins() if other is not plugin]
        hook = self._manager.subset_hook_caller(port.hook, others)
        try:
            return [backend for result in hook() for backend in result]
        except Exception as error:
            raise PluginError(f"{who} failed in {port.hook}") from error

    def _file(self, port: Port[Any], backend: object, source: _Source) -> None:
        if not _is_backend(backend) or backend.port != port:
            raise PluginError(f"{source} returned no back-end from {port.hook}")
        if not _NAME.fullmatch(backend.name):
            raise PluginError(f"{source}: {backend.name!r} cannot be the scheme of a URL")
        if backend.contract_version != CONTRACT_VERSION:
            raise PluginError(
                f"{source}: {backend.name!r} was written for version {backend.contract_version} "
                f"of the contract; this is version {CONTRACT_VERSION}"
            )
        key = (port.name, backend.name)
        if key in self._backends:
            first = self._backends[key][1]
            raise PluginConflict(f"{port.name} {backend.name!r}", str(first), str(source))
        self._backends[key] = (backend, source)


def _is_backend(value: object) -> TypeGuard[Backend[Any]]:
    """Tell whether a plugin, whose types nobody has checked, returned what it should."""
    return isinstance(value, Backend)


def _source_of(entry_point: EntryPoint) -> _Source:
    distribution = entry_point.dist
    if distribution is None:
        return _Source(entry_point.value)
    return _Source(distribution.name, distribution.version)
