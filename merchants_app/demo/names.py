"""Names, phones and credit codes that nobody has: invented, and recognisable as invented.

Phones have four zeros in the middle; credit codes an organisation part that begins with XT, which
no registry hands out. Shop names are put together from words, none of them a brand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from stdnum.cn import uscc

from compliance.merchants.categories import Category

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英文华玉兰建国春梅志红永海燕云鹏晓宁立新世民宝成德"
    "胜秀珍凤琴金荣东升庆祥瑞雪晨佳怡子涵浩宇欣然思远一鸣嘉树安琪书恒景行若溪知夏"
)
CORES = (
    "槐荫 麦穗 晴川 山禾 溪桥 云坡 灰瓦 青砖 河沿 渡口 柳岸 杏坡 "
    "南坡 北涧 石磨 炉火 半亩 老井 石桥 古槐 山口 梨花 枣林 柿树 "
    "樱桃沟 水峪 柏崖 松坡 石板 磨盘 影壁 门墩 瓦檐 竹帘 蓝布 红泥 "
    "铜壶 粗瓷 晨露 映山 望岭 听泉 归燕 拾穗 邻友 街角 巷口 东墙 "
    "西窗 灯下 四邻 土灶 篱笆 山楂 核桃 荆花 谷场 驼铃 古道 关城 "
).split()


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade with its share among shops of a street and of a mountain town, and what signs say."""

    category: Category
    town: float
    mountain: float
    words: tuple[str, ...]


def _trade(category: Category, town: float, mountain: float, words: str) -> Trade:
    return Trade(category, town, mountain, tuple(words.split()))


TRADES = (
    _trade(Category.CATERING, 20, 24, "家常菜馆 饺子馆 面馆 涮肉馆 炒菜馆 川味馆 快餐店 砂锅居"),
    _trade(Category.SNACK, 10, 6, "早点铺 包子铺 烧饼铺 熟食店 凉皮店 煎饼铺"),
    _trade(Category.DRINKS, 3, 1, "茶饮店 咖啡馆 豆浆坊"),
    _trade(Category.BAR, 1, 0, "小酒馆"),
    _trade(Category.CONVENIENCE, 9, 15, "便利店 小卖部 百货店 日用杂货店"),
    _trade(Category.SUPERMARKET, 2, 3, "生活超市 食品超市"),
    _trade(Category.GREENGROCER, 6, 5, "鲜果店 蔬菜店 果蔬店"),
    _trade(Category.MEAT_SEAFOOD, 3, 2, "鲜肉铺 水产店"),
    _trade(Category.BAKERY, 2, 0.5, "糕点店 面包房"),
    _trade(Category.TOBACCO_LIQUOR, 4, 4, "烟酒店 烟酒茶行"),
    _trade(Category.PHARMACY, 3, 3, "药房 药店"),
    _trade(Category.CLOTHING, 6, 1, "服装店 童装店 鞋店 裁缝铺"),
    _trade(Category.ELECTRONICS, 3, 1, "手机维修店 家电维修部 电脑店"),
    _trade(Category.HARDWARE, 5, 4, "五金店 水暖建材店 灯具店"),
    _trade(Category.HAIRDRESSING, 7, 3, "理发店 美发店 美甲店"),
    _trade(Category.LAUNDRY, 2, 0.5, "洗衣店 干洗店"),
    _trade(Category.BATH_FOOT, 1.5, 0.5, "足疗店 浴池"),
    _trade(Category.PHOTO, 2, 0.5, "图文店 照相馆 打印店"),
    _trade(Category.CAR_REPAIR, 3, 4, "汽修店 轮胎店 洗车行"),
    _trade(Category.HOTEL, 1.5, 3, "宾馆 旅馆"),
    _trade(Category.HOMESTAY, 0.5, 14, "民宿 农家院 客栈"),
    _trade(Category.COURIER, 2, 2, "快递驿站"),
    _trade(Category.TRAINING, 1.5, 0.5, "书法教室 托管班 琴行"),
    _trade(Category.REAL_ESTATE_AGENT, 1, 0, "房屋中介店"),
    _trade(Category.OTHER, 2, 3, "花店 宠物店 眼镜店 修鞋铺"),
)


class Namer:
    """Hands out names and numbers, each once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def trade(self, *, urban: bool) -> Trade:
        """Return a trade as often as it is met there."""
        weights = [each.town if urban else each.mountain for each in TRADES]
        return self._rng.choices(TRADES, weights)[0]

    def shop(self, trade: Trade, place: str) -> str:
        """Return a shop's name; `place` is a word for the neighbourhood."""
        return self._once(lambda: self._shop(trade, place))

    def _shop(self, trade: Trade, place: str) -> str:
        rng = self._rng
        word, core, surname = rng.choice(trade.words), rng.choice(CORES), rng.choice(SURNAMES)
        pattern = rng.choices(range(5), (34, 22, 16, 14, 14))[0]
        return (
            f"{core}{word}",
            f"{place}{core}{word}",
            f"老{surname}{word}",
            f"{surname}家{word}",
            f"{place}{surname}记{word}",
        )[pattern]

    def person(self) -> str:
        """Return a person's name; two people may share one."""
        rng = self._rng
        letters = rng.choices((1, 2), (35, 65))[0]
        return rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=letters))

    def phone(self) -> str:
        """Return a mobile number with 0000 in the middle."""
        rng = self._rng
        return self._once(
            lambda: f"1{rng.randrange(3, 10)}{rng.randrange(10)}0000{rng.randrange(10_000):04d}"
        )

    def credit_code(self) -> str:
        """Return a unified social credit code whose check digit holds; 92 is an individual's."""
        rng = self._rng
        kind = rng.choices(("92", "91"), (85, 15))[0]
        return self._once(lambda: _checked(f"{kind}110109XT{rng.randrange(10_000_000):07d}"))

    def _once(self, make: Callable[[], str]) -> str:
        while (made := make()) in self._taken:
            pass
        self._taken.add(made)
        return made


def _checked(body: str) -> str:
    return body + str(uscc.calc_check_digit(body))
