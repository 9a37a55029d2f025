"""Writes a figure: each format asked for, its data (NAME.csv) and the command that remakes it (NAME.cmd).

The same input gives the same bytes: no dates, no chance. What the caption says stands in the metadata too.
"""

import os
import pathlib
import shlex
import textwrap

import matplotlib.figure

from . import style
from .errors import CannotWrite, why

FORMATS = ("svg", "pdf", "png")
MM = 1 / 25.4
CAPTION_SIZE, LINE_INCHES = 6, 0.115
ROOT = pathlib.Path(__file__).resolve().parent.parent


def figure(spec, drawn, module):
    style.use()
    width = (style.COLUMN_MM if spec["size"] == "column" else style.PAGE_MM) * MM
    letters = int(width * 72 / (CAPTION_SIZE * 0.56))
    caption = textwrap.wrap(caption_of(spec, drawn), letters)
    title = textwrap.wrap(spec.title, int(width * 72 / (9 * 0.6)))
    below, above = LINE_INCHES * len(caption) + 0.05, (0.17 * len(title) + 0.06) if title else 0.04
    body = getattr(module, "height", lambda spec, drawn, width: width * 0.62)(spec, drawn, width)
    height = body + below + above
    made = matplotlib.figure.Figure((width, height), layout="constrained")
    made.get_layout_engine().set(rect=(0, below / height, 1, 1 - (below + above) / height),
                                 w_pad=0.04, h_pad=0.04)
    module.draw(made, spec, drawn)
    if title:
        made.text(0.06 / width, 1 - 0.05 / height, "\n".join(title), ha="left", va="top", fontsize=9,
                  fontweight="bold")
    made.text(0.06 / width, 0.03 / height, "\n".join(caption), ha="left", va="bottom",
              fontsize=CAPTION_SIZE, color=style.QUIET, linespacing=1.25)
    return made


def caption_of(spec, drawn):
    return drawn.caption + (f". {spec['note']}" if spec["note"] else "") + "."


def metadata(kind, spec, drawn, command):
    """Title, caption and command, by the names that the format has for them."""
    title, caption = spec.title or spec.kind, caption_of(spec, drawn)
    if kind == "svg":
        return {"Date": None, "Title": title, "Description": f"{caption} Made by: {command}"}
    if kind == "pdf":
        return {"CreationDate": None, "Title": title, "Subject": caption, "Keywords": command}
    return {"Title": title, "Description": caption, "Comment": command}


def write(made, spec, drawn, stem, formats, command):
    """Each file whole or not at all; returns their paths."""
    stem = pathlib.Path(stem)
    paths = []
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        for kind in formats:
            data = metadata(kind, spec, drawn, command)
            paths.append(_whole(beside(stem, kind), lambda path, kind=kind, data=data: made.savefig(
                path, format=kind, metadata=data)))
        paths.append(_whole(beside(stem, "csv"), lambda path: drawn.table.to_csv(
            path, index=False, lineterminator="\n", float_format="%.10g")))
        paths.append(_whole(beside(stem, "cmd"), lambda path: path.write_text(command + "\n")))
    except OSError as error:
        raise CannotWrite(f"{error.filename or stem}: cannot be written: {why(error)}; "
                          "name another place with --out") from None
    return paths


def beside(stem, suffix):
    return stem.with_name(f"{stem.name}.{suffix}")


def _whole(path, fill):
    partial = beside(path, "partial")
    try:
        fill(partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def shown(path):
    """From the root of the checkout where the path is inside it: the same in every copy."""
    whole = pathlib.Path(os.path.abspath(path))
    return str(whole.relative_to(ROOT)) if whole.is_relative_to(ROOT) else str(path)


def command_line(words):
    return "./lockstep plot " + shlex.join(words)
