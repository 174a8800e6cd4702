"""Names that are loaded on first use are as well known to type checkers as any others."""

from typing import assert_type

import registrazione
from registrazione import Registrar, Settings

assert_type(registrazione.Registrar, type[Registrar])
assert_type(registrazione.Settings, type[Settings])

# A name that there is not is an error here, whatever the module does when it is run.
registrazione.Registar  # type: ignore[attr-defined]  # noqa: B018
