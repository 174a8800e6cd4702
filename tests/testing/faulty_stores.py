"""Stores with one fault each, and the law that has to notice it."""

from __future__ import annotations

from tests.testing import faulty_claims, faulty_commits, faulty_queries, faulty_workers

from registrazione.adapters.memory import MemoryStore

FAULTS: dict[type[MemoryStore], str] = {
    **faulty_commits.FAULTS,
    **faulty_claims.FAULTS,
    **faulty_queries.FAULTS,
    **faulty_workers.FAULTS,
}
