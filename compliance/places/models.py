"""Townships (subdistricts and towns) and their lanes."""

import sqlalchemy as sa
from sqlmodel import Field

from compliance.record import JSON, Record, key, link


class Township(Record, table=True):
    """A subdistrict or town with its division code (NBS, 12 digits) and door-number letters."""

    __tablename__ = "township"

    code: str = Field(sa_column=sa.Column(sa.String(12), primary_key=True))
    letters: str = Field(sa_column=sa.Column(sa.String(2), unique=True, nullable=False))
    name: str = Field(max_length=32)
    name_en: str = Field(max_length=32)
    legal_name: str = Field(max_length=64)
    aliases: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False))
    urban: bool = True


class Lane(Record, table=True):
    """A street or lane (街巷) that has a chief."""

    __tablename__ = "lane"
    __table_args__ = (sa.UniqueConstraint("township_code", "name"),)

    id: str = key()
    township_code: str = link("township.code", length=12)
    name: str = Field(max_length=64)
