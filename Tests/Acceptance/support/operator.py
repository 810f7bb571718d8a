"""The platform's operator: the calls of the API that are not a tenant's."""

import itertools
import secrets

from .client import Client
from .http import expect_json
from .secrets import BOOK

_numbers = itertools.count(1)


class Operator(Client):
    def fresh_slug(self):
        return f"o{next(_numbers)}-{secrets.token_hex(4)}"

    def try_create(self, **members):
        return self.call("POST", "/v1/tenants", json=members)

    def create(self, slug=None, **members):
        """-> the tenant, its first key under "key" """
        slug = slug or self.fresh_slug()
        tenant = expect_json(self.try_create(slug=slug, name=members.pop("name", f"Tenant {slug}"), **members), 201)
        BOOK.note("an API key", tenant.get("key"))
        return tenant

    def tenant(self, tenant_id):
        return expect_json(self.call("GET", f"/v1/tenants/{tenant_id}"), 200)

    def try_change(self, tenant_id, **members):
        return self.call("PATCH", f"/v1/tenants/{tenant_id}", json=members)

    def change(self, tenant_id, **members):
        return expect_json(self.try_change(tenant_id, **members), 200)


def every_page(client, path, limit=200):
    """All that a list holds, page by page."""
    found, cursor = [], None
    while True:
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = expect_json(client.call("GET", path, params=query), 200)
        assert set(page) == {"data", "next_cursor"}, page
        assert len(page["data"]) <= limit, page
        found += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found
        assert len(page["data"]) == limit, "a page before the last one is full"
