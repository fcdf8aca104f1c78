"""`HEAD`: the newest revision, so that a start needs no Alembic when there is nothing to upgrade."""

HEAD = "0005"
