"""python3 -m plots plot|reproduce WORD…: what ./lockstep calls."""

import sys

from .command import perform

sys.exit(perform(sys.argv[1], sys.argv[2:]))
