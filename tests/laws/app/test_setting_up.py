"""What `make` does before anything else, on machines that lack this or that."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def setting_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the set-up script, told that the environment is in `tmp_path`."""
    spec = spec_from_file_location("setting_up", ROOT / "scripts" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(script, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(script, "PIP", tmp_path / ".venv" / "bin" / "pip")
    return script


def _make(script: ModuleType, made_in: Path) -> None:
    script.PIP.parent.mkdir(parents=True)
    script.PYTHON.touch()
    script.PIP.write_text(f"#!{made_in / '.venv' / 'bin' / 'python'}\n")


def test_an_environment_that_was_moved_is_made_anew(
    setting_up: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[tuple[object, ...]] = []

    def run(*words: object) -> bool:
        ran.append(words)
        return True

    monkeypatch.setattr(setting_up, "run", run)
    _make(setting_up, tmp_path)
    setting_up.make_venv()
    assert [words[-1] for words in ran] == ["--version"]
    setting_up.PIP.write_text("#!/elsewhere/.venv/bin/python\n")
    setting_up.make_venv()
    assert ran[-1][1:] == ("-m", "venv", setting_up.VENV)
    assert not setting_up.PIP.exists()


def test_a_python_without_ensurepip_or_apt_is_told_what_to_install(
    setting_up: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setting_up, "run", lambda *_: False)
    monkeypatch.setattr(setting_up.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        setting_up.make_venv()


def test_no_check_ends_in_a_pipe_that_swallows_its_verdict() -> None:
    recipes = [r for r in (ROOT / "Makefile").read_text().splitlines() if r.startswith("\t")]
    assert recipes
    assert not [recipe for recipe in recipes if "|" in recipe]
