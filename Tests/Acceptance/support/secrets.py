"""Every secret that the run met, and every log, database and page of metrics that must not hold one of them."""

import re
import threading
from collections import defaultdict

from . import keys

# How base64 of `{"expiration` begins, and so every policy that a builder of ours or botocore writes.
POLICY = "eyJleHBpcmF0aW9u"

# Shorter texts would be found by chance; and by so many characters a search begins.
SHORTEST = 16
# Where in a text one can stand: all are made of these characters, and so is what bytea makes of them.
RUN = re.compile(rf"[0-9A-Za-z_\-./+=]{{{SHORTEST},}}")


class SecretBook:
    def __init__(self):
        self._lock = threading.Lock()
        self.secrets = {}  # value: what it is
        self.logs = []  # paths
        self.dumps = {}  # what pg_dump told of a database before its server was ended, by gateway or cluster
        self.pages = {}  # what a gateway answered on /metrics before it was stopped, by its name

    def note(self, what, value):
        if value and len(value) >= SHORTEST:
            assert RUN.fullmatch(value), f"{what} has characters that the search does not expect"
            with self._lock:
                self.secrets.setdefault(value, what)

    def note_form(self, fields):
        self.note("a form's signature", fields.get("x-amz-signature"))
        self.note("a form's policy", fields.get("policy"))

    def note_url(self, url):
        for part in url.partition("?")[2].split("&"):
            name, _, value = part.partition("=")
            if name.lower() == "x-amz-signature":
                self.note("a URL's signature", value)

    def search(self):
        with self._lock:
            return Search(self.secrets)


class Search:
    """Looks for all secrets in one walk through a text: as they are, and as PostgreSQL writes bytea.

    Of a key its secret part is looked for: its id may be told. A policy is found whether anybody noted it or not.
    """

    def __init__(self, secrets):
        self._wanted = defaultdict(list)  # by their first characters
        self._add(POLICY, "a policy")
        for value, what in secrets.items():
            key = keys.FORM.fullmatch(value)
            self._add(key.group(2) if key else value, what)

    def _add(self, value, what):
        for written in (value, value.encode().hex()):
            self._wanted[written[:SHORTEST]].append((written, what))

    def found_in(self, text):
        """-> what was found, not its value"""
        found = set()
        for run in set(RUN.findall(text)):
            for place in range(len(run) - SHORTEST + 1):
                for written, what in self._wanted.get(run[place : place + SHORTEST], ()):
                    if run.startswith(written, place):
                        found.add(what)
        return found


BOOK = SecretBook()
