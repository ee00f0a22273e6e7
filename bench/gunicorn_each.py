"""The hub's own configuration of gunicorn, each worker loading the code for itself."""

from pathlib import Path
from runpy import run_path

globals().update(run_path(str(Path(__file__).resolve().parent.parent / "gunicorn.conf.py")))
preload_app = False
