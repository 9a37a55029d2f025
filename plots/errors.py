"""What a user did wrong, said in one line, and the exit code that goes with it."""

USAGE, BAD_SPEC, NO_INPUT, INTERNAL, CANNOT_WRITE, INTERRUPTED = 64, 65, 66, 70, 73, 130


class UserError(Exception):
    """`what` names the file and the key, and says what to do."""

    code = USAGE


class BadSpec(UserError):
    code = BAD_SPEC


class NoInput(UserError):
    code = NO_INPUT


class CannotWrite(UserError):
    code = CANNOT_WRITE


def why(error):
    """The system's own words for an OSError, without its number."""
    return (error.strerror or str(error)).lower()
