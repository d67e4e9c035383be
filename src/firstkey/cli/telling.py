"""How a command says no: what in one line, what next in another, an exit code, and never a traceback.

Exit codes: 1 a rule said no, or something is busy; 2 what came in cannot be used.
"""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import fill
from typing import NoReturn

import click

from firstkey.policy.document import Problems
from firstkey.values.errors import Malformed, Refused, Unavailable

REFUSED, UNUSABLE = 1, 2
READER_GONE = 141
"""As a shell tells of a program that SIGPIPE has ended."""
COLUMNS_MAX = 80


def lay_out(text: str, indent: str = "", hang: str = "") -> str:
    """Break a text into lines of a terminal's width, never inside a word.

    Args:
        text: without line breaks.
        indent: before every line.
        hang: after it, on every line but the first.
    """
    return fill(
        text,
        COLUMNS_MAX,
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def end(what: str, next_step: str, exit_code: int) -> NoReturn:
    """Say what is wrong and what to do, and end with an exit code."""
    click.secho(lay_out(what), fg="red", err=True)
    click.echo(lay_out(next_step), err=True)
    raise SystemExit(exit_code)


@contextmanager
def told() -> Iterator[None]:
    """Tell every error that is expected; decorates a command."""
    try:
        yield
    except Problems as problems:
        first = problems.problems[0]
        more = f" ({len(problems.problems)} problems)" if len(problems.problems) > 1 else ""
        end(f"Line {first.line}: {first.where}: {first.reason}{more}", first.instead, UNUSABLE)
    except Refused as refused:
        what = f"{refused.says.title} ({refused.detail})" if refused.detail else refused.says.title
        end(what, refused.says.next_step, UNUSABLE if isinstance(refused, Malformed) else REFUSED)
    except Unavailable as unavailable:
        end(f"Not now: {unavailable}.", "Try again in a moment.", REFUSED)
    except sqlite3.Error as error:
        end(f"The database cannot be used: {error}.", "Check the folder, its rights and the disk.", UNUSABLE)
    except BrokenPipeError:  # whoever read has enough; nothing more is said, not even at the interpreter's end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(READER_GONE) from None
    except OSError as error:
        what = ": ".join(str(part) for part in (error.filename, error.strerror) if part)
        end(f"{what or error}.", "Check the path and your rights to it.", UNUSABLE)
