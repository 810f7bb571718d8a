"""`tollgate audit` on a running gateway's database and store."""

import json

from . import console

SECRET = "audit-secret-0123456789abcdefghijklmnopqrstuvwxy"


def settings(gateway):
    """What the command must be told to look at the same database and store as the gateway."""
    return {
        "TOLLGATE_DATABASE_URL": gateway.env["TOLLGATE_DATABASE_URL"],
        "TOLLGATE_SECRET": SECRET,
        "TOLLGATE_SERVER_PUBLIC_URL": gateway.url,
        "TOLLGATE_STORAGE_LOCAL_DIRECTORY": gateway.data / "objects",
        "TOLLGATE_STORAGE_LOCAL_ACCESS_KEY_ID": gateway.env["TOLLGATE_STORAGE_ACCESS_KEY_ID"],
        "TOLLGATE_STORAGE_LOCAL_SECRET_ACCESS_KEY": gateway.env["TOLLGATE_STORAGE_SECRET_ACCESS_KEY"],
    } | gateway.settings


def run(gateway, *arguments):
    return console.run("audit", *arguments, **settings(gateway))


def audit(gateway, *arguments):
    """-> (exit status, events, the whole answer)"""
    result = run(gateway, *arguments, "--format", "json")
    assert result.returncode in (0, 1) and result.stderr == "", console.explain(result)
    answer = json.loads(result.stdout)
    return result.returncode, answer["data"], answer


def checks(events, kind="found"):
    """The names of the checks that found something."""
    return {event["check"] for event in events if event["event"] == kind}


def assert_clean(gateway, *arguments):
    """All five invariants hold, those about the store included."""
    status, events, answer = audit(gateway, "--store", *arguments)
    assert (status, answer["discrepancies"]) == (0, 0), [event["text"] for event in events]
