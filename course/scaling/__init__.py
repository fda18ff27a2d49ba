"""Scaling: the law that limits it, the way from one box to services, and what else makes a system carry more."""
