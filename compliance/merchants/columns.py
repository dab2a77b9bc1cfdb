"""Columns: which column of a list is which, whatever the desk called it and wherever it stands.

A list may open with title lines, be in Chinese or English, in any order, and name the coordinate
system in a header (`经度(GCJ-02)`, `高德经度`). The words of a column stand in order of preference:
where a list has both 经营地址 and 注册地址, the first is where the door is.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from compliance.merchants.cells import Cell, text_of
from compliance.merchants.positions import Crs, systems_named, without_systems

HEADER_WITHIN = 30
"""Rows from the top in which the header must stand."""


class Column(StrEnum):
    """What a column of a merchant list tells."""

    SERIAL = "serial"
    NAME = "name"
    USCC = "uscc"
    OPERATOR = "operator"
    PHONE = "phone"
    ADDRESS = "address"
    TOWNSHIP = "township"
    LANE = "lane"
    CATEGORY = "category"
    AREA = "area"
    FRONTAGE = "frontage"
    LNG = "lng"
    LAT = "lat"
    CRS = "crs"
    HAULER = "hauler"
    CONTRACT_UNTIL = "contract_until"
    NOTE = "note"

    __hash__ = str.__hash__  # Enum's own is a call into Python, and every cell is looked up

    @property
    def heading(self) -> str:
        """The column's first Chinese name, as a list should call it."""
        return _WORDS[self].split()[0]


REQUIRED = (Column.NAME, Column.USCC, Column.ADDRESS, Column.LANE)
"""Without these a list is not read; the township may come from the sheet's name instead."""

_WORDS = {
    Column.SERIAL: "序号 编号 号 no serial id index",
    Column.NAME: (
        "商户名称 商户名 店铺名称 店名 商铺名称 门店名称 门店名 字号名称 字号 招牌名称 "
        "经营主体名称 市场主体名称 主体名称 企业名称 单位名称 商户 店铺 商铺 门店 名称 shopname "
        "merchantname businessname storename name shop merchant"
    ),
    Column.USCC: (
        "统一社会信用代码 统一信用代码 社会信用代码 信用代码 统一代码 营业执照编号 营业执照号 "
        "执照号 uscc usci unifiedsocialcreditcode socialcreditcode creditcode unifiedcode"
    ),
    Column.OPERATOR: (
        "经营者 经营者姓名 经营人 负责人 负责人姓名 店主 业主 法定代表人 法人代表 法人 联系人 "
        "联系人姓名 姓名 operator operatorname owner proprietor manager legalrepresentative "
        "contact contactname"
    ),
    Column.PHONE: (
        "联系电话 经营者电话 负责人电话 联系人电话 手机号码 手机号 手机 联系手机 移动电话 "
        "电话号码 联系方式 电话 phone mobile mobilephone phonenumber contactphone cellphone "
        "telephone tel"
    ),
    Column.ADDRESS: (
        "经营地址 实际经营地址 经营场所 门店地址 店铺地址 商户地址 商铺地址 门牌地址 详细地址 "
        "地址 门牌号 住所 注册地址 address shopaddress businessaddress streetaddress"
    ),
    Column.TOWNSHIP: (
        "所属镇街 镇街 街镇 镇街名称 所属街镇 属地镇街 乡镇街道 街道乡镇 街道镇 所属街道 "
        "所属乡镇 属地 街道办事处 街道办 街道 乡镇 镇街代码 township townshipname subdistrict "
        "town townshipcode"
    ),
    Column.LANE: (
        "街巷 街巷名称 所属街巷 所在街巷 街路 路段 路名 道路 所在道路 胡同 大街 lane lanename "
        "street road"
    ),
    Column.CATEGORY: (
        "经营类别 经营业态 经营类型 业态 类别 商户类型 行业类别 行业 类型 主营业务 主营 "
        "category businesstype businesscategory trade type"
    ),
    Column.AREA: (
        "经营面积 营业面积 店铺面积 建筑面积 面积 经营面积平方米 面积平方米 经营面积m2 面积m2 "
        "area aream2 areasqm sqm floorarea"
    ),
    Column.FRONTAGE: (
        "临街长度 临街宽度 沿街长度 门面宽度 门脸宽度 门脸长度 面宽 门宽 临街长度米 临街长度m "
        "frontage frontagem frontagelength frontwidth"
    ),
    Column.LNG: "经度 东经 lng lon long longitude",
    Column.LAT: "纬度 北纬 lat latitude",
    Column.CRS: "坐标系 坐标系统 坐标类型 crs coordsys coordinatesystem datum",
    Column.HAULER: (
        "垃圾收运单位 收运单位 垃圾清运单位 清运单位 垃圾收运企业 收运企业 收运公司 清运公司 "
        "hauler wastehauler wastecontractor wastecompany"
    ),
    Column.CONTRACT_UNTIL: (
        "收运合同到期日 收运合同到期日期 合同到期日 合同到期日期 合同到期时间 合同截止日期 "
        "合同有效期至 有效期至 到期日期 到期日 contractuntil contractend contractenddate "
        "contractexpiry contractvalidto validuntil expiry"
    ),
    Column.NOTE: "备注 附注 说明 note notes remark remarks comment comments",
}

_MEANING = {
    word: (column, place)
    for column, words in _WORDS.items()
    for place, word in enumerate(words.split())
}
_BRACKETED = re.compile(r"[(\[{【<][^)\]}】>]*[)\]}】>]")
_FILLING = re.compile(r"[\s_\-/*:.·、|#]+")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands (its place among the sheet's rows), and the place of each column."""

    index: int
    places: dict[Column, int]
    titles: tuple[str, ...]
    crs: Crs | None

    @property
    def missing(self) -> list[Column]:
        """The required columns this header lacks, the township left aside."""
        return [column for column in REQUIRED if column not in self.places]

    @property
    def ignored(self) -> tuple[str, ...]:
        """The titles of columns that are not read."""
        read = set(self.places.values())
        return tuple(title for at, title in enumerate(self.titles) if title and at not in read)

    def title(self, *columns: Column) -> str:
        """Return the columns' names as they stand in the file, else as they should."""
        return " / ".join(
            self.titles[self.places[column]] if column in self.places else column.heading
            for column in columns
        )


def find_header(rows: Sequence[Sequence[Cell]]) -> Header | None:
    """Return the first of `rows` that names a shop and two columns more, or any five columns."""
    for index, cells in enumerate(rows[:HEADER_WITHIN]):
        header = _header(index, cells)
        if len(header.places) >= 5 or (len(header.places) >= 3 and Column.NAME in header.places):
            return header
    return None


def _header(index: int, cells: Sequence[Cell]) -> Header:
    titles = tuple(text_of(cell) for cell in cells)
    best: dict[Column, tuple[int, int]] = {}
    for at, title in enumerate(titles):
        column, preference = _MEANING.get(_plain(title), (None, 0))
        if column and (column not in best or preference < best[column][0]):
            best[column] = (preference, at)
    places = {column: at for column, (_, at) in best.items()}
    positions = [titles[places[column]] for column in (Column.LNG, Column.LAT) if column in places]
    return Header(index, places, titles, only_system(" ".join(positions)))


def _plain(title: str) -> str:
    text = unicodedata.normalize("NFKC", title).casefold()
    text = without_systems(_BRACKETED.sub("", text))
    return _FILLING.sub("", text)


def only_system(text: str) -> Crs | None:
    """Return the coordinate system `text` names, or None when it names none or several."""
    named = systems_named(unicodedata.normalize("NFKC", text))
    return named.pop() if len(named) == 1 else None
