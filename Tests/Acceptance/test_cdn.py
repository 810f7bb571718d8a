"""Downloads behind a CDN: its plain URL, or CloudFront's signed one, proven with the openssl command."""

import base64
import subprocess
from datetime import UTC, datetime
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest

from support import pictures
from support.http import expect_problem

CDN = "https://cdn.example.com/files"
NAME = 'Größe "x" 100%.png'


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture
def key(tmp_path):
    """A throw-away key pair. -> the private key's file and the public one's"""
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    openssl("genrsa", "-out", private, 2048)
    openssl("rsa", "-in", private, "-pubout", "-out", public)
    private.chmod(0o600)
    return private, public


def test_without_a_key_pair_the_link_is_the_cdns_and_does_not_end(fresh_dev):
    api = fresh_dev(TOLLGATE_STORAGE_CDN_URL=CDN + "/").client()
    upload = api.upload(pictures.png(8, 8), NAME)
    answer = api.url(upload["id"], disposition="inline")
    assert answer == {"url": f"{CDN}/{quote(upload['key'])}", "expires_at": None}
    expect_problem(api.call("GET", f"/v1/uploads/{upload['id']}/url?disposition=evil"), 400, "malformed-request")


def test_with_a_key_pair_cloudfront_can_verify_the_link(fresh_dev, key, tmp_path):
    private, public = key
    gateway = fresh_dev(
        TOLLGATE_STORAGE_CDN_URL=CDN,
        TOLLGATE_STORAGE_CDN_KEY_PAIR_ID="K2JCJMDEHXQW5F",
        TOLLGATE_STORAGE_CDN_PRIVATE_KEY_FILE=private,
    )
    api = gateway.client()
    upload = api.upload(pictures.png(8, 8), NAME)
    answer = api.url(upload["id"], disposition="inline", expires_in=120)

    resource, _, signed = answer["url"].partition("&Expires=")
    query = parse_qs("Expires=" + signed)
    assert list(query) == ["Expires", "Signature", "Key-Pair-Id"], answer
    assert query["Key-Pair-Id"] == ["K2JCJMDEHXQW5F"]
    expires = int(query["Expires"][0])
    assert datetime.fromisoformat(answer["expires_at"]).timestamp() == expires
    assert 110 < expires - datetime.now(UTC).timestamp() <= 121

    assert resource.startswith(f"{CDN}/{quote(upload['key'])}?"), answer
    overrides = parse_qs(urlsplit(resource).query)
    assert overrides["response-content-type"] == ["image/png"]
    (disposition,) = overrides["response-content-disposition"]
    assert disposition.startswith('inline; filename="')
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == NAME

    policy, signature = tmp_path / "policy", tmp_path / "signature"
    policy.write_text(
        f'{{"Statement":[{{"Resource":"{resource}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'
    )
    signature.write_bytes(base64.b64decode(query["Signature"][0].translate(str.maketrans("-_~", "+=/"))))
    openssl("dgst", "-sha1", "-verify", public, "-signature", signature, policy)


def test_a_key_that_cannot_sign_stops_the_start(fresh_dev, tmp_path):
    path = tmp_path / "key.pem"
    for text in [None, "hunter2"]:
        if text is not None:
            path.write_text(text)
        gateway = fresh_dev(
            start=False,
            TOLLGATE_STORAGE_CDN_URL=CDN,
            TOLLGATE_STORAGE_CDN_KEY_PAIR_ID="K2JCJMDEHXQW5F",
            TOLLGATE_STORAGE_CDN_PRIVATE_KEY_FILE=path,
        )
        gateway.spawn()
        assert gateway.process.wait(60) != 0
        assert "TOLLGATE_STORAGE_CDN_PRIVATE_KEY_FILE" in gateway.told()
        assert str(path) in gateway.told() and "hunter2" not in gateway.told()
