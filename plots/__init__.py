"""From what runs leave to figures one would print: `./lockstep plot` and `./lockstep reproduce`.

It reads files and writes files; no verdict depends on it. `data` of a kind computes what is drawn and
`draw` only draws it, so that the numbers can be checked without looking at pictures.
"""
