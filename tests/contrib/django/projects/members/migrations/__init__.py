"""The steps to today's tables."""
