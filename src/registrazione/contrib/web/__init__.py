"""The pages of every procedure, for any framework: a request becomes commands, an answer a page."""
