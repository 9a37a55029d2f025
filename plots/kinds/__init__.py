"""The kinds of figures. Each module has

data(spec, sources) -> Drawn       what is drawn, as a tidy table, and the caption
draw(figure, spec, drawn)          draws it, and computes nothing
"""

import dataclasses
import importlib

import pandas as pd


@dataclasses.dataclass
class Drawn:
    table: pd.DataFrame  # goes to FILE.csv
    caption: str
    extra: dict = dataclasses.field(default_factory=dict)


def module(kind):
    return importlib.import_module(f"{__name__}.{kind}")
