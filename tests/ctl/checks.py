"""What the tests of lockstepctl count, and how they end."""

_failed, _held = [], 0


def check(holds, what, detail=""):
    global _held
    if holds:
        _held += 1
    else:
        _failed.append(what)
        print(f"FAILED {what}: {detail}", flush=True)


def expect(answer, code, what, out=None, err=None):
    good = answer.code == code and (out is None or answer.out == out) and \
        (err is None or err in answer.err)
    check(good, what, f"expected exit {code}, stdout {out!r}, in stderr {err!r}; got {answer}")


def verdict():
    """The exit code: a run that checked nothing has failed."""
    print(f"{_held} checks held, {len(_failed)} failed")
    return 1 if _failed or _held == 0 else 0
