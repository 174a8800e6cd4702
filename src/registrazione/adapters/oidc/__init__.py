"""OpenID Connect: a relying party, and the federation in which CIE and SPID speak it.

It believes nothing before it is signed by a key that it knows, for this client, for this browser's
sign-in, now and once; the rules stand in tables (in ``rules``).
"""
