"""`python -m smarterrouter`."""

import runpy

runpy.run_module("smarterrouter.cli.main", run_name="__main__")
