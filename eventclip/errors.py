"""The errors that a user sees, and the exit code that each one ends the program with."""

from collections.abc import Iterable
from difflib import get_close_matches

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_REJECTED = 3
_MAX_SHOWN = 20


class EventClipError(ValueError):
    """Something the user can put right: the message says what, where, what was expected and what to do."""

    exit_code = EXIT_FAILED


class UsageError(EventClipError):
    """A wrong option, an unknown name, an output that is in the way."""

    exit_code = EXIT_USAGE


class InputError(EventClipError):
    """Input that was read and refused: a bad line, a picture that does not open, a clip that does not decode."""

    exit_code = EXIT_REJECTED


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """The message for a name that is not there: the nearest known ones, or else the first of all.

    Args:
        kind: what the name is a name of, as in "event type" or "recipe key".
        name: what was asked for.
        known: the names that exist.
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return f"unknown {kind} {name!r}: did you mean {' or '.join(repr(match) for match in close)}?"
    shown = ", ".join(names[:_MAX_SHOWN]) + (f" and {len(names) - _MAX_SHOWN} more" if len(names) > _MAX_SHOWN else "")
    return f"unknown {kind} {name!r}: expected one of {shown}"
