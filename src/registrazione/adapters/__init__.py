"""The back-ends that come with the library."""
