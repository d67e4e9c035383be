"""Trying a mutant: its tests run in a child that imports the broken code, and one of them fails or none does.

The parent has pytest and the libraries loaded and nothing of FirstKey; each child is a fork of it. Code and tests are
read from a copy that is made once, so that work in the tree does not disturb a run, and never changed: what a mutant
changes exists in its child's memory alone.
"""

import importlib.util
import os
import resource
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

import hypothesis
import hypothesis.strategies  # loaded before the fork, as the libraries below are
import msgspec
import pytest

from tests.mutants.mutant import PACKAGE

CPU_SECONDS_MAX = 120
WALL_SECONDS_MAX = 600
MEMORY_BYTES_MAX = 1 << 30
REPORT_BYTES_MAX = 2_000

LOADED = (hypothesis, msgspec)
OURS = ("firstkey", "tests")
DEFECT = 70
"""The child's exit status when the trial itself is wrong: the code that ran was not the copy's."""


class Verdict(StrEnum):
    """What became of a mutant."""

    FAILED = "a test failed"
    BROKEN = "it could not be imported"
    STOPPED = "it took too long"
    SURVIVED = "no test failed"


class Outcome(NamedTuple):
    """A verdict, and the test that gave it, if one did."""

    verdict: Verdict
    test: str = ""


class Trial(NamedTuple):
    """Tests to run on changed code.

    Attributes:
        changes: text of each changed file, by its path below the root.
        rounds: files or single tests, in the order in which they run; a round follows when the one before it passed.
    """

    changes: Mapping[Path, str]
    rounds: tuple[tuple[str, ...], ...]


def copied(root: Path, copy: Path) -> Path:
    """Copy what a trial reads of a repository: the package, the core's tests, and pytest's settings."""
    ignore = shutil.ignore_patterns("__pycache__", "*.so")
    shutil.copytree(root / PACKAGE, copy / PACKAGE, ignore=ignore)
    shutil.copytree(root / "tests" / "core", copy / "tests" / "core", ignore=ignore)
    shutil.copytree(root / "tests" / "vectors", copy / "tests" / "vectors", ignore=ignore)
    for name in ("pyproject.toml", "tests/__init__.py", "tests/conftest.py"):
        shutil.copy(root / name, copy / name)
    return copy


class _Loader(SourceFileLoader):
    """Loads a module from another text than its file's."""

    def __init__(self, fullname: str, path: str, text: str) -> None:
        super().__init__(fullname, path)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        """Compile the text; nothing is cached."""
        code: CodeType = compile(self.text, self.path, "exec", dont_inherit=True)
        return code


class _Finder(MetaPathFinder):
    """Finds the changed modules before anybody else does."""

    def __init__(self, changes: Mapping[Path, str]) -> None:
        self.changes = changes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a loader of the changed text, for a changed module."""
        spec = PathFinder.find_spec(fullname, path, target) if fullname.startswith("firstkey") else None
        if spec is None or spec.origin is None or Path(spec.origin) not in self.changes:
            return None
        loader = _Loader(fullname, spec.origin, self.changes[Path(spec.origin)])
        return importlib.util.spec_from_file_location(fullname, spec.origin, loader=loader)


class _Watch:
    """Remembers the first test that failed; what Hypothesis finds it need not make small."""

    def __init__(self) -> None:
        self.failed = ""
        self.broken = False

    def pytest_sessionstart(self) -> None:
        """Leave out the search for a smaller example, once conftest.py has set its own profile."""
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutants", hypothesis.settings(), phases=phases, database=None)
        hypothesis.settings.load_profile("mutants")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A test file that cannot be imported."""
        self._note(report)
        self.broken |= report.failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that failed."""
        self._note(report)

    def _note(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


def _limit_itself() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its children
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    signal.alarm(WALL_SECONDS_MAX)


def _run(copy: Path, trial: Trial, report: int) -> int:
    """Run the tests of a trial in this process and say which failed; nothing of this process is used afterwards."""
    _limit_itself()
    silence = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(silence, standard)
    os.chdir(copy)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the core's tests need none of them
    sys.path[:0] = [str(copy / "src"), str(copy)]
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder({copy / path: text for path, text in trial.changes.items()}))
    options = ["-q", "-x", "--tb=no", "--assert=plain", "-p", "no:cacheprovider", f"--rootdir={copy}"]
    options += ["-c", str(copy / "pyproject.toml")]
    watch, status = _Watch(), 0
    for tests in trial.rounds:
        status = status or pytest.main([*options, *tests], plugins=[watch])
    os.write(report, f"{'!' if watch.broken else ''}{watch.failed}".encode()[:REPORT_BYTES_MAX])
    sound = str(sys.modules["firstkey"].__file__).startswith(str(copy)) and (status == 0 or watch.failed)
    return status if sound else DEFECT


def _fork(copy: Path, trial: Trial) -> tuple[int, int]:
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    status = DEFECT
    try:
        os.close(reader)
        status = _run(copy, trial, writer)
    finally:
        os._exit(status)


def _outcome(status: int, said: str) -> Outcome:
    test = said.lstrip("!")
    if os.WIFSIGNALED(status):
        return Outcome(Verdict.STOPPED)
    if os.WEXITSTATUS(status) == DEFECT:
        raise RuntimeError(f"a trial went wrong: {said or 'nothing said'}")
    if said.startswith("!"):
        return Outcome(Verdict.BROKEN, test)
    return Outcome(Verdict.FAILED, test) if test else Outcome(Verdict.SURVIVED)


def run_trials(copy: Path, trials: Iterable[Trial], processes: int) -> Iterator[tuple[Trial, Outcome]]:
    """Run trials side by side.

    Args:
        copy: what `copied` returned.
        trials: what to run; asked for when a child is free.
        processes: how many at a time.

    Yields:
        Each trial with its outcome, in the order in which they ended.

    Raises:
        RuntimeError: a trial itself was wrong: no test was found, or other code ran.
    """
    waiting, running = iter(trials), dict[int, tuple[Trial, int]]()
    try:
        while True:
            while len(running) < processes and (trial := next(waiting, None)) is not None:
                child, reader = _fork(copy, trial)
                running[child] = (trial, reader)
            if not running:
                return
            child, status = os.wait()
            trial, reader = running.pop(child)
            with os.fdopen(reader, "rb") as pipe:
                yield trial, _outcome(status, pipe.read().decode())
    finally:
        for child, (_, reader) in running.items():
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(reader)
