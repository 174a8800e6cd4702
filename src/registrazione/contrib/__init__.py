"""What fits the library into frameworks; each is loaded by those who use it."""
