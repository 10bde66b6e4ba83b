"""See to it that Debian's Chromium is there for the tests that look at the page.

Where it is missing and cannot be installed, those tests skip and say so.
"""

import os
import shutil
import subprocess


def main() -> None:
    """Install Chromium with apt where it is missing and this user may."""
    if shutil.which("chromium"):
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        print("No chromium here: the tests that look at the page will skip.")
        print("To run them: sudo apt-get install chromium")
        return
    print("Installing Debian's chromium for the tests that look at the page ...", flush=True)
    apt("update", "-qq")
    if not apt("install", "-y", "-qq", "--no-install-recommends", "chromium"):
        print("apt could not install chromium: the tests that look at the page will skip.")


def apt(*words: str) -> bool:
    """Run apt-get quietly; tell whether it worked."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", *words], env=environment, check=False, capture_output=True
    )
    return done.returncode == 0


if __name__ == "__main__":
    main()
