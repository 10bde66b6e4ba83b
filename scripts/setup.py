"""Set everything up: a virtual environment with the pinned, hashed packages and interbeat.

Needs a bare Python 3.11 or later and nothing else; uses only its standard library.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements.txt"
STAMP = VENV / "interbeat-setup"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PIP = PYTHON.with_name(PYTHON.name.replace("python", "pip"))


def main() -> None:
    """Create or renew the environment; do nothing where it is up to date."""
    if sys.version_info < (3, 11):
        sys.exit(f"interbeat needs Python 3.11 or later, not {sys.version.split()[0]}")
    if STAMP.exists() and STAMP.read_text() == state():
        return
    make_venv()
    pip("install", "--quiet", "--require-hashes", "-r", str(REQUIREMENTS))
    pip("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    print("Compiling the fast loops ...", flush=True)
    if subprocess.run(
        [PYTHON, "-m", "interbeat.app", "doctor", "--warm-up"], check=False
    ).returncode:
        sys.exit("interbeat was installed but does not run: see above")
    STAMP.write_text(state())


def state() -> str:
    """Return what the environment depends on, as one line."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + (ROOT / "pyproject.toml").read_bytes())
    kernels = sorted((ROOT / "src" / "interbeat" / "kernels").glob("*.py"))
    for kernel in kernels:
        wanted.update(kernel.read_bytes())
    return f"{sys.version_info[:2]} {wanted.hexdigest()} {ROOT}"


def make_venv() -> None:
    """Make ``.venv`` with pip in it, whatever this Python lacks."""
    if PYTHON.exists() and not moved() and run(PYTHON, "-m", "pip", "--version"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    print(f"Creating {VENV} ...", flush=True)
    if run(sys.executable, "-m", "venv", VENV):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if run(sys.executable, "-m", "virtualenv", "--quiet", VENV):
        return
    if install_venv_package() and run(sys.executable, "-m", "venv", VENV):
        return
    sys.exit(
        "This Python cannot make virtual environments (Debian keeps that in a package of its "
        "own).\nRun one of these, then the same command again:\n"
        "    sudo apt-get install python3-venv\n"
        "    python3 -m pip install --user virtualenv"
    )


def moved() -> bool:
    """Tell whether ``.venv`` was made in another folder, which its scripts still name."""
    return not PIP.exists() or str(VENV) not in PIP.read_text(errors="ignore")


def install_venv_package() -> bool:
    """Install Debian's python3-venv where this user may; say so."""
    if os.name == "nt" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("Installing Debian's python3-venv ...", flush=True)
    run("apt-get", "update", "-qq")
    return run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "python3-venv")


def pip(*words: str) -> None:
    """Run pip in the environment; stop where it fails."""
    print(f"pip {words[0]} {words[-1]} ...", flush=True)
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *words]
    if subprocess.run(command, check=False).returncode:
        sys.exit("pip could not install everything; is the network there?")


def run(*words: "str | Path") -> bool:
    """Run a command quietly; tell whether it worked."""
    done = subprocess.run([str(w) for w in words], check=False, capture_output=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
