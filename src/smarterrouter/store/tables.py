"""The schema. After a change here, `make db-revision M="what changed"` writes the migration."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Double, Index, Integer, LargeBinary, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from smarterrouter.store.columns import UtcTime


class Base(DeclarativeBase):
    """What all tables share: constraints have names, so that a migration can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # read by SQLAlchemy as a plain class attribute
        bool: Boolean(),
        bytes: LargeBinary(),
        datetime: UtcTime(),
        float: Double(),
        int: BigInteger(),
        str: Text(),
    }


class RequestRow(Base):
    """One finished request: a number and the fields of `RequestRecord` under the same names."""

    __tablename__ = "requests"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    """Given by the journal, rising with the time of writing. The same number twice means the same record twice."""
    id: Mapped[str]
    """The request id. A caller may choose it, so it need not be unique."""
    at: Mapped[datetime]
    endpoint: Mapped[str]
    asked_model: Mapped[str]
    model: Mapped[str]
    strategy: Mapped[str]
    status: Mapped[int] = mapped_column(Integer())
    error: Mapped[str]
    stream: Mapped[bool]
    fell_back_from: Mapped[str]
    category: Mapped[str]
    complexity: Mapped[float]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    first_byte_ms: Mapped[float]
    total_ms: Mapped[float]
    overhead_ms: Mapped[float]
    snapshot: Mapped[int]
    policy: Mapped[str]
    features: Mapped[bytes]
    content: Mapped[str | None]
    """NULL unless text may be kept; emptied again by `retention.expire_content`."""

    __table_args__ = (
        Index(None, "at"),
        Index(None, "model", "at"),
        Index(  # holds only the rows with text, so it costs nothing where none is kept
            "ix_requests_content",
            "at",
            sqlite_where=text("content IS NOT NULL"),
            postgresql_where=text("content IS NOT NULL"),
        ),
    )
