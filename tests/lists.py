"""Merchant lists of the shape desks keep, made up: a sheet a township, a title, dirt, a total.

Every shop, person and number is invented. Each kind of dirt stands in rows of its own, so that the
list knows what must become of every row.
"""

import csv
import io
from dataclasses import dataclass
from random import Random

from stdnum.cn import uscc
from xlsxwriter import Workbook

from compliance.merchants.gazetteer import Gazetteer, KnownTownship
from compliance.merchants.importing import Sheet, parse
from compliance.places.service import TOWNSHIPS

HEADERS = (
    "序号 商户名称 统一社会信用代码 经营者 联系电话 经营地址 所属镇街 街巷 经营类别 经营面积(㎡) "
    "临街长度(米) 经度 纬度 垃圾收运单位 收运合同到期日 备注"
).split()
LANES = {
    "大峪街道": ("月季园路", "向阳路", "双峪路"),
    "龙泉镇": ("中门寺街", "三家店西街"),
    "清水镇": ("清水大街",),
}
TRADES = {
    "饺子馆": "餐饮",
    "药房": "药店",
    "便利店": "便利店",
    "五金店": "五金",
    "理发店": "理发美容",
}
HAULERS = ("京西洁运有限公司(样例)", "绿谷环卫服务有限公司(样例)")
TAKEN_WITH_WARNING = ("uscc_missing", "uscc_check_digit")
REFUSED = (
    "uscc_length",
    "township_unknown",
    "name_missing",
    "position_impossible",
    "date_impossible",
    "phone_invalid",
)
DIRT = dict.fromkeys((*TAKEN_WITH_WARNING, *REFUSED, "repeated"), 2)
"""How many rows of each kind of dirt, under the last part of the problem's code."""


@dataclass(frozen=True)
class MerchantList:
    """The rows by township, and how many of them must be taken, warned of, refused or repeated."""

    rows: dict[str, list[list]]
    counts: dict[str, int]
    reasons: dict[str, int]

    def xlsx(self):
        """Return the list as a desk's workbook."""
        held = io.BytesIO()
        with Workbook(held) as book:
            for township, rows in self.rows.items():
                sheet = book.add_worksheet(township)
                sheet.merge_range(0, 0, 0, len(HEADERS) - 1, f"门头沟区{township}沿街商户底册")
                for number, row in enumerate([HEADERS, *rows, ["合计", f"{len(rows)} 户"]], 1):
                    for at, cell in enumerate(row):
                        sheet.write(number, at, cell)
            book.add_worksheet("填表说明").write(0, 0, "每镇街一张表；经纬度用 WGS-84。")
        return held.getvalue()

    def csv(self, encoding="gb18030"):
        """Return the list as one comma-separated file."""
        held = io.StringIO(newline="")
        writer = csv.writer(held)
        writer.writerow(HEADERS)
        for rows in self.rows.values():
            writer.writerows(rows)
        return held.getvalue().encode(encoding)


def merchant_list(shops=60, seed=1, dirt=None):
    """Return a list of `shops` shops; what is repeated comes on top of them."""
    chance = Random(seed)
    dirt = DIRT if dirt is None else dirt
    rows = {township: [] for township in LANES}
    kinds = [kind for kind, count in dirt.items() if kind != "repeated" for _ in range(count)]
    for number in range(1, shops + 1):
        township = chance.choice(list(LANES))
        row = shop_row(chance, number, township)
        _make_untidy(row, number)
        if number <= len(kinds):
            spoil(row, kinds[number - 1])
        rows[township].append(row)
    clean = [row for rows_of in rows.values() for row in rows_of if row[0] > len(kinds)]
    for row in chance.sample(clean, dirt.get("repeated", 0)):
        rows_of = rows[row[6]]
        rows_of.insert(rows_of.index(row) + 1, [f"{row[0]}附", *row[1:]])
    warned = sum(dirt.get(kind, 0) for kind in TAKEN_WITH_WARNING)
    counts = {
        "good": shops - len(kinds),
        "warned": warned,
        "refused": len(kinds) - warned,
        "repeated": dirt.get("repeated", 0),
    }
    reasons = {f"import.{kind}": count for kind, count in dirt.items() if count}
    return MerchantList(rows, {kind: count for kind, count in counts.items() if count}, reasons)


def shop_row(chance, number, township):
    """Return the cells of an ordinary shop under HEADERS."""
    trade = chance.choice(list(TRADES))
    lane = chance.choice(LANES[township])
    return [
        number,
        f"京西样例{number}号{trade}",
        credit_code(number),
        f"张样{number}",
        f"138{number:08d}",
        f"北京市门头沟区{township}{lane}{number}号",
        township,
        lane,
        TRADES[trade],
        chance.randint(10, 400),
        round(chance.uniform(3, 18), 1),
        round(chance.uniform(116.05, 116.13), 6),
        round(chance.uniform(39.90, 39.98), 6),
        chance.choice(HAULERS),
        f"2027-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
        "",
    ]


def credit_code(number):
    """Return an invented unified social credit code with a right check digit."""
    body = f"92110109MA{number:07d}"
    return body + uscc.calc_check_digit(body)


def _make_untidy(row, number):
    """Make some rows untidy in ways that do no harm."""
    match number % 6:
        case 0:
            row[2] = "".join(chr(ord(letter) + 0xFEE0) for letter in row[2])
        case 1:
            row[1], row[3] = f"  {row[1]} ", f"{row[3]}　"
        case 2:
            row[4] = float(row[4])
        case 3:
            row[4] = f"{row[4][:3]}-{row[4][3:7]} {row[4][7:]}"
        case 4:
            row[11] = row[12] = ""
        case 5:
            row[14] = "2027年3月5日"


def spoil(row, kind):
    """Put one kind of dirt into a row."""
    match kind:
        case "uscc_missing":
            row[2] = ""
        case "uscc_check_digit":
            code = credit_code(row[0])
            row[2] = code[:-1] + ("1" if code[-1] != "1" else "2")
        case "uscc_length":
            row[2] = row[2][:-1]
        case "township_unknown":
            row[6] = "门城镇"
        case "name_missing":
            row[1] = ""
        case "position_impossible":
            row[11:13] = [11.6, 399.2]
        case "date_impossible":
            row[14] = "2027年13月5日"
        case "phone_invalid":
            row[4] = "无"


def gazetteer(*, lanes=True):
    """Return the district's townships, with the lanes of these lists or none."""
    codes = {name: code for code, _, name, *_ in TOWNSHIPS}
    return Gazetteer(
        (
            KnownTownship(code, name, legal_name, aliases)
            for code, _, name, _, legal_name, aliases, _ in TOWNSHIPS
        ),
        {codes[name]: known for name, known in LANES.items()} if lanes else None,
    )


def sheet(*rows, name="大峪街道"):
    """Return a sheet of these rows."""
    return Sheet(name, list(enumerate(rows, 1)))


def shop(**changed):
    """Return an ordinary row of the full list, with some columns changed by their header."""
    row = shop_row(Random(7), changed.pop("number", 1), changed.pop("at", "大峪街道"))
    for header, cell in changed.items():
        row[HEADERS.index(header)] = cell
    return row


def read(*rows, create_lanes=False, headers=HEADERS, name="大峪街道"):
    """Return what comes of these rows below a header."""
    return parse([sheet(headers, *rows, name=name)], gazetteer(), create_lanes=create_lanes)


def line(**changed):
    """Return the line that one changed row comes to."""
    return read(shop(**changed)).lines[0]
