"""The schema. After a change here, `make db-revision M="what changed"` writes the migration."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Double, Index, Integer, LargeBinary, MetaData, Text, UniqueConstraint, text
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
    snapshot_hash: Mapped[str]
    """Of what was known of all models: a row of `snapshots`. Empty where nothing was decided, as the next three are."""
    chosen: Mapped[str]
    """Key of the first candidate: who should have answered, before anybody failed."""
    held: Mapped[str]
    """Why a conversation's model went first."""
    rules: Mapped[str]
    """Names of the operator's rules that applied, one on a line."""

    __table_args__ = (
        Index(None, "id"),
        Index(None, "at"),
        Index(None, "model", "at"),
        Index(  # holds only the rows with text, so it costs nothing where none is kept
            "ix_requests_content",
            "at",
            sqlite_where=text("content IS NOT NULL"),
            postgresql_where=text("content IS NOT NULL"),
        ),
    )


class PublishedRow(Base):
    """One published number, in the fields of `Published`. The key is the order in which pages show them."""

    __tablename__ = "published"

    model: Mapped[str] = mapped_column(primary_key=True)
    column: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float]
    unit: Mapped[str]
    source: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    date: Mapped[str] = mapped_column(primary_key=True)
    reported_by: Mapped[str] = mapped_column(primary_key=True)
    estimated: Mapped[bool]

    __table_args__ = (Index(None, "source"),)


class ExtraRow(Base):
    """What a source says of a model beside its numbers, in names of its own."""

    __tablename__ = "published_extra"

    source: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[str]
    """A JSON object."""


class SyncRow(Base):
    """How the last readings of a benchmark source went."""

    __tablename__ = "syncs"

    source: Mapped[str] = mapped_column(primary_key=True)
    last_try: Mapped[datetime]
    last_sync: Mapped[datetime | None]
    """The last reading whose rows are stored; NULL when there was none."""
    rows: Mapped[int]
    problems: Mapped[str]
    """Those of the last reading: a JSON array of sentences."""
    failures: Mapped[int]
    """Tries since the last reading whose rows are stored, or since ever."""

    __table_args__ = (Index(None, "last_sync"),)


class ProfileRow(Base):
    """One measurement of one model. The newest counts, the others are its history."""

    __tablename__ = "profiles"

    model: Mapped[str] = mapped_column(primary_key=True)
    measured_at: Mapped[datetime] = mapped_column(primary_key=True)
    digest: Mapped[str | None]
    quantisation: Mapped[str | None]
    suite: Mapped[str]
    profile: Mapped[str]
    """The whole `Profile` as a JSON object, so that a new field needs no migration."""


class AnswerRow(Base):
    """One checked answer of a profiling run."""

    __tablename__ = "task_answers"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    """Rises with the time of writing."""
    run: Mapped[str]
    """Which model, file and suite: given by the profiler."""
    item: Mapped[str]
    seed: Mapped[int]
    category: Mapped[str]
    passed: Mapped[float]
    tokens: Mapped[int]
    seconds: Mapped[float]
    at: Mapped[datetime]
    judged: Mapped[bool]
    event: Mapped[str]
    """The profiler's own account of the answer as JSON, for runs that are taken up again."""

    __table_args__ = (UniqueConstraint("run", "item", "seed"),)


class SightingRow(Base):
    """When a model was there."""

    __tablename__ = "sightings"

    model: Mapped[str] = mapped_column(primary_key=True)
    active: Mapped[bool]
    """Was it there the last time anybody looked?"""
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]


class LabelRow(Base):
    """One sign that an answer was good or bad, in the fields of `Label`: a user's vote, or what was noticed."""

    __tablename__ = "labels"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    """Rises with the time of writing; a vote that replaces another keeps the number of the first."""
    kind: Mapped[str]
    voter: Mapped[str]
    """A keyed hash: it tells callers apart and names nobody."""
    request: Mapped[str]
    """Id of the request that was answered."""
    model: Mapped[str]
    category: Mapped[str]
    difficulty: Mapped[float]
    verdict: Mapped[float]
    at: Mapped[datetime]
    comment: Mapped[str | None]
    """NULL unless text may be kept; emptied again by `retention.expire_content`."""

    __table_args__ = (
        UniqueConstraint("voter", "request", "kind"),
        Index(None, "model", "at"),
        Index(
            "ix_labels_comment",
            "at",
            sqlite_where=text("comment IS NOT NULL"),
            postgresql_where=text("comment IS NOT NULL"),
        ),
    )


class SnapshotRow(Base):
    """The models of one snapshot, as long as a request may refer to them."""

    __tablename__ = "snapshots"

    hash: Mapped[str] = mapped_column(primary_key=True)
    models: Mapped[bytes]
    """Written and read by `routing/premises.py`."""
    used: Mapped[datetime]
    """When a record last referred to it, give or take some minutes."""


class PolicyRow(Base):
    """One policy under which requests were decided."""

    __tablename__ = "policies"

    hash: Mapped[str] = mapped_column(primary_key=True)
    policy: Mapped[bytes]
    """Canonical JSON."""
    used: Mapped[datetime]
