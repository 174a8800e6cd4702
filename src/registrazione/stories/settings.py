"""What stories are played with, so that who looks at the result afterwards opens the same."""

from __future__ import annotations

DATABASE = "registrazione-story.db"
"""The file in the current folder, where nothing else is said."""
BASE_URL = "https://registrazione.example"
KEYS = ("a-key-for-stories-and-for-nothing-else",)
"""It protects nobody: the people of the stories are made up."""
