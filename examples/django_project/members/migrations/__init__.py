"""The tables of the members."""
