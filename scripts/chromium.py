"""See to it that Debian's Chromium is there for the tests that look at the page.

Where it is missing and cannot be installed, those tests skip and say so.
"""

import os
import shutil
import subprocess
from pathlib import Path


def main() -> None:
    """Install Chromium with apt where it is missing and this user may."""
    missing = [] if shutil.which("chromium") else ["chromium"]
    if not any(Path("/usr/lib").glob("*/libatomic.so.1")):
        missing.append("libatomic1")  # what drives the browser is built against it
    if not missing:
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        print(f"No {' and '.join(missing)} here: the tests that look at the page may skip.")
        print(f"To run them: sudo apt-get install {' '.join(missing)}")
        return
    print(f"Installing Debian's {' and '.join(missing)} to look at the page ...", flush=True)
    apt("update", "-qq")
    if not apt("install", "-y", "-qq", "--no-install-recommends", *missing):
        print("apt could not install them: the tests that look at the page will skip.")


def apt(*words: str) -> bool:
    """Run apt-get quietly; tell whether it worked."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", *words], env=environment, check=False, capture_output=True
    )
    return done.returncode == 0


if __name__ == "__main__":
    main()
