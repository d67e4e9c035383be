"""Looking at a site's folder, beside a running server or without one; nothing can be changed through it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Site
from firstkey.cli.site_folder import existing_site
from firstkey.ports.fact_store import Reader, answer

T = TypeVar("T")


def look(folder: Path | None, view: Callable[[Site, Reader], T]) -> T:
    """Call a view in one short transaction on a site that cannot be changed.

    Args:
        folder: the site's, as it was named on the command; None for the one that is meant then.
        view: sees the site and its store.

    Raises:
        Malformed: settings or roots cannot be read.
        Refused: a key is missing or open to others.
    """
    from firstkey.assembly import look_at_site

    site = look_at_site(existing_site(folder))
    try:
        return answer(site.store.read(lambda reader: view(site, reader)), ANSWER_WITHIN_SECONDS)
    finally:
        site.store.close()
