from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from smarterrouter.store.columns import UtcTime
from smarterrouter.store.database import Database

_TIMES = Table("times", MetaData(), Column("at", UtcTime))


async def test_a_time_of_any_zone_comes_back_in_utc(database: Database) -> None:
    noon = datetime(2026, 3, 1, 12, 0, 0, 123456, timezone(timedelta(hours=2)))
    async with database.begin() as connection:
        await connection.run_sync(_TIMES.create)
        await connection.execute(insert(_TIMES), [{"at": noon}, {"at": None}])
        found = (await connection.execute(select(_TIMES.c.at))).scalars().all()
        later = (await connection.execute(select(_TIMES.c.at).where(_TIMES.c.at > noon))).all()
    assert found == [noon, None]
    assert found[0].utcoffset() == timedelta(0)
    assert later == []


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_a_time_without_a_zone_is_refused(dialect: object) -> None:
    with pytest.raises(ValueError, match="zone"):
        UtcTime().process_bind_param(datetime(2026, 1, 1), dialect)  # noqa: DTZ001


@given(st.datetimes(timezones=st.just(UTC)))
def test_sqlite_keeps_every_microsecond_and_the_order(moment: datetime) -> None:
    kind, dialect = UtcTime(), sqlite.dialect()
    stored = kind.process_bind_param(moment, dialect)
    assert kind.process_result_value(stored, dialect) == moment
    assert stored < kind.process_bind_param(datetime.max.replace(tzinfo=UTC), dialect) or moment.year == 9999
