"""What drives the core: questions answered, changes committed, letters delivered."""
