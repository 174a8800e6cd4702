"""``python -m registrazione`` is the command ``registrazione``."""

from registrazione.cli import main

main()
