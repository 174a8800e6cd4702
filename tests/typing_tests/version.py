"""Read by the type checkers, never run: what a user of the library may rely on."""

from typing import assert_type

import registrazione

assert_type(registrazione.__version__, str)
