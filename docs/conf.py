"""How the documentation is built: Sphinx with MyST, nitpicky, and a warning is an error."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

import django
from django.conf import settings

# Views and models can be imported in a project only.
settings.configure(
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "registrazione.contrib.django",
    ]
)
django.setup()

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "registrazione"
author = "the registrazione contributors"
copyright = f"2026, {author}"
release = installed_version(project)
version = release
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_design",
    "sphinxcontrib.mermaid",
    "reference_pages",
]
exclude_patterns = ["_build"]

nitpicky = True
# References to this library must lead somewhere. Those to other projects cannot be checked: the
# build reads nothing from the network. A single letter is a type variable, which is no place.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!registrazione\b).*"),
    (r"py:class", r"registrazione\..*\.[A-Z](_co)?"),
]

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "fieldlist", "substitution"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = "registrazione"
html_static_path = ["_static"]
