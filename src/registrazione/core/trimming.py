"""Which white space people leave at the edges of what they type."""

from __future__ import annotations

# Unicode's space separators (category Zs), written out because ``\s`` also holds controls.
SPACES = (
    " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_WHITE_SPACE = SPACES + "\t\r\n"


def trim(text: str) -> str:
    """Return the text without spaces, tabs and line ends at either end.

    Unlike :meth:`str.strip` it leaves every other control in place, to be refused.
    """
    return text.strip(_WHITE_SPACE)
