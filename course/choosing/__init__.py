"""Choosing: all five patterns, each built and tuned for a use case, and which of them wins where."""
