"""A tenant's app: the calls of the API, one method each."""

import hashlib

from .http import call, expect, expect_json
from .secrets import BOOK


def post_form(ticket, content, filename="file", content_type=None, fields=None, **options):
    """Sends a browser's form: the fields in order, then the file. The store's answer comes back as it is."""
    chosen = ticket["fields"] if fields is None else fields
    pairs = list(chosen.items()) if isinstance(chosen, dict) else list(chosen)
    part = (filename, content) if content_type is None else (filename, content, content_type)
    return call("POST", ticket["url"], data=pairs, files={"file": part}, **options)


class Client:
    def __init__(self, base, key):
        self.base = base.rstrip("/")
        self.key = key
        BOOK.note("an API key", key)

    def __repr__(self):
        return f"<client of {self.base}>"

    def call(self, method, path, **options):
        headers = {**({"Authorization": f"Bearer {self.key}"} if self.key else {}), **options.pop("headers", {})}
        response = call(method, self.base + path, headers=headers, **options)
        if "json" in response.headers.get("Content-Type", "") and any(
            mark in response.content.lower() for mark in (b"x-amz-signature", b'"tg_', b'"tgt_')
        ):
            self._note(response.json())
        return response

    def _note(self, value):
        if isinstance(value, dict):
            for member, what in (("key", "an API key"), ("token", "an upload token")):
                if str(value.get(member)).startswith(("tg_", "tgt_")):
                    BOOK.note(what, value[member])
            BOOK.note_form(value.get("fields") or {})
            if isinstance(value.get("url"), str):
                BOOK.note_url(value["url"])

    # Uploads

    def try_start(self, headers=None, **members):
        return self.call("POST", "/v1/uploads", json=members, headers=headers or {})

    def start(self, **members):
        """-> the ticket"""
        return expect_json(self.try_start(**members), 201)

    def check(self, **members):
        return expect_json(self.call("POST", "/v1/uploads/check", json=members), 200)

    def store(self, ticket, content, **options):
        return expect(post_form(ticket, content, **options), 204)

    def try_finish(self, upload_id):
        return self.call("POST", f"/v1/uploads/{upload_id}/finish")

    def finish(self, upload_id):
        """-> the upload"""
        return expect_json(self.try_finish(upload_id), 200)

    def upload(self, content, file_name="picture.png", **members):
        """start, form, finish -> the finished upload"""
        members.setdefault("file_size", len(content))
        ticket = self.start(file_name=file_name, **members)
        self.store(ticket, content)
        return self.finish(ticket["id"])

    def get(self, upload_id):
        return expect_json(self.call("GET", f"/v1/uploads/{upload_id}"), 200)

    def list(self, **query):
        """-> {"data": [...], "next_cursor": ...}"""
        return expect_json(self.call("GET", "/v1/uploads", params=query), 200)

    def renew(self, upload_id):
        return expect_json(self.call("POST", f"/v1/uploads/{upload_id}/renew"), 200)

    def url(self, upload_id, **query):
        """-> {"url", "expires_at"}"""
        return expect_json(self.call("GET", f"/v1/uploads/{upload_id}/url", params=query), 200)

    def delete(self, upload_id):
        return expect(self.call("DELETE", f"/v1/uploads/{upload_id}"), 204)

    def download(self, upload_id, headers=None, **query):
        """The object through its URL; no key goes with it: the signature is the permission."""
        return call("GET", self.url(upload_id, **query)["url"], headers=headers or {})

    def assert_stored(self, upload_id, content):
        response = expect(self.download(upload_id), 200)
        same = hashlib.sha256(response.content).digest() == hashlib.sha256(content).digest()
        assert same, f"sent {len(content)} bytes, other {len(response.content)} bytes came back"
        return response

    # Files through the gateway

    def try_file(self, content, filename="picture.png", method="POST", path="/v1/files", **fields):
        return self.call(method, path, data=list(fields.items()), files={"file": (filename, content)})

    def file(self, content, filename="picture.png", **fields):
        return expect_json(self.try_file(content, filename, **fields), 201)
