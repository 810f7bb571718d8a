"""The benchmark suite of Tollgate: `scripts/bench` runs it, docs/performance.md says what it measures."""
