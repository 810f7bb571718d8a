"""The page of `/metrics`, read as Prometheus' own client library reads it."""

from prometheus_client.parser import text_string_to_metric_families

from .http import call, expect, explain


def scrape(url):
    """-> the page's text"""
    response = expect(call("GET", url + "/metrics"), 200)
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", explain(response)
    return response.text


class Metrics:
    """One page: its families, and each sample's value by name and labels."""

    def __init__(self, text):
        self.text = text
        self.families = list(text_string_to_metric_families(text))
        samples = [sample for family in self.families for sample in family.samples]
        self.samples = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
        assert len(self.samples) == len(samples), "a sample stands there twice"

    def value(self, name, **labels):
        """0 where there is no such sample: routes appear when they are first asked."""
        return self.samples.get((name, frozenset(labels.items())), 0)

    def labels(self, name):
        """-> the values that a label has, over all samples"""
        return {value for _, labels in self.samples for label, value in labels if label == name}

    def answers(self, method, route, status):
        return self.value("tollgate_http_requests_total", method=method, route=route, status=str(status))


def metrics(url):
    return Metrics(scrape(url))
