"""Tenants of a test's own."""

import itertools
import secrets

from .client import Client

_numbers = itertools.count(1)


class Tenant:
    def __init__(self, gateway, slug, answer):
        self.gateway, self.slug = gateway, slug
        self.id, self.key = answer["id"], answer["key"]
        self.client = Client(gateway.url, self.key)

    def client_with(self, *scopes):
        """A client whose key has these scopes alone."""
        answer = self.gateway.console.create_key(self.slug, "narrow", scopes)
        return Client(self.gateway.url, answer["key"])

    @property
    def counters(self):
        return self.gateway.database.assert_exact(self.slug)


def make_tenant(gateway, **limits):
    slug = f"t{next(_numbers)}-{secrets.token_hex(4)}"
    answer = gateway.console.create_tenant(slug, f"Tenant {slug}", **limits)
    assert answer["slug"] == slug, answer
    return Tenant(gateway, slug, answer)
