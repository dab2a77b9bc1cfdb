"""The check items of edition v2026: three guarantees, waste, notices, in the checklist's order.

The three guarantees were worded anew by the measures in force from 15 January 2026. Severity: 0 is
advice, 1 slight, 2 general, 3 serious. Only the snow rule is a statutory limit; the other times to
put right are defaults of this program. Articles of the waste regulation carry the numbers of its
2019 text. A published edition never changes; a correction is a new edition.
"""

from datetime import date
from typing import NamedTuple

from compliance.catalogue.models import Heading, LimitKind

EDITION = "v2026"
EFFECTIVE_FROM = date(2026, 1, 15)

HEADINGS = {
    "H": Heading.HYGIENE,
    "A": Heading.APPEARANCE,
    "O": Heading.ORDER,
    "W": Heading.WASTE,
    "N": Heading.NOTICES,
}
"""First letter of a code → the block it stands in."""


class Row(NamedTuple):
    """One check item as written in the checklist."""

    code: str
    name: str
    name_en: str
    severity: int
    limit: tuple[LimitKind, int]
    basis: str = ""
    fine: str = ""


NOW = (LimitKind.NOW, 0)
SNOW = (LimitKind.SNOW, 0)
NONE = (LimitKind.NONE, 0)
H1, H2, H4, H24 = ((LimitKind.HOURS, hours) for hours in (1, 2, 4, 24))
D3, D7, D15 = ((LimitKind.WORKING_DAYS, days) for days in (3, 7, 15))

ROWS = (
    Row("H01", "门前有散落垃圾、烟头、纸屑", "Litter, cigarette ends or paper at the door",
        1, H2, "《北京市市容环境卫生条例》第23、24条", "200–1000元"),
    Row("H02", "暴露垃圾或垃圾袋堆放门前", "Exposed rubbish or rubbish bags at the door",
        2, H4,
        "《北京市市容环境卫生条例》第23、24条；"
        "《固体废物污染环境防治法》第111条", "200–1000元"),
    Row("H03", "地面油污、污水外流", "Grease or sewage on the ground",
        2, H24, "《北京市市容环境卫生条例》第23、24条", "200–1000元"),
    Row("H04", "向树坑、雨水口倾倒污水泔水", "Waste water poured into a tree pit or drain",
        3, NOW,
        "《北京市市容环境卫生条例》第52条；"
        "《北京市绿化条例》第50、67条", "50–200元"),
    Row("H05", "积雪残冰未按时清除", "Snow or ice not cleared in time",
        2, SNOW,
        "北京市扫雪铲冰有关规定第4条；"
        "《北京市市容环境卫生条例》第24条", "200–1000元"),
    Row("H06", "痰迹、口香糖、宠物粪便未清", "Spit, chewing gum or droppings not cleared",
        1, H4, "《北京市市容环境卫生条例》第23、52条", "50–200元"),
    Row("H07", "墙面门窗小广告未清", "Stuck small adverts not removed",
        1, H24, "《北京市市容环境卫生条例》第23、24、41条", "200–1000元"),
    Row("H08", "自设垃圾容器破损、满溢、脏污", "Own bins broken, overflowing or dirty",
        1, H4, "《北京市生活垃圾管理条例》（2019年文本）第35条第3项", "3000–3万元"),
    Row("A01", "外立面污损、破损、脱落", "Façade dirty, broken or coming off",
        1, D7, "《北京市市容环境卫生条例》第26条"),
    Row("A02", "牌匾污损、缺字、断亮", "Sign dirty, with strokes missing or unlit",
        1, D3,
        "《北京市市容环境卫生条例》第39条第2款；"
        "《北京市户外广告设施、牌匾标识和标语宣传品设置管理条例》第41、55条", "500–5000元"),
    Row("A03", "违规设置牌匾（超位置、体量、数量）", "Sign against the standard (place or size)",
        2, D15, "《北京市市容环境卫生条例》第39条第1款", "500–5000元"),
    Row("A04", "违规户外广告、落地灯箱、电子屏", "Illegal outdoor advert, light box or screen",
        2, D7,
        "《北京市市容环境卫生条例》第38条；"
        "《北京市户外广告设施、牌匾标识和标语宣传品设置管理条例》第50条", "1万–10万元"),
    Row("A05", "门窗贴字、乱挂条幅、乱贴宣传品", "Letters on glass, banners or leaflets put up",
        1, H24,
        "《北京市户外广告设施、牌匾标识和标语宣传品设置管理条例》第36、54条；"
        "《北京市市容环境卫生条例》第41条", "500–5000元"),
    Row("A06", "擅自插挂彩旗、加装灯饰", "Flags or lights added without leave",
        1, D3, "《北京市市容环境卫生条例》第26条", "50–500元"),
    Row("A07", "雨棚、空调外机破损滴水或有坠落隐患", "Canopy or air conditioner dripping or unsafe",
        2, D7,
        "《北京市市容环境卫生条例》第26条；"
        "《北京市户外广告设施、牌匾标识和标语宣传品设置管理条例》第40条", "1000–1万元"),
    Row("A08", "私搭乱建（门斗、台阶、棚亭）", "Unapproved structure (porch, steps, shed)",
        3, NONE, "《北京市市容环境卫生条例》第27条", "每平方米300–3000元"),
    Row("A09", "损坏花草树木、树上挂物、占用绿地", "Plants harmed, hung with things or built over",
        2, NOW, "《北京市绿化条例》第50、67条", "20–500元"),
    Row("A10", "装修无围挡、建筑垃圾堆门前", "Fit-out without hoarding, debris at the door",
        2, H24, "《北京市市容环境卫生条例》第46条", "2000–2万元"),
    Row("O01", "店外经营（出店摆卖、外摆桌椅）", "Trading outside the door (goods, tables)",
        2, H1, "《北京市市容环境卫生条例》第35条第3款", "300–3000元"),
    Row("O02", "占道堆物堆料", "Goods or material piled on the road or pavement",
        2, H4, "《北京市市容环境卫生条例》第35条第1款", "500–5000元"),
    Row("O03", "私设地锁、地桩、石墩、栏杆", "Ground locks, posts, piers or railings",
        2, D3,
        "《北京市“门前三包”责任制管理办法》（2026年）；"
        "《北京市文明行为促进条例》第30条第4项"),
    Row("O04", "本店车辆（含送货）乱停放", "Own or delivery vehicles badly parked",
        1, NOW, "《北京市市容环境卫生条例》第35条第4款"),
    Row("O05", "占压盲道、坡道、堵塞消防通道", "Tactile paving, ramp or fire lane blocked",
        3, NOW,
        "《无障碍环境建设法》第28、65条；"
        "《消防法》"),
    Row("O06", "露天烧烤", "Open-air barbecue",
        3, NOW, "《大气污染防治法》"),
    Row("O07", "高音喇叭、室外音响揽客", "Loudspeakers used to attract customers",
        2, NOW, "《噪声污染防治法》第63、81条", "5000–5万元"),
    Row("O08", "护栏、树木、电线杆吊挂晾晒", "Things hung on railings, trees or poles",
        1, NOW, "《北京市市容环境卫生条例》第36条", "20–50元"),
    Row("O09", "占道洗车修车", "Cars washed or repaired on the road",
        2, NOW, "《北京市市容环境卫生条例》第50条", "50–3000元"),
    Row("O10", "对他人乱停乱摆未提醒、未上报", "Others' disorder neither spoken of nor reported",
        0, NONE, "《北京市“门前三包”责任制管理办法》（2026年）"),
    Row("W01", "无有效收运合同或交无资质单位", "No valid waste contract, or an unlicensed hauler",
        3, D7, "《北京市生活垃圾管理条例》（2019年文本）第35条第5项、第68条", "1万–10万元"),
    Row("W02", "餐饮未单独收集厨余、油脂", "Kitchen waste or grease not collected apart",
        3, NOW, "《北京市生活垃圾管理条例》（2019年文本）第47、73条", "1万–10万元"),
    Row("W03", "未按规定设置分类容器", "Sorting containers missing",
        2, D3, "《北京市生活垃圾管理条例》（2019年文本）第35条第3项、第68条", "3000–3万元"),
    Row("W04", "混投混放", "Waste streams mixed",
        2, NOW, "《北京市生活垃圾管理条例》（2019年文本）第33、67条", "1000元，再犯1万–5万元"),
    Row("W05", "未办理排放登记", "Waste discharge not registered",
        2, D7, "《北京市生活垃圾管理条例》（2019年文本）第37、69条", "1000–5000元"),
    Row("W06", "未建立或未如实记录垃圾台账", "No waste ledger, or a false one",
        1, D7, "《北京市生活垃圾管理条例》（2019年文本）第37、69条", "1000–1万元"),
    Row("N01", "公示缺失", "Notice missing",
        1, D7, "商户自治公约"),
    Row("N02", "公示过期未续", "Notice expired and not renewed",
        1, D7, "商户自治公约"),
    Row("N03", "二维码牌损坏或被遮挡", "Code plate damaged or covered",
        1, D7, "商户自治公约"),
    Row("N04", "公示信息与实际不符（转让、换人）", "Notices no longer true (new owner or operator)",
        1, D7, "商户自治公约"),
)  # fmt: skip
