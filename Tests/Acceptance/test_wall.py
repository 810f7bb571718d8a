"""The wall between tenants, walked along every route that the server registers: a new one without a place here fails.

Whatever of another tenant's is presented, the answer is that for what never existed: the same status, headers and body,
in about the same time, and nothing of the other tenant is changed.
"""

import re
import statistics
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from support import keys, pictures
from support.client import Client, post_form
from support.gateway import Dev
from support.http import call, expect, expect_json, expect_problem, explain
from support.operator import Operator
from support.processes import wait_until
from support.routes import documented, served

CONTENT = pictures.png()
FORM = {"files": {"file": ("a.png", b"abc")}}
CLASSIC = {"json": {"file_name": "a.png", "file_size": 3}}


@dataclass(frozen=True)
class Step:
    """What a tenant asks of one route. `{id}` in a path or body stands for what is another's."""

    # Of what the id is: an upload's, a key's, the tenant's or its slug; None where the route takes none.
    of: str | None = None
    # What a request that takes no id of another's is made of, so that it succeeds; the body of one that does.
    options: dict = field(default_factory=dict)
    # Whether an upload token may call it.
    token: bool = False
    # Whether a page of it begins at a cursor.
    pages: bool = False


# By method and path; the store's routes, which take any method and no key, are walked on their own.
WALK = {
    ("POST", "/v1/uploads"): Step(
        options={
            "json": {"file_name": "a.png", "file_size": 3, "uploaded_by": "user-42"},
            "headers": {"Idempotency-Key": "the-same-for-both"},
        },
        token=True,
    ),
    ("POST", "/v1/uploads/check"): Step(options={"json": {"file_name": "a.png", "file_size": 3}}, token=True),
    ("GET", "/v1/uploads"): Step(pages=True),
    ("GET", "/v1/uploads/{id}"): Step("upload", token=True),
    ("DELETE", "/v1/uploads/{id}"): Step("upload", token=True),
    ("POST", "/v1/uploads/{id}/finish"): Step("upload", token=True),
    ("POST", "/v1/uploads/{id}/renew"): Step("upload", token=True),
    ("GET", "/v1/uploads/{id}/url"): Step("upload"),
    ("POST", "/v1/tokens"): Step(options={"json": {"uploaded_by": "user-42"}}),
    ("POST", "/v1/files"): Step(options=FORM),
    ("PUT", "/v1/files/{id}"): Step("upload", FORM),
    ("GET", "/v1/tenant"): Step(),
    ("GET", "/v1/usage"): Step(),
    ("POST", "/v1/keys"): Step(options={"json": {"name": "more", "scopes": ["uploads:read"]}}),
    ("GET", "/v1/keys"): Step(pages=True),
    ("GET", "/v1/keys/{id}"): Step("key"),
    ("DELETE", "/v1/keys/{id}"): Step("key"),
    ("POST", "/v1/keys/{id}/rotate"): Step("key", {"json": {"overlap_seconds": 0}}),
    ("GET", "/v1/audit"): Step(pages=True),
    ("POST", "/v1/tenants"): Step("slug", {"json": {"slug": "{id}", "name": "mine now"}}),
    ("GET", "/v1/tenants"): Step("slug", {"params": {"cursor": "{id}"}}),
    ("GET", "/v1/tenants/{id}"): Step("tenant"),
    ("PATCH", "/v1/tenants/{id}"): Step("tenant", {"json": {"suspended": True}}),
    ("POST", "/v1/tenants/{id}/keys"): Step("tenant", {"json": {"name": "mine"}}),
    **{
        ("POST", root + path): step
        for root in ("/api/upload", "/api/files/upload")
        for path, step in {
            "/direct/start": Step(options=CLASSIC, token=True),
            "/direct/finish": Step("upload", {"json": {"file_id": "{id}"}}, token=True),
            "/direct/local/{id}": Step("upload", FORM, token=True),
            "/standard": Step(options=FORM),
        }.items()
    },
    ("GET", "/healthz"): Step(),
    ("GET", "/readyz"): Step(),
    ("GET", "/metrics"): Step(),
    ("GET", "/problems/{code}"): Step(),
}
OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/problems/{code}")}
OPERATOR = {route for route in WALK if route[1].startswith("/v1/tenants")}
STORE = {
    (method, path)
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    for path in ("/storage/{bucket}", "/storage/{bucket}/**")
}
BY_ID = {route: step for route, step in WALK.items() if step.of}
WITHOUT = {route: step for route, step in WALK.items() if not step.of and route not in OPEN}


def routes(chosen):
    chosen = sorted(chosen, key=lambda route: (route[1], route[0]))
    return pytest.mark.parametrize("route", chosen, ids=[" ".join(route) for route in chosen])


@dataclass
class Owner:
    """A tenant with one of everything."""

    id: str
    slug: str
    client: Client
    uploads: dict
    keys: dict
    token: str
    idle_key: str
    ended_key: str
    link: str
    ticket: dict

    def targets(self, of):
        """What of this tenant a route may be asked for."""
        return {
            "upload": list(self.uploads.values()), "key": list(self.keys.values()), "tenant": [self.id],
            "slug": [self.slug],
        }[of]  # fmt: skip

    @property
    def marks(self):
        """What must stand in no answer to others."""
        return [self.id, self.slug, *self.uploads.values(), *self.keys.values(), keys.public_id(self.client.key)]


@pytest.fixture(scope="module")
def gateway(directories, logs):
    """One of its own: wrong keys are counted by address, and the routes are read from JSON lines."""
    with Dev.own(
        directories,
        logs,
        "wall",
        TOLLGATE_LOG_FORMAT="json",
        TOLLGATE_LIMITS_FAILED_AUTHENTICATIONS=1_000_000,
        TOLLGATE_UPLOADS_SWEEP_INTERVAL_SECONDS=1,
    ) as made:
        yield made


def make_owner(gateway):
    operator = Operator(gateway.url, gateway.env["TOLLGATE_OPERATOR_KEY"])
    tenant = operator.create()
    client = Client(gateway.url, tenant["key"])

    def make_key(name):
        return expect_json(client.call("POST", "/v1/keys", json={"name": name, "scopes": ["uploads:read"]}), 201)

    ended, idle = make_key("ended"), make_key("idle")
    expect(client.call("DELETE", f"/v1/keys/{ended['id']}"), 204)
    headers = {"Idempotency-Key": "the-same-for-both"}
    ticket = expect_json(client.try_start(headers, file_name="a.png", file_size=3, uploaded_by="user-42"), 201)
    aborted = client.start(file_name="a.png", file_size=3)["id"]
    client.delete(aborted)
    finished = client.upload(CONTENT, uploaded_by="user-42")["id"]
    token = expect_json(client.call("POST", "/v1/tokens", json={"uploaded_by": "user-42"}), 201)["token"]
    return Owner(
        tenant["id"],
        tenant["slug"],
        client,
        {"finished": finished, "pending": ticket["id"], "aborted": aborted},
        {"ended": ended["id"], "idle": idle["id"]},
        token,
        idle["key"],
        ended["key"],
        client.url(finished)["url"],
        ticket,
    )


@pytest.fixture(scope="module")
def intruder(gateway):
    return make_owner(gateway)


@pytest.fixture(scope="module")
def victim(gateway, intruder):
    """Made after the intruder, whose own things thus stand behind the victim's cursors."""
    owner = make_owner(gateway)

    def at_rest():
        looks = [gateway.database.held(upload)["next_look_at"] for upload in owner.uploads.values()]
        return all(look > datetime.now(UTC) + timedelta(minutes=10) for look in looks)

    # What was aborted is swept once at once; after that no row changes by itself for as long as these tests take.
    wait_until(at_rest, 30, "the sweeper had done with the victim's uploads")
    return owner


def everything_of(gateway, owner):
    files = {path: path.read_bytes() for path in gateway.files() if f"/{owner.slug}/" in str(path)}
    return gateway.database.rows_of(owner.id), files


@pytest.fixture(autouse=True)
def unchanged(gateway, victim):
    """Rows and objects of the victim are after each test what they were before it."""
    before = everything_of(gateway, victim)
    yield
    after = everything_of(gateway, victim)
    assert before[0]["uploads"] and before[0]["api_keys"] and before[1], "there is something to be changed"
    assert after == before, "something of the other tenant was changed"


def never_existed(identifier):
    """Of the same form and time as `identifier`; nobody's."""
    end = "".join("0123456789abcdef"["fedcba9876543210".index(digit)] if digit in "0123456789abcdef" else "x"
                  for digit in identifier[-6:])  # fmt: skip
    return identifier[:-6] + end


def fill(value, identifier):
    if isinstance(value, dict):
        return {name: fill(part, identifier) for name, part in value.items()}
    return value.replace("{id}", identifier) if isinstance(value, str) else value


def ask(client, route, identifier="", step=None):
    method, path = route
    step = step or WALK[route]
    path = path.replace("{code}", "not-found").replace("{id}", identifier)
    return client.call(method, path, **(step.options if "files" in step.options else fill(step.options, identifier)))


def comparable(response, *hidden):
    """All of an answer that must not differ."""
    text = response.text
    for identifier in hidden:
        text = text.replace(identifier, "{id}")
    text = text.replace(response.headers["X-Request-Id"], "{request}")
    headers = {name: value for name, value in response.headers.items() if name not in ("Date", "X-Request-Id")}
    return response.status_code, headers, text


def assert_same(theirs, nobodys, *hidden):
    assert comparable(theirs, *hidden) == comparable(nobodys, *hidden), f"{explain(theirs)}\n\n{explain(nobodys)}"


def assert_silent(response, owner):
    told = [mark for mark in owner.marks if mark in response.text]
    assert not told, f"{told} of another tenant\n{explain(response)}"


# The walk


def test_every_route_of_the_server_is_walked(gateway):
    registered = served(gateway.log)
    assert set(registered) == set(WALK) | STORE
    access = {route: who for route, who in registered.items() if who in ("open", "operator")}
    assert {route for route, who in access.items() if who == "operator"} == OPERATOR
    assert {route for route, who in access.items() if who == "open"} == OPEN | STORE


def test_every_route_of_the_server_is_documented(gateway):
    def but_the_stores(found):
        return {route for route in found if not route[1].startswith("/storage/")}

    assert but_the_stores(documented()) == but_the_stores(served(gateway.log))


@routes(BY_ID)
def test_what_is_anothers_is_not_found(gateway, intruder, victim, route):
    step = BY_ID[route]
    for identifier in victim.targets(step.of):
        theirs, nobodys = (ask(intruder.client, route, i) for i in (identifier, never_existed(identifier)))
        if route in OPERATOR:
            expect_problem(theirs, 403, "forbidden")
        else:
            expect_problem(theirs, 404, "not-found")
        assert_same(theirs, nobodys, identifier, never_existed(identifier))
        assert_silent(theirs, victim)


@routes(BY_ID)
def test_what_is_anothers_is_not_found_by_a_token(gateway, intruder, victim, route):
    step = BY_ID[route]
    page = Client(gateway.url, intruder.token)
    for identifier in victim.targets(step.of):
        theirs, nobodys = (ask(page, route, i) for i in (identifier, never_existed(identifier)))
        expect_problem(theirs, 404 if step.token else 403, "not-found" if step.token else "forbidden")
        assert_same(theirs, nobodys, identifier, never_existed(identifier))


@routes(WITHOUT)
def test_what_takes_no_id_tells_of_oneself_alone(gateway, intruder, victim, route):
    response = ask(intruder.client, route)
    expect(response, (200, 201))
    assert_silent(response, victim)
    response = ask(Client(gateway.url, intruder.token), route)
    expect(response, (200, 201) if WALK[route].token else 403)
    assert_silent(response, victim)


@routes({route for route, step in WALK.items() if step.pages})
def test_anothers_cursor_is_one_that_nobody_was_given(intruder, victim, route):
    cursor = expect_json(victim.client.call("GET", route[1], params={"limit": 1}), 200)["next_cursor"]
    assert cursor, "the victim has more than a page"
    answers = [intruder.client.call("GET", route[1], params={"cursor": c}) for c in (cursor, never_existed(cursor))]
    assert_same(*answers, cursor, never_existed(cursor))
    assert_silent(answers[0], victim)
    assert answers[0].json()["data"], "what the intruder has itself is older, and so behind the cursor"


@routes(set(WALK) - OPEN)
def test_credentials_that_are_almost_anothers_are_none(gateway, intruder, victim, route):
    head, content, signature = victim.token.split(".")
    almost = {
        "nothing": None,
        "another secret": keys.with_wrong_secret(victim.client.key),
        "an unknown id": keys.unknown(victim.client.key),
        "an ended key": victim.ended_key,
        "another's content, one's own signature": f"{head}.{content}.{intruder.token.split('.')[2]}",
        "a signature cut": f"{head}.{content}.{signature[:-4]}",
    }
    identifier = victim.targets(WALK[route].of)[0] if WALK[route].of else ""
    answers = {name: ask(Client(gateway.url, key), route, identifier) for name, key in almost.items()}
    for answer in answers.values():
        expect_problem(answer, 401, "unauthenticated")
        assert_same(answer, answers["nothing"])


@routes(set(WALK) - OPEN - OPERATOR)
def test_the_operators_key_opens_no_tenants_routes(gateway, victim, route):
    operator = Operator(gateway.url, gateway.env["TOLLGATE_OPERATOR_KEY"])
    for identifier in victim.targets(WALK[route].of) if WALK[route].of else [""]:
        answers = [ask(operator, route, i) for i in (identifier, identifier and never_existed(identifier))]
        expect_problem(answers[0], 403, "forbidden")
        assert_same(*answers)


@routes(OPEN)
def test_open_routes_tell_nothing_of_anybody(gateway, victim, route):
    for key in (None, victim.idle_key, victim.token):
        response = expect(ask(Client(gateway.url, key), route), 200)
        assert_silent(response, victim)


# The store


def plain(response, key):
    """The store's answer without what a request has of its own: times, ids, and what was signed."""
    text = response.text.replace(key, "{key}").replace(response.headers["X-Request-Id"], "{request}")
    text = re.sub(r"[0-9a-f]{64}", "{digest}", text)
    text = re.sub(r"<(\w*Bytes|RequestId|HostId)>.*?</\1>", "", text, flags=re.DOTALL)
    headers = {name.lower() for name in response.headers}
    return response.status_code, headers, text


@routes(STORE)
@pytest.mark.parametrize("signed", ["a link", "a form", "nothing"])
def test_signatures_open_nothing_of_anothers(gateway, intruder, victim, route, signed):
    method, path = route
    key = victim.client.get(victim.uploads["finished"])["key"]
    assert key.startswith(victim.slug + "/")
    answers = []
    for wanted in (key, key[: -len("0000.png")] + "ffff.png"):
        url = gateway.url + path.replace("{bucket}", gateway.bucket).replace("**", wanted)
        if signed == "a link":
            response = call(method, f"{url}?{intruder.link.partition('?')[2]}")
        elif signed == "a form":
            fields = intruder.ticket["fields"] | {"key": wanted}
            response = call(method, url, data=list(fields.items()), files={"file": ("a.png", b"xyz")})
        else:
            response = call(method, url)
        assert_silent_store(response, method)
        answers.append(plain(response, wanted))
    assert answers[0] == answers[1]


def assert_silent_store(response, method):
    assert 400 <= response.status_code < 500 or method == "OPTIONS", explain(response)
    assert CONTENT not in response.content, explain(response)


def test_a_link_and_a_form_are_good_for_what_they_were_signed_for(intruder):
    """Or the tests above would prove nothing."""
    assert expect(call("GET", intruder.link), 200).content == CONTENT
    answer = post_form(intruder.ticket, b"abc")
    expect(answer, 204)


# Time


def medians(ask_first, ask_second, repetitions):
    """Milliseconds of two requests, taken in turn so that whatever slows the machine slows both."""
    times = [], []
    for _ in range(repetitions):
        for kept, attempt in zip(times, (ask_first, ask_second), strict=True):
            began = time.perf_counter()
            attempt()
            kept.append((time.perf_counter() - began) * 1000)
    return [statistics.median(kept) for kept in times]


def assert_same_class(first, second):
    """Less apart than a look at the store or a hash would put them."""
    assert abs(first - second) <= max(5, 0.5 * min(first, second)), f"{first:.2f} and {second:.2f} ms"


@routes({route: step for route, step in BY_ID.items() if route not in OPERATOR})
def test_time_does_not_tell_what_exists(intruder, victim, route):
    identifier = victim.targets(BY_ID[route].of)[0]
    assert_same_class(
        *medians(
            lambda: ask(intruder.client, route, identifier),
            lambda: ask(intruder.client, route, never_existed(identifier)),
            15,
        )
    )


def test_time_does_not_tell_which_keys_exist(gateway, victim):
    wrong, unknown = keys.with_wrong_secret(victim.client.key), keys.unknown(victim.client.key)
    wrong, unknown = Client(gateway.url, wrong), Client(gateway.url, unknown)
    took = medians(lambda: wrong.call("GET", "/v1/tenant"), lambda: unknown.call("GET", "/v1/tenant"), 15)
    assert_same_class(*took)
    assert min(took) > 5, f"{took} ms: argon2 takes longer, or this test measures nothing"
