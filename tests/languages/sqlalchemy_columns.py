"""What columns of SQLAlchemy make of a listed and an unlisted code: sqlalchemy_columns.py < EXAMPLE."""

import json
import sys

from sqlalchemy import Enum, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from smtpstatus import SmtpStatusCode

example = {"__name__": "example"}
exec(sys.stdin.read(), example)
COLUMNS = {
    "`Mapped[SmtpStatusCode]`": (SmtpStatusCode,),
    "`mapped_column(Enum(SmtpStatusCode))`": (object, Enum(SmtpStatusCode)),
    "`Mapped[int]`": (int,),
    "`mapped_column(StatusCode)`, below": (object, example["StatusCode"]),
}


def answers(annotation: type, *column: object) -> dict[str, str]:
    class Base(DeclarativeBase):
        pass

    class Row(Base):
        __tablename__ = "row"
        key: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[annotation] = mapped_column(*column)

    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    found: dict[str, str] = {}
    for code in (-1, 521):
        with Session(engine) as session:
            row = Row(code=SmtpStatusCode(code))
            session.add(row)
            try:
                session.commit()
            except Exception as error:  # noqa: BLE001  # whatever it raises is the answer
                found[str(code)] = f"error: {type(error.orig).__name__}"
            else:
                found[str(code)] = repr(session.scalars(select(Row).where(Row.key == row.key)).one().code)
    with Session(engine) as session:
        found["== -1"] = "found" if session.scalars(select(Row).where(Row.code == -1)).first() else "not found"
    return found


print(json.dumps({name: answers(*column) for name, column in COLUMNS.items()}))
