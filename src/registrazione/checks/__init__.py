"""Thin, lazy wrappers of the libraries that judge passwords, addresses and places."""
