"""`python -m smarterrouter`."""

from smarterrouter.cli.main import main

if __name__ == "__main__":
    main()
