"""The routes of the server: as it registers them, and as docs/openapi.yaml has them."""

import json
import re

from .console import ROOT

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


def served(log):
    """What a gateway that logs JSON at debug level says of itself: {(method, path with {names})}: who may call it."""
    found = {}
    for line in log.read_text().splitlines():
        if '"message":"route"' in line:
            told = json.loads(line)
            found[told["http.method"], told["http.route"]] = told["http.route.access"]
    assert found, f"no route in {log}: does the gateway log JSON at debug level?"
    return found


def documented():
    """{(method, path)}, without the slash at a path's end.

    Read by its indentation: a path stands at two blanks, a method at four; a path may refer to a shared item.
    """
    text = (ROOT / "docs/openapi.yaml").read_text()
    paths, components = text.split("\ncomponents:\n")
    shared = {}
    for name, body in re.findall(r"^    (\w+):\n((?:      .*\n|\n)+)", components.split("\n  pathItems:\n")[1], re.M):
        shared[name] = re.findall(rf"^      ({'|'.join(METHODS)}):$", body, re.M)
    found = set()
    for path, reference, body in re.findall(
        r'^  (/\S*):(?: \{\$ref: "#/components/pathItems/(\w+)"\})?\n((?:    .*\n|\n)*)', paths, re.M
    ):
        methods = shared[reference] if reference else re.findall(rf"^    ({'|'.join(METHODS)}):$", body, re.M)
        assert methods, f"{path} has no method"
        found |= {(method.upper(), path.rstrip("/")) for method in methods}
    return found
