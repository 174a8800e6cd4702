"""One file per chapter: what follows from each command."""
