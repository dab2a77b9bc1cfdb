"""The thirteen townships of Mentougou (NBS division codes 2023) and their lanes."""

import unicodedata

from sqlmodel import Session, col, select

from compliance.act import Act
from compliance.places.models import Lane, Township

TOWNSHIPS = (
    ("110109001000", "DY", "大峪街道", "Dayu", "大峪街道", ("大峪",), True),
    ("110109002000", "CZ", "城子街道", "Chengzi", "城子街道", ("城子",), True),
    ("110109003000", "DX", "东辛房街道", "Dongxinfang", "东辛房街道", ("东辛房",), True),
    ("110109004000", "DT", "大台街道", "Datai", "大台街道", ("大台",), False),
    ("110109005000", "WP", "王平镇", "Wangping", "王平地区(王平镇)", ("王平", "王平地区"), False),
    ("110109006000", "YD", "永定镇", "Yongding", "永定地区(永定镇)", ("永定", "永定地区"), True),
    ("110109007000", "LQ", "龙泉镇", "Longquan", "龙泉地区(龙泉镇)", ("龙泉", "龙泉地区"), True),
    ("110109101000", "TZ", "潭柘寺镇", "Tanzhesi", "潭柘寺镇", ("潭柘寺",), False),
    ("110109104000", "JZ", "军庄镇", "Junzhuang", "军庄镇", ("军庄",), False),
    ("110109105000", "YC", "雁翅镇", "Yanchi", "雁翅镇", ("雁翅",), False),
    ("110109106000", "ZT", "斋堂镇", "Zhaitang", "斋堂镇", ("斋堂",), False),
    ("110109107000", "QS", "清水镇", "Qingshui", "清水镇", ("清水",), False),
    ("110109108000", "MF", "妙峰山镇", "Miaofengshan", "妙峰山镇", ("妙峰山",), False),
)


def seed(session: Session, act: Act) -> None:
    """Store the townships that are not there yet."""
    known = set(session.exec(select(Township.code)).all())
    for code, letters, name, name_en, legal_name, aliases, urban in TOWNSHIPS:
        if code not in known:
            session.add(
                Township(
                    code=code,
                    letters=letters,
                    name=name,
                    name_en=name_en,
                    legal_name=legal_name,
                    aliases=list(aliases),
                    urban=urban,
                )
            )
    session.flush()


def townships(session: Session) -> list[Township]:
    """Return all townships in the order of their codes."""
    return list(session.exec(select(Township).order_by(col(Township.code))))


def lanes(session: Session, township_code: str | None = None) -> list[Lane]:
    """Return lanes, of one township or of all, by township and name."""
    query = select(Lane).order_by(col(Lane.township_code), col(Lane.name))
    if township_code:
        query = query.where(Lane.township_code == township_code)
    return list(session.exec(query))


def add_lane(session: Session, act: Act, township_code: str, name: str) -> Lane:
    """Return the lane of that name in the township, made when it is not there yet."""
    name = unicodedata.normalize("NFC", name.strip())
    found = session.exec(
        select(Lane).where(Lane.township_code == township_code, Lane.name == name)
    ).one_or_none()
    if found:
        return found
    lane = Lane(id=act.new_id(), township_code=township_code, name=name)
    session.add(lane)
    session.flush()
    return lane
