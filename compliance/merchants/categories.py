"""Categories: the many words desks use for a trade, and the one code each stands for."""

from enum import StrEnum

from compliance.merchants.identifiers import half_width


class Category(StrEnum):
    """What a shop does; the platform's code, each with its classes of GB/T 4754-2017."""

    CATERING = "catering"
    SNACK = "snack"
    DRINKS = "drinks"
    BAR = "bar"
    CONVENIENCE = "convenience"
    SUPERMARKET = "supermarket"
    GREENGROCER = "greengrocer"
    MEAT_SEAFOOD = "meat_seafood"
    BAKERY = "bakery"
    TOBACCO_LIQUOR = "tobacco_liquor"
    PHARMACY = "pharmacy"
    CLOTHING = "clothing"
    ELECTRONICS = "electronics"
    HARDWARE = "hardware"
    HAIRDRESSING = "hairdressing"
    LAUNDRY = "laundry"
    BATH_FOOT = "bath_foot"
    PHOTO = "photo"
    CAR_REPAIR = "car_repair"
    HOTEL = "hotel"
    HOMESTAY = "homestay"
    COURIER = "courier"
    BANK = "bank"
    TRAINING = "training"
    REAL_ESTATE_AGENT = "real_estate_agent"
    OTHER = "other"


_WORDS = {
    Category.CATERING: "餐饮 餐馆 餐厅 饭店 饭馆 酒楼 火锅 饺子馆 面馆 正餐 快餐 食堂 restaurant",
    Category.SNACK: "小吃 早点 早餐 烧烤 熟食 snacks",
    Category.DRINKS: "饮品 茶饮 奶茶 咖啡 冷饮 茶馆 tea coffee cafe tea/coffee",
    Category.BAR: "酒吧 pub",
    Category.CONVENIENCE: "便利店 便利 小卖部 百货 杂货 日用品 食杂 convenience_store",
    Category.SUPERMARKET: "超市 商超 生活超市",
    Category.GREENGROCER: "果蔬 水果 蔬菜 鲜果 菜店 生鲜",
    Category.MEAT_SEAFOOD: "肉禽水产 肉铺 鲜肉 肉类 水产 海鲜 肉食",
    Category.BAKERY: "糕点 面包 烘焙 蛋糕 西点",
    Category.TOBACCO_LIQUOR: "烟酒 烟草 酒类 名烟名酒 烟酒茶",
    Category.PHARMACY: "药店 药房 医药 大药房 药品 chemist",
    Category.CLOTHING: "服装 服饰 鞋帽 童装 鞋店 箱包 clothes",
    Category.ELECTRONICS: "家电数码 家电 数码 通讯 手机 电脑 电器 通信",
    Category.HARDWARE: "五金 建材 水暖 装饰材料 水暖建材 灯具",
    Category.HAIRDRESSING: "美容美发 理发美容 理发 美发 美容 美甲 hairdresser barber",
    Category.LAUNDRY: "洗染 洗衣 干洗 洗涤",
    Category.BATH_FOOT: "洗浴足浴 洗浴 足浴 足疗 浴池 按摩",
    Category.PHOTO: "图文摄影 图文 摄影 打印 复印 照相 广告制作",
    Category.CAR_REPAIR: "汽修 汽车维修 修车 洗车 汽车美容 汽配 轮胎 garage",
    Category.HOTEL: "酒店 宾馆 旅馆 旅店 招待所 住宿",
    Category.HOMESTAY: "民宿 农家乐 客栈 农家院",
    Category.COURIER: "快递驿站 快递 驿站 物流",
    Category.BANK: "金融 银行 储蓄所 信用社",
    Category.TRAINING: "培训 教育 辅导 托管 教育培训",
    Category.REAL_ESTATE_AGENT: "中介 房产中介 房产 房屋中介 地产",
    Category.OTHER: "其他 其它",
}

_BY_WORD = {word: category for category, words in _WORDS.items() for word in words.split()}
_BY_WORD |= {category.value: category for category in Category}
_LONGEST_FIRST = sorted((word for word in _BY_WORD if not word.isascii()), key=len, reverse=True)


def category_of(text: str) -> Category | None:
    """Return the category `text` means: the word itself, else the longest known word within it."""
    word = "_".join(half_width(text).casefold().split())
    if word in _BY_WORD:
        return _BY_WORD[word]
    return next((_BY_WORD[known] for known in _LONGEST_FIRST if known in word), None)
