"""``python -m interbeat.app`` is ``interbeat``."""

from interbeat.app.cli import main

main()
