"""A real browser: a front end written for the classic contract works unchanged, from another origin."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from support import pictures
from support.browser import Site, chromium

pytestmark = pytest.mark.every_store


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium")) as window:
        yield window


@pytest.fixture
def site(dev, acme):
    with Site(dev.url, acme.key) as site:
        yield site


def send(window, site, path):
    """Chooses the file, presses the button, waits for the end. -> (state, text)"""
    window.get(site.url + "/index.html")
    window.find_element(By.ID, "file").send_keys(str(path))
    window.find_element(By.ID, "send").click()
    status = window.find_element(By.ID, "status")
    WebDriverWait(window, 30, poll_frequency=0.05).until(
        lambda _: status.get_attribute("data-state") in ("done", "failed"), "the page never came to an end"
    )
    return status.get_attribute("data-state"), status.text


@pytest.mark.parametrize("name, make", [("cool logo ü.png", pictures.png), ("fjord.jpg", pictures.jpeg)])
def test_the_classic_front_end_uploads_a_picture(window, site, api, tmp_path, name, make):
    picture = tmp_path / name
    picture.write_bytes(make())
    state, text = send(window, site, picture)
    assert state == "done", f"{text}\n{window.get_log('browser')}"
    listed = {upload["id"]: upload for upload in api.list(status="finished")["data"]}
    assert text in listed, listed
    assert listed[text]["file_name"] == name, listed[text]
    api.assert_stored(text, picture.read_bytes())


def test_the_page_can_read_why_a_start_was_refused(window, tenant, tmp_path):
    owner = tenant(allowed_type=["image/png"])
    clip = tmp_path / "a.gif"
    clip.write_bytes(b"GIF89a")
    with Site(owner.gateway.url, owner.key) as site:
        state, text = send(window, site, clip)
    assert state == "failed" and "start: 422" in text, f"{text}\n{window.get_log('browser')}"


SCRIPT = "document.title = 'the script ran'; new Image().src = '{beacon}';"
EVIL = {
    "page.html": "<!doctype html><title>quiet</title><p id='shown'>page</p><script>{script}</script>"
    "<img src='x:' onerror=\"document.title = 'the script ran'\">",
    "image.svg": "<svg xmlns='http://www.w3.org/2000/svg'><title>quiet</title><script>{script}</script></svg>",
}


@pytest.mark.local_only(reason="the embedded store shares the gateway's origin, an S3 store has its own")
@pytest.mark.parametrize("name, file_type", [("page.html", "text/html"), ("image.svg", "image/svg+xml")])
def test_an_uploaded_page_runs_no_script(window, site, api, name, file_type):
    content = EVIL[name].format(script=SCRIPT.format(beacon=site.url + "/beacon")).encode()
    upload = api.upload(content, name, file_type=file_type)
    window.get(api.url(upload["id"], disposition="inline")["url"])
    assert window.title != "the script ran", "an uploaded script ran on the gateway's origin"
    assert "/beacon" not in site.requested, "an uploaded script sent a request"
    assert window.title == "quiet", f"the page should be shown inline, not {window.title!r} at {window.current_url}"
