"""Reads damaged copies of one file in a process of its own, and tells what became of each.

Run as ``python mutants.py READER FOLDER GIVEN COUNT``: FOLDER holds the files of one recording,
GIVEN names the one (or ``.``) that the reader is given. Prints one line of JSON.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import numpy as np

from interbeat.core.errors import InterbeatError
from interbeat.sources._reader import READERS, Reader, Wanted

SECONDS = 10
BYTES = 2_000_000_000
TELLING = ("0", "-1", "-7", "nan", "inf", "1e308", "1e-300", "4294967295", "99999999999", "")

Random = np.random.Generator


class TooLong(BaseException):
    """The reader is still at it after its time; no Exception, so that no reader catches it."""


# ---- damage: bytes in, bytes out


def flipped(raw: bytearray, rng: Random) -> bytearray:
    for _ in range(int(rng.integers(1, 17))):
        raw[int(rng.integers(len(raw)))] ^= 1 << int(rng.integers(8))
    return raw


def flipped_early(raw: bytearray, rng: Random) -> bytearray:
    for _ in range(int(rng.integers(1, 5))):
        raw[int(rng.integers(min(len(raw), 512)))] ^= 1 << int(rng.integers(8))
    return raw


def truncated(raw: bytearray, rng: Random) -> bytearray:
    return raw[: int(rng.integers(len(raw)))]


def repeated(raw: bytearray, rng: Random) -> bytearray:
    first, last = _block(raw, rng)
    return raw[:last] + raw[first:]


def removed(raw: bytearray, rng: Random) -> bytearray:
    first, last = _block(raw, rng)
    return raw[:first] + raw[last:]


def zeroed(raw: bytearray, rng: Random) -> bytearray:
    first, last = _block(raw, rng)
    raw[first:last] = bytes(last - first)
    return raw


def other_digits(raw: bytearray, rng: Random) -> bytearray:
    """Swap digits of text, the first of them with preference, where headers are."""
    places = [m.start() for m in re.finditer(rb"\d", raw[: int(rng.choice([600, 10**6]))])]
    for k in rng.choice(places, min(len(places), 4)) if places else ():
        raw[int(k)] = ord("0") + int(rng.integers(10))
    return raw


def other_number(raw: bytearray, rng: Random) -> bytearray:
    """Put a telling number, or none, in place of one in the text."""
    found = list(re.finditer(rb"\d[\d.]*", raw[: int(rng.choice([600, 10**6]))]))
    if not found:
        return huge(raw, rng)
    first, last = found[int(rng.integers(len(found)))].span()
    told = TELLING[int(rng.integers(len(TELLING)))].encode()
    if rng.random() < 0.5:  # at the same width, as fixed headers have it
        told = (told or b" ").ljust(last - first)[: last - first]
    return raw[:first] + told + raw[last:]


def huge(raw: bytearray, rng: Random) -> bytearray:
    """Put a number that is too large (or negative) into the binary header."""
    at = int(rng.integers(min(len(raw), 1024)))
    width = int(rng.choice([2, 4, 8]))
    number = (
        bytes([0xFF] * width) if rng.random() < 0.5 else bytes([0xFF] * (width - 1)) + b"\x7f"
    )
    raw[at : at + width] = number
    return raw


def other_lines(raw: bytearray, rng: Random) -> bytearray:
    """Exchange two lines: time may run backwards then."""
    lines = bytes(raw).split(b"\n")
    i, j = (int(k) for k in rng.integers(0, len(lines), 2))
    lines[i], lines[j] = lines[j], lines[i]
    return bytearray(b"\n".join(lines))


DAMAGE: tuple[Callable[[bytearray, Random], bytearray], ...] = (
    flipped, flipped_early, truncated, repeated, removed, zeroed, other_digits, other_number,
    other_number, huge, other_lines,
)  # fmt: skip


def _block(raw: bytearray, rng: Random) -> tuple[int, int]:
    first = int(rng.integers(len(raw)))
    return first, min(len(raw), first + int(rng.choice([1, 8, 64, 512, 4096])))


def damaged(raw: bytes, rng: Random) -> bytes:
    """Return the bytes damaged; those of a packed file outside or, more often, inside."""
    if not raw:
        return b"0"
    if raw[:2] == b"\x1f\x8b" and rng.random() < 0.7:
        return gzip.compress(damaged(gzip.decompress(raw), rng), 1)
    if raw[:4] == b"PK\x03\x04" and rng.random() < 0.7:
        return _damaged_member(raw, rng)
    return bytes(DAMAGE[int(rng.integers(len(DAMAGE)))](bytearray(raw), rng))


def _damaged_member(raw: bytes, rng: Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        members = old.infolist()
        chosen = int(rng.integers(len(members)))
        for k, member in enumerate(members):
            content = old.read(member)
            new.writestr(member, damaged(content, rng) if k == chosen else content)
    return out.getvalue()


# ---- reading


def outcome(reader: Reader, path: Path) -> str:
    """Return "read", "refused", or what went wrong."""
    try:
        if reader.accepts(path):
            reader.read(path, Wanted())
            return "read"
    except InterbeatError as error:
        return "asked for too much memory" if _was_memory(error) else "refused"
    except TooLong:
        return f"took more than {SECONDS} s"
    except MemoryError:
        return "asked for too much memory"
    except Exception as error:
        return f"{type(error).__name__}: {error} (line {_line(error)})"
    return "refused"


def _was_memory(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _line(error: BaseException) -> str:
    trace, where = error.__traceback__, "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        where = f"{Path(code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def tried(reader: Reader, whole: Path, given: str, count: int) -> dict[str, object]:
    """Damage one file at a time, `count` times in all, and read."""
    files = [path.relative_to(whole) for path in sorted(whole.rglob("*")) if path.is_file()]
    kept = {name: (whole / name).read_bytes() for name in files}
    outcomes: dict[str, list[int]] = {}
    slowest = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        shutil.copytree(whole, copy)
        for k in range(count):
            name = files[k % len(files)]
            (copy / name).write_bytes(damaged(kept[name], np.random.default_rng(k)))
            began = time.perf_counter()
            signal.alarm(SECONDS)
            with contextlib.redirect_stdout(sys.stderr):
                what = outcome(reader, copy / given)
            signal.alarm(0)
            slowest = max(slowest, time.perf_counter() - began)
            outcomes.setdefault(what, []).append(k)
            if len(files) > 1:  # else the next copy is written over it
                (copy / name).write_bytes(kept[name])
    return {"outcomes": outcomes, "slowest": slowest}


def main() -> None:
    name, whole, given, count = sys.argv[1:]
    reader = READERS[name]
    warnings.simplefilter("error")
    whole_outcome = outcome(reader, Path(whole) / given)  # loads the format's library, too
    signal.signal(signal.SIGALRM, _ring)
    _limit_memory()
    result = tried(reader, Path(whole), given, int(count))
    sys.stdout.write(json.dumps({"undamaged": whole_outcome, **result}))


if __name__ == "__main__":
    main()
