"""Make the virtual environment that the other verbs of the Makefile run in.

    python3 bootstrap.py run      what runs            (requirements.txt)
    python3 bootstrap.py check    what checks as well  (requirements-dev.txt)

Standard library only; it must parse on an old Python too, because its first duty is to say that it is old.
Nothing is installed again while the requirement files and the Python stay the same.
"""

# It runs before any of our own code can: it prints, reads the environment and starts fixed commands.
# ruff: noqa: T201, S603, S606, TID251

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / "kz-installed.json"
FILES = {
    "run": ("requirements.txt", "constraints.txt"),
    "check": ("requirements.txt", "constraints.txt", "requirements-dev.txt"),
}
OFFLINE_SIGNS = (
    "name resolution",
    "Network is unreachable",
    "NewConnectionError",
    "Failed to establish a new connection",
    "dns error",
    "error sending request",
    "ConnectTimeout",
    "No route to host",
    "(from versions: none)",  # pip with retries switched off says nothing else
)


NO_VENV = "the environment .venv could not be made"


class RefusalError(Exception):
    """One clear sentence for the person who typed the command."""


def main(arguments: list[str]) -> int:
    wanted = arguments[0] if arguments else "run"
    try:
        if wanted not in FILES:
            raise RefusalError(f"bootstrap.py knows 'run' and 'check', not '{wanted}'.")
        newer_python_or_refuse(arguments)
        prepare(wanted)
    except RefusalError as refusal:
        print(f"kz-admin: {refusal}", file=sys.stderr)
        return 1
    return 0


def newer_python_or_refuse(arguments: list[str]) -> None:
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in (13, 12, 11, 14):
        found = shutil.which(f"python3.{minor}")
        if found and runs(found):
            os.execv(found, [found, str(HERE / "bootstrap.py"), *arguments])
    have = ".".join(str(part) for part in sys.version_info[:3])
    raise RefusalError(
        f"this needs Python {OLDEST[0]}.{OLDEST[1]} or newer and {sys.executable} is {have}; "
        "install a newer one and name it with 'make PYTHON=/path/to/python3 run'."
    )


def runs(python: str) -> bool:
    # A pyenv shim is on the PATH for versions that are not chosen; only starting it tells.
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def prepare(wanted: str) -> None:
    state = {name: fingerprint(FILES[name]) for name in FILES}
    if already_installed(wanted, state):
        return
    writable_or_refuse()
    install(FILES[wanted][-1] if wanted == "check" else FILES[wanted][0])
    have = sorted(FILES) if wanted == "check" else [wanted]
    STAMP.write_text(json.dumps({name: state[name] for name in have}), encoding="utf-8")


def install(requirements: str) -> None:
    uv = shutil.which("uv")
    if uv:
        try:
            install_with_uv(uv, requirements)
        except RefusalError:
            # A mirror that only pip is told of, or a uv too old for these files.
            say("uv could not do it, so pip does")
        else:
            return
    install_with_pip(requirements)


def fingerprint(names: tuple[str, ...]) -> str:
    digest = hashlib.sha256(f"{HERE} {sys.version_info[:2]}".encode())
    for name in names:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def already_installed(wanted: str, state: dict[str, str]) -> bool:
    try:
        installed = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return installed.get(wanted) == state[wanted] and healthy_venv()


def venv_python() -> Path:
    return VENV / "bin" / "python"


def healthy_venv() -> bool:
    """The interpreter is still there and still the version the environment was made with."""
    config = VENV / "pyvenv.cfg"
    version = f"version = {sys.version_info[0]}.{sys.version_info[1]}"
    try:
        written = config.read_text(encoding="utf-8").replace("version_info", "version")
    except OSError:
        return False
    return version in written and venv_python().exists()


def writable_or_refuse() -> None:
    if not os.access(HERE, os.W_OK):
        raise RefusalError(f"the folder {HERE} cannot be written to, and the environment .venv has to be made in it.")


def install_with_uv(uv: str, requirements: str) -> None:
    if not healthy_venv():
        empty_venv_folder()
        run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], NO_VENV)
    say(f"installing {requirements} with uv (once)")
    command = [uv, "pip", "install", "--quiet", "--python", str(venv_python()), "-r", requirements]
    run(command, f"installing {requirements} with uv failed")


def install_with_pip(requirements: str) -> None:
    if not (healthy_venv() and (VENV / "bin" / "pip").exists()):
        empty_venv_folder()
        ensure_pip_can_be_installed()
        run([sys.executable, "-m", "venv", str(VENV)], NO_VENV)
    say(f"installing {requirements} (once, about a minute)")
    quiet = ["--quiet", "--disable-pip-version-check", "--prefer-binary"]
    run([str(venv_python()), "-m", "pip", "install", *quiet, "-r", requirements], f"installing {requirements} failed")


def empty_venv_folder() -> None:
    say("making the environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)


def ensure_pip_can_be_installed() -> None:
    """Debian ships Python without ensurepip; the package that brings it can be fetched by root only."""
    if importlib.util.find_spec("ensurepip"):
        return
    packages = [f"python{sys.version_info[0]}.{sys.version_info[1]}-venv", "python3-venv"]
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("installing python3-venv with apt-get")
        if any(apt_install(package) for package in packages):
            return
    raise RefusalError(
        "this Python has no venv; on Debian or Ubuntu run 'apt-get install python3-venv' as root, then again."
    )


def apt_install(package: str) -> bool:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install_it = ["apt-get", "install", "-y", "--no-install-recommends", package]
    for command in (install_it, ["apt-get", "update"], install_it):
        done = subprocess.run(command, env=environment, check=False, **quiet)
        if command is install_it and done.returncode == 0:
            return True
    return False


def run(command: list[str], sentence: str) -> None:
    together = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, cwd=HERE, text=True, check=False, **together)
    if done.returncode == 0:
        return
    if any(sign in done.stdout for sign in OFFLINE_SIGNS):
        raise RefusalError(f"{sentence}: the package index cannot be reached; connect to the network, then again.")
    last = "\n".join(done.stdout.strip().splitlines()[-12:])
    raise RefusalError(f"{sentence}; its last lines were:\n{last}")


def say(sentence: str) -> None:
    print(f"kz-admin: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
