"""The web demonstration: every procedure, a mailbox, identity providers and desks, all made up.

It believes whoever asks and forgets everything when it ends: never let strangers reach it.
"""
