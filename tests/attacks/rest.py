"""A site whose server has stopped, with cases at several stages: what whoever has the database can work on."""

from pathlib import Path
from typing import NamedTuple

from firstkey.demo.steps import Live
from tests.attacks.siege import Siege


class Rest(NamedTuple):
    """The site, and what stands in it.

    Attributes:
        ready: cases that get their pass for the asking; no two tests edit the same one.
        robber: one whose pass is armed. bare: one that is claimed and no more.
        thief, victim: whose keys work.
    """

    site: Siege
    ready: tuple[Live, ...]
    robber: Live
    bare: Live
    thief: Live
    victim: Live

    @property
    def folder(self) -> Path:
        """The site's folder."""
        return self.site.site


READY = 4


def laid_to_rest(site: Siege) -> Rest:
    """Bring the cases to where they are to stand, and stop the server."""
    bare = site.open()
    site.claim(bare)
    robber, _ = site.armed()
    rest = Rest(
        site=site,
        thief=site.completed(),
        victim=site.completed(),
        robber=robber,
        bare=bare,
        ready=tuple(site.prepared_case() for _ in range(READY)),
    )
    site.server.stop()
    if site.address.proxy is not None:
        site.address.proxy.unlink(missing_ok=True)
    return rest
