"""What was measured: samples, their medians, and ratios of things that were measured side by side."""

from dataclasses import dataclass, field
from statistics import median


@dataclass
class Figure:
    """One quantity, a sample a run. `aim` is what the project wants of it."""

    name: str
    unit: str
    aim: str = ""
    samples: list = field(default_factory=list)

    @property
    def median(self):
        return median(self.samples)

    def json(self):
        return {
            "name": self.name, "unit": self.unit, "median": self.median, "samples": self.samples, "aim": self.aim}


@dataclass
class Ratio:
    """One figure by another. Each run's two samples are divided, then the median is taken: what drifts on the machine
    drifts for both."""

    name: str
    numerator: Figure
    denominator: Figure
    aim: str = ""

    @property
    def samples(self):
        return [a / b for a, b in zip(self.numerator.samples, self.denominator.samples, strict=True)]

    @property
    def median(self):
        return median(self.samples)

    def json(self):
        return {"name": self.name, "median": self.median, "samples": self.samples, "aim": self.aim}


class Findings:
    """The figures and ratios of one scenario, made when they are first mentioned."""

    def __init__(self, title):
        self.title, self.figures, self.ratios, self.notes = title, {}, [], []

    def add(self, name, unit, sample, aim=""):
        self.figures.setdefault(name, Figure(name, unit, aim)).samples.append(sample)

    def ratio(self, name, numerator, denominator, aim=""):
        self.ratios.append(Ratio(name, self.figures[numerator], self.figures[denominator], aim))

    def note(self, text):
        self.notes.append(text)

    def json(self):
        return {
            "title": self.title,
            "figures": [figure.json() for figure in self.figures.values()],
            "ratios": [ratio.json() for ratio in self.ratios],
            "notes": self.notes,
        }

    def table(self):
        rows = [
            (figure.name, _number(figure.median), figure.unit, _spread(figure.samples), figure.aim)
            for figure in self.figures.values()
        ] + [
            (ratio.name, f"{ratio.median:.2f}", "x", _spread(ratio.samples, "{:.2f}".format), ratio.aim)
            for ratio in self.ratios
        ]
        return "\n".join([self.title, *_aligned([("", "median", "", "lowest .. highest", "aim"), *rows]),
                          *(f"  ({note})" for note in self.notes)])  # fmt: skip


def _number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _spread(samples, show=_number):
    return f"{show(min(samples))} .. {show(max(samples))}" if len(samples) > 1 else ""


def _aligned(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for name, value, *rest in rows:
        cells = [name.ljust(widths[0]), value.rjust(widths[1])]
        cells += [cell.ljust(width) for cell, width in zip(rest, widths[2:], strict=True)]
        yield ("  " + "  ".join(cells)).rstrip()
