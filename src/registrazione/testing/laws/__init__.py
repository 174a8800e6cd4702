"""The laws of the ports, as functions: an adapter that keeps them all may take its place."""
