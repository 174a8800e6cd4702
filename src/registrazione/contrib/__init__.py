"""Bridges to web frameworks."""
