"""The commands: each is a timer of the registrar, or a look at the settings."""
