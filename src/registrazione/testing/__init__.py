"""What adapter authors and embedding applications test with."""
