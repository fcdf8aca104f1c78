import pathlib, sys; sys.path.insert(0, str(pathlib.Path(__file__).parent / "src"))
from smarterrouter.app import create_app; app = create_app()
