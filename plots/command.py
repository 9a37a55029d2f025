"""Performs one command. A user's mistake is one line, and an exit code as of the program: 64 usage,
65 a bad spec, 66 no input, 73 cannot write."""

import importlib
import os
import sys

from .errors import INTERNAL, INTERRUPTED, UserError


def perform(command, words):
    try:
        code = importlib.import_module(f".{command}", __package__).main(words)
        sys.stdout.flush()
        return code
    except UserError as error:
        print(f"lockstep: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ImportError as error:
        if not (error.name or "").startswith(("matplotlib", "numpy", "pandas")):
            raise
        print(f"lockstep: {error.name} is missing for {sys.executable}; ./lockstep installs Debian's "
              "(tools/packages.txt, group plot)", file=sys.stderr)
        return INTERNAL
    except MemoryError:
        print("lockstep: not enough memory for these results; plot a shard of them", file=sys.stderr)
        return INTERNAL

