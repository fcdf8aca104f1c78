from sqlalchemy import Connection, inspect

from smarterrouter.domain.records import RequestRecord
from smarterrouter.store.database import Database
from smarterrouter.store.tables import RequestRow


def test_every_field_of_a_record_has_a_column_in_the_same_order() -> None:
    assert [column.name for column in RequestRow.__table__.columns] == ["number", *RequestRecord.__struct_fields__]


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
