"""OpenID Federation 1.0, as CIE and SPID use it: who somebody is, is told by who stands above."""
