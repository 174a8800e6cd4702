"""Ways for letters to leave: SMTP, a folder, the screen, and a list for tests."""
