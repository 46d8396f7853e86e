"""Scripts run where there is a POSIX shell and little else; a missing tool is one sentence."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [path for path in (ROOT / "scripts").iterdir() if path.is_file()] + [ROOT / ".ci/run"]
SHELL = [path for path in SCRIPTS if path.read_bytes().startswith(b"#!/bin/sh")]
# The outer shape, which scripts of others call by name.
TARGETS = ["run", "test", "test-postgres", "check", "bench", "nightly", "shots"]


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_shell_script_can_be_run_and_read_by_sh(path: Path) -> None:
    assert path.stat().st_mode & stat.S_IXUSR
    subprocess.run(["sh", "-n", str(path)], check=True)
    assert "set -eu" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_the_target(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0


def fake_python(folder: Path, name: str, *, version: str, complete: bool = True) -> None:
    """A program that answers what scripts/find-python asks a Python."""
    minor = int(version.split(".")[1])
    usable = 0 if minor >= 12 and complete else 1
    program = folder / name
    program.write_text(
        f'#!/bin/sh\ncase "$2" in *print*) echo {version} ;; *) exit {usable} ;; esac\n'
    )
    program.chmod(0o755)


def find_python(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/find-python where only the given folder's programs and sh's own are found."""
    return subprocess.run(
        ["/bin/sh", str(ROOT / "scripts/find-python")],
        env={"PATH": str(folder), "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_find_python_takes_a_new_enough_one_past_a_shim_that_fails(tmp_path: Path) -> None:
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    fake_python(tmp_path, "python3", version="3.14")
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / "python3")


def test_find_python_looks_into_pyenv(tmp_path: Path) -> None:
    place = tmp_path / ".pyenv/versions/3.13.0/bin"
    place.mkdir(parents=True)
    fake_python(place, "python", version="3.13")
    assert find_python(tmp_path).stdout.strip() == str(place / "python")


def test_find_python_with_only_an_older_one_says_so_in_one_sentence(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", version="3.11")
    done = find_python(tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "3.12 or newer is needed and only 3.11 was found" in done.stderr


def test_find_python_without_venv_names_the_package(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", version="3.12", complete=False)
    done = find_python(tmp_path)
    assert done.returncode == 2
    assert "python3.12-venv" in done.stderr


def test_find_python_without_any_says_so(tmp_path: Path) -> None:
    done = find_python(tmp_path)
    assert done.returncode == 2
    assert "none was found" in done.stderr


def test_find_browser_refuses_a_chrome_that_does_not_start() -> None:
    done = subprocess.run(
        [str(ROOT / "scripts/find-browser")],
        env={**os.environ, "CHROME": "/nowhere/chrome"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "CHROME=/nowhere/chrome does not start."
