"""What becomes of a fault: who does what, how much later, in which words. Data, no code.

A story runs until the district's last morning and stops wherever it then is, so the last days leave
findings in every state.
"""

from dataclasses import dataclass
from enum import Enum

from compliance.findings.lifecycle import Step
from compliance.findings.models import Agency, Cause


class Who(Enum):
    """Whose turn it is."""

    OPERATOR = "operator"
    CHIEF = "chief"
    OFFICER = "officer"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Turn:
    """One step: `hours` after the one before, or after the deadline when `overdue`.

    `words` are alternatives; `photo` says whether a picture of the tidy door goes with it.
    """

    who: Who
    step: Step
    hours: tuple[float, float]
    words: tuple[str, ...] = ("",)
    overdue: bool = False
    to: Agency | None = None
    days: int | None = None
    photo: bool = False
    fen: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Faults that can begin it, and the turns it takes; `weight` is how often it is told."""

    weight: float
    codes: tuple[str, ...]
    turns: tuple[Turn, ...] = ()
    cause: Cause = Cause.MERCHANT
    fixed_on_spot: bool = False


MERCHANT, CHIEF, OFFICER, REVIEWER = Who.OPERATOR, Who.CHIEF, Who.OFFICER, Who.REVIEWER

DONE = ("收拾好了，请来复查。", "改好了，麻烦复查。", "已经处理完，以后打烊前再看一遍。")
PASSED = ("复查，已经改好。", "到店门前看过，干净整洁。", "路过复查，问题不在了。")

CLAIM = Turn(MERCHANT, Step.CLAIM, (1, 20), DONE)
CLAIM_WITH_PHOTO = Turn(MERCHANT, Step.CLAIM, (2, 6), DONE, photo=True)
PASS = Turn(CHIEF, Step.PASS, (3, 44), PASSED)
SEND = Turn(CHIEF, Step.SEND_TO_ASSOCIATION, (4, 40), overdue=True)
STATE = Turn(
    MERCHANT,
    Step.STATE_CASE,
    (5, 26),
    (
        "最近家里有事，店里没人管，不是故意拖着。",
        "店里换了人，不知道要更新，马上补。",
        "提醒短信没有看到，这两天就办。",
    ),
)
OBJECT = Turn(
    MERCHANT,
    Step.OBJECT,
    (3, 9),
    (
        "东西是隔壁店放的，不是我家的，有监控可以看。",
        "当时正在卸货，十分钟就搬完了，不该算。",
        "那个位置在分界线以外，请来量一量。",
    ),
)
ORDER = Turn(
    OFFICER,
    Step.ORDER,
    (2, 8),
    ("责令限期清除，恢复通行；逾期依法处理。", "责令限期改正，清走占用通道的物品。"),
    days=10,
)
ACCEPT = Turn(OFFICER, Step.ACCEPT, (1, 10), ("属执法队职责，受理。",))
FILE_CASE = Turn(OFFICER, Step.FILE_CASE, (20, 30), ("逾期未改，移送立案。",))
NOTIFY = Turn(OFFICER, Step.NOTIFY, (20, 40), ("告知拟处罚内容和陈述、申辩、听证的权利。",))
PENALISE = Turn(OFFICER, Step.PENALISE, (60, 80), ("依法作出处罚决定。",), fen=50_000)
CONTEST = Turn(OFFICER, Step.CONTEST, (24, 40), ("当事人已申请行政复议，复议机关受理。",))
OFFICER_PASS = Turn(OFFICER, Step.PASS, (20, 90), ("已按要求改正，现场复核通过。",))

TIDINESS = ("H01", "H02", "H03", "H06", "H07", "H08", "A05", "O01", "O02", "O08")
GOODS = ("O02", "H02")
PAPERS = ("N01", "N03", "N04")

STORIES: tuple[Story, ...] = (
    Story(33, ("H01", "H07", "O01", "O04", "O08", "H06"), fixed_on_spot=True),
    Story(34, TIDINESS, (CLAIM, PASS)),
    Story(9, ("H01", "A02", "A07", "A01", "O03"), (
        Turn(CHIEF, Step.PASS, (20, 60), PASSED),
    )),
    Story(5, GOODS, (
        CLAIM,
        Turn(CHIEF, Step.FAIL, (3, 26), (
            "门边的清了，台阶下还有。", "还有一半没清走，再给一次时间。",
        )),
        Turn(MERCHANT, Step.CLAIM, (1, 5), ("这回都清走了。", "剩下的也搬进店里了。")),
        PASS,
    )),
    Story(5, ("O02",), (
        Turn(CHIEF, Step.DISPATCH, (0.5, 4), ("共享单车占了门前，已联系企业清运。",),
             to=Agency.BIKE_COMPANY),
        Turn(CHIEF, Step.RESOLVE, (6, 50), ("单车已经清走，盲道恢复畅通。",)),
    ), cause=Cause.THIRD_PARTY),
    Story(3, ("H03",), (
        Turn(CHIEF, Step.DISPATCH, (1, 8), ("井盖返水，不是商户排的，报管线单位。",),
             to=Agency.UTILITY),
        Turn(CHIEF, Step.RESOLVE, (20, 90), ("管线单位已疏通，地面冲洗干净。",)),
    ), cause=Cause.THIRD_PARTY),
    Story(3, GOODS, (
        OBJECT,
        Turn(REVIEWER, Step.REVOKE, (20, 70), (
            "监控显示物品为邻店放置，不是本店所为，予以撤销。",
            "现场丈量，位置在分界线以外，不计入本店记录。",
        )),
    )),
    Story(2, GOODS, (
        OBJECT,
        Turn(REVIEWER, Step.UPHOLD, (20, 70), (
            "两次巡查都见物品放在本店责任区内，维持原记录，请按期整改。",
        )),
        CLAIM,
        PASS,
    )),
    Story(0.8, GOODS, (
        OBJECT,
        Turn(MERCHANT, Step.WITHDRAW_OBJECTION, (4, 20), ("和街巷长当面说清楚了，撤回异议。",)),
        CLAIM,
        PASS,
    )),
    Story(2, PAPERS, (
        SEND,
        STATE,
        Turn(REVIEWER, Step.MEDIATE, (24, 90), (
            "经会内约谈，商户当场补齐公示并更新信息，本件办结。",
        )),
    )),
    Story(0.7, PAPERS, (
        SEND,
        STATE,
        Turn(REVIEWER, Step.DISMISS, (24, 90), (
            "经核对，公示已在期限内更新，系统记录滞后，不再处理。",
        )),
    )),
    Story(0.8, PAPERS, (
        SEND,
        STATE,
        Turn(REVIEWER, Step.CRITICISE, (24, 90), (
            "第二次提醒后仍未补齐公示，会内批评，请书面说明并按期改好。",
        )),
        CLAIM,
        PASS,
    )),
    Story(1.2, ("O05",), (ACCEPT, ORDER, OFFICER_PASS)),
    Story(0.5, ("O05",), (
        Turn(OFFICER, Step.SEND_BACK, (2, 20), ("情节轻微，由街巷长先行提醒整改。",)),
        CLAIM,
        PASS,
    )),
    Story(0.6, ("A08",), (
        Turn(OFFICER, Step.DISPATCH, (4, 30), ("棚子为管线施工围挡，转管线单位处理。",),
             to=Agency.UTILITY),
        Turn(OFFICER, Step.RESOLVE, (40, 200), ("施工结束，围挡已拆除。",)),
    )),
    Story(0.7, ("O03",), (
        Turn(CHIEF, Step.REFER, (10, 40), ("提醒后逾期未改，转综合行政执法队。",), overdue=True),
        ACCEPT,
        ORDER,
        OFFICER_PASS,
    )),
)  # fmt: skip

REPEATED = (
    ACCEPT,
    Turn(OFFICER, Step.ORDER, (2, 30), ("同一问题三十日内第三次出现，责令限期改正。",), days=5),
    OFFICER_PASS,
)
"""What follows when the same fault is seen the third time and lies with the team at once."""


@dataclass(frozen=True, slots=True)
class Example:
    """A story for show: begun `back` days before the last, pictured, and left in a known state."""

    back: int
    story: Story
    picture: str


EXAMPLES: tuple[Example, ...] = (
    Example(1, Story(0, ("A02",)), "A02"),
    Example(2, Story(0, ("H03",), (CLAIM_WITH_PHOTO,)), "H03"),
    Example(14, Story(0, ("O03",)), "O03"),
    Example(2, Story(0, ("O02",), (OBJECT,)), "O02"),
    Example(20, Story(0, ("N01",), (SEND, STATE)), "N01"),
    Example(38, Story(0, ("N03",), (
        SEND,
        Turn(MERCHANT, Step.STATE_CASE, (5, 26), ("海报是做活动贴的，活动完了就撕。",)),
        Turn(REVIEWER, Step.LIST, (24, 72), (
            "门码被海报盖住，两次提醒未改，列入待改进清单三十日，改好即撤。",
        ), days=30),
    )), "N03"),
    Example(1, Story(0, ("O02",), cause=Cause.THIRD_PARTY), "bikes"),
    Example(3, Story(0, ("H01",), (
        Turn(CHIEF, Step.DISPATCH, (2, 5), ("工地遗撒，已报便民热线转办。",), to=Agency.HOTLINE),
    ), cause=Cause.THIRD_PARTY), "H01"),
    Example(1, Story(0, ("O05",)), "O05"),
    Example(12, Story(0, ("O05",), (ACCEPT, ORDER)), "O05"),
    Example(14, Story(0, ("A05",), (
        Turn(MERCHANT, Step.OBJECT, (3, 9), ("贴的是营业时间和停业告示，不是广告。",)),
        Turn(REVIEWER, Step.REVOKE, (20, 60), (
            "经核实所贴为营业时间和停业告示，不属乱贴，予以撤销。",
        )),
    )), "A05"),
    Example(4, Story(0, ("H02",), (
        CLAIM_WITH_PHOTO,
        Turn(CHIEF, Step.PASS, (3, 20), PASSED),
    )), "H02"),
    Example(5, Story(0, ("O05",), (ACCEPT,)), "O05"),
    Example(14, Story(0, ("O05",), (ACCEPT, ORDER, FILE_CASE)), "O05"),
    Example(18, Story(0, ("O05",), (ACCEPT, ORDER, FILE_CASE, NOTIFY)), "O05"),
    Example(31, Story(0, ("O05",), (ACCEPT, ORDER, FILE_CASE, NOTIFY, PENALISE)), "O05"),
    Example(38, Story(0, ("O05",), (ACCEPT, ORDER, FILE_CASE, NOTIFY, PENALISE, CONTEST)), "O05"),
    Example(28, Story(0, ("A02",), (
        Turn(CHIEF, Step.GIVE_UP, (150, 200), ("店已停业，经营者联系不上，没有改好。",)),
    )), "A02"),
)  # fmt: skip
"""One for each state a finding can be in, `overdue` among them."""

NOTES: dict[str, tuple[str, ...]] = {
    "H01": ("台阶下有烟头和纸屑。", "门口散落包装纸。"),
    "H02": ("门口堆着两袋垃圾。", "垃圾袋没有进桶。"),
    "H03": ("后厨污水流到便道上。", "门前一片油污，踩上去打滑。"),
    "H06": ("门前有痰迹。", "宠物粪便没有清。"),
    "H07": ("门框上贴了小广告。", "墙面有小广告残胶。"),
    "H08": ("自用垃圾桶满溢，盖不上。",),
    "A01": ("外墙瓷砖掉了一片。",),
    "A02": ("店招缺一个字，夜里不亮。", "招牌灯坏了一段。"),
    "A05": ("玻璃上贴满促销字。", "门上乱贴告示。"),
    "A07": ("空调外机滴水到便道上。",),
    "A08": ("门前搭了一间小棚。",),
    "O01": ("两张桌子摆到门外。", "货架摆出门口一米多。"),
    "O02": ("货箱堆在便道上，行人要绕行。", "进货的箱子占了半条便道。"),
    "O03": ("门前私放石墩占车位。",),
    "O04": ("送货三轮停在便道上。",),
    "O05": ("灯箱压在盲道上。", "货物堵了坡道口。"),
    "O08": ("两棵树之间拉绳晾毛巾。",),
    "N01": ("门前没有见到公示。",),
    "N03": ("门码被海报盖住，扫不出来。",),
    "N04": ("换了经营者，公示还是原来的名字。",),
}
"""What a patroller notes at a fault of the shop's own doing."""

NOTES_OF_OTHERS: dict[str, tuple[str, ...]] = {
    "H01": ("工地渣土车一路遗撒。",),
    "H03": ("井盖返水，流到店门前。",),
    "O02": ("共享单车在店门前堆成一片。",),
}
"""The same at what a third party did."""
