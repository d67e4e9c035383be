"""How the demonstration is told in a terminal: chapters, who does what, and what is refused and why, in 80 columns."""

from collections.abc import Callable
from textwrap import fill

import click

COLUMNS_MAX = 80
MARGIN = "   "
WHO_COLUMNS = 10


class Story:
    """Tells; or says nothing, where only the result is wanted.

    Args:
        silent: say nothing.
    """

    def __init__(self, *, silent: bool = False) -> None:
        self._silent = silent
        self.before_chapter: Callable[[], None] = lambda: None
        """Called before each chapter."""
        self._chapter = 0

    def title(self, text: str, below: str) -> None:
        """Begin."""
        self._say(click.style(text, bold=True))
        self._say(_lines(below, "", ""))

    def chapter(self, heading: str, *rules: str) -> None:
        """Begin a chapter: what it is about, and the rules that hold in it."""
        self.before_chapter()
        self._chapter += 1
        self._say("\n" + click.style(f"{self._chapter}  {heading}", bold=True))
        for rule in rules:
            self._say(_lines(rule, MARGIN, MARGIN))
        if rules:
            self._say("")

    def did(self, who: str, what: str) -> None:
        """Say who did what."""
        self._say(_beside(who, what))

    def refused(self, what: str, answer: str, why: str) -> None:
        """Say what was tried, what it was answered, and the rule."""
        self._say(_beside("REFUSED", what, colour="red"))
        self._say(_beside("", f"{answer}. {why}"))

    def failed(self, what: str, answer: str) -> None:
        """Say that something was not refused as it should be."""
        self._say(_beside("NOT SO", f"{what} It was answered {answer}. This is a bug.", colour="magenta"))

    def number(self, name: str, value: str) -> None:
        """Say a figure."""
        self._say(f"{MARGIN}{name:<{WHO_COLUMNS}}{value}")

    def line(self, text: str) -> None:
        """Say something as it stands."""
        self._say(f"{MARGIN}{text}")

    def _say(self, text: str) -> None:
        if not self._silent:
            click.echo(text)


def _lines(text: str, first: str, others: str) -> str:
    return fill(
        text,
        COLUMNS_MAX,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _beside(who: str, what: str, colour: str | None = None) -> str:
    """Lay out what somebody does beside their name."""
    label = f"{who:<{WHO_COLUMNS}}"
    text = _lines(what, MARGIN + label, MARGIN + " " * WHO_COLUMNS)
    return text.replace(label, click.style(label, fg=colour), 1) if colour else text
