"""The one place that holds the version: the build and the package both read it here."""

__version__ = "26.1.0.dev0"
