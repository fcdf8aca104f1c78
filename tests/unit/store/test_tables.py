from sqlalchemy import Connection, inspect
from sqlalchemy.orm import DeclarativeBase

from smarterrouter.domain.knowledge import Published
from smarterrouter.domain.records import RequestRecord
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Described
from smarterrouter.store.sightings import Sighting
from smarterrouter.store.syncs import SourceStatus
from smarterrouter.store.tables import AnswerRow, PublishedRow, RequestRow, SightingRow, SyncRow
from smarterrouter.store.task_answers import StoredAnswer


def test_every_field_of_a_record_has_a_column_in_the_same_order() -> None:
    columns = [column.name for column in RequestRow.__table__.columns]
    assert columns == ["number", *RequestRecord.__struct_fields__, *Described._fields[1:]]


def test_what_is_known_of_models_has_a_column_for_every_field() -> None:
    def columns(row: type[DeclarativeBase]) -> list[str]:
        return [column.name for column in row.__table__.columns]

    assert columns(PublishedRow) == list(Published.__struct_fields__)
    assert columns(AnswerRow) == ["number", *StoredAnswer.__struct_fields__]
    assert columns(SightingRow) == list(Sighting.__struct_fields__)
    assert set(columns(SyncRow)) == set(SourceStatus.__struct_fields__)


def test_no_column_is_nullable_but_the_text() -> None:
    assert [column.name for column in RequestRow.__table__.columns if column.nullable] == ["content"]


async def test_time_and_model_are_indexed_and_booleans_are_booleans(database: Database) -> None:
    def look(connection: Connection) -> tuple[set[tuple[str, ...]], str, str]:
        inspector = inspect(connection)
        columns = {column["name"]: column["type"] for column in inspector.get_columns("requests")}
        indexes = {tuple(index["column_names"]) for index in inspector.get_indexes("requests")}
        return indexes, str(columns["stream"]), str(columns["at"])

    async with database.begin() as connection:
        indexes, stream, at = await connection.run_sync(look)
    assert {("at",), ("model", "at")} <= indexes
    assert stream == "BOOLEAN"
    assert at == ("BIGINT" if database.dialect.name == "sqlite" else "TIMESTAMP")


async def test_y04_the_last_sync_and_the_source_of_a_number_are_indexed(database: Database) -> None:
    def look(connection: Connection) -> list[tuple[str, ...]]:
        inspector = inspect(connection)
        tables = ("syncs", "published")
        return [tuple(index["column_names"]) for table in tables for index in inspector.get_indexes(table)]

    async with database.begin() as connection:
        assert await connection.run_sync(look) == [("last_sync",), ("source",)]
