"""Trades: what a company's name or scope says it does, and what follows for its books."""

from __future__ import annotations

from dataclasses import dataclass

_TEN_THOUSAND_YUAN = 1_000_000  # fen


@dataclass(frozen=True)
class Trade:
    """One trade.

    ``vat`` is "goods" (17, 16, 13 %), "building" (11, 10, 9 %) or "services" (6 %), by date.
    """

    code: str
    words: tuple[str, ...]
    industry_code: str
    vat: str
    revenue_per_head_fen: int
    margin_bps: tuple[int, int]
    brands: tuple[str, ...]
    scope: str


def _trade(
    code: str,
    words: str,
    industry_code: str,
    vat: str,
    revenue_per_head_fen: int,
    margin_bps: tuple[int, int],
    brands: str,
    scope: str,
) -> Trade:
    return Trade(
        code,
        tuple(words.split()),
        industry_code,
        vat,
        revenue_per_head_fen,
        margin_bps,
        tuple(brands.split()),
        scope,
    )


# The first trade with a word in the name wins, so that narrow words stand before wide ones.
TRADES: tuple[Trade, ...] = (
    _trade(
        "building",
        "建筑 建设 工程 装饰 劳务 消防 园林 景观 路桥 土地整理 安装 园艺 花木 勘察",
        "E4790",
        "building",
        70 * _TEN_THOUSAND_YUAN,
        (800, 2000),
        "建筑工程 装饰工程 园林景观 建筑劳务",
        "施工总承包;专业承包;劳务分包;建筑装饰;园林绿化工程;销售建筑材料。",
    ),
    _trade(
        "transport",
        "物流 运业 快递 供应链 运输 货运",
        "G5430",
        "building",
        60 * _TEN_THOUSAND_YUAN,
        (700, 1800),
        "物流 供应链管理 货运",
        "普通货物运输;仓储服务;货运代理;供应链管理。",
    ),
    _trade(
        "medical",
        "医药 医疗 药房 药业 器械",
        "F5150",
        "goods",
        110 * _TEN_THOUSAND_YUAN,
        (1200, 3000),
        "医疗器械 医药",
        "销售医疗器械;批发药品;健康咨询(须经审批的诊疗活动除外)。",
    ),
    _trade(
        "food",
        "食品 餐饮 农业 农副 调味品 粮油 酒店 大闸蟹 魔芋",
        "F5120",
        "goods",
        90 * _TEN_THOUSAND_YUAN,
        (900, 2500),
        "食品 餐饮管理 农业科技",
        "销售食品;餐饮管理;销售新鲜蔬菜、新鲜水果、日用品。",
    ),
    _trade(
        "vehicles",
        "汽车 汽贸 轮胎 汽配",
        "F5260",
        "goods",
        150 * _TEN_THOUSAND_YUAN,
        (500, 1500),
        "汽车销售 汽车服务",
        "销售汽车、汽车配件;汽车装饰;修理汽车。",
    ),
    _trade(
        "machinery",
        "机械 设备 机电 铸造 制造 模具 厂",
        "C3490",
        "goods",
        80 * _TEN_THOUSAND_YUAN,
        (1200, 2800),
        "机电设备 机械设备",
        "制造、销售机械设备;维修机电设备;技术服务。",
    ),
    _trade(
        "electronics",
        "电子 电器 电气 通讯 通信 仪器",
        "F5170",
        "goods",
        110 * _TEN_THOUSAND_YUAN,
        (1000, 2500),
        "电子 电器销售 通讯器材",
        "销售电子产品、家用电器、通讯设备;技术开发;技术咨询。",
    ),
    _trade(
        "technology",
        "科技 技术 信息 网络 软件 智能 数码 自动化 科学",
        "I6510",
        "services",
        55 * _TEN_THOUSAND_YUAN,
        (2000, 4500),
        "科技 信息技术 网络科技 软件",
        "技术开发、技术服务、技术咨询;计算机系统服务;软件开发;销售计算机软硬件。",
    ),
    _trade(
        "apparel",
        "服饰 服装 鞋 纺织 地毯",
        "F5130",
        "goods",
        85 * _TEN_THOUSAND_YUAN,
        (1200, 3000),
        "服饰 纺织品",
        "销售服装、鞋帽、针纺织品、日用品。",
    ),
    _trade(
        "culture",
        "文化 传媒 广告 演艺 图书 体育 印 策划 教育",
        "L7250",
        "services",
        50 * _TEN_THOUSAND_YUAN,
        (1800, 4000),
        "文化传播 广告 文化传媒",
        "组织文化艺术交流活动;设计、制作、代理、发布广告;会议服务;销售图书。",
    ),
    _trade(
        "property",
        "物业 房地产 置业",
        "K7020",
        "services",
        45 * _TEN_THOUSAND_YUAN,
        (1500, 3500),
        "物业管理",
        "物业管理;出租商业用房;家政服务。",
    ),
    _trade(
        "trading",
        "贸易 商贸 工贸 物资 实业 建材 五金 材料 化工 石化 销售 经营部 家居 塑 包装 商店",
        "F5190",
        "goods",
        180 * _TEN_THOUSAND_YUAN,
        (400, 1500),
        "商贸 贸易 物资 建材 工贸",
        "销售建筑材料、五金交电、金属材料、化工产品(不含危险化学品)、日用品;货物进出口。",
    ),
    _trade(
        "consulting",
        "咨询 设计 管理 事务所 检测 测绘 代理 服务 投资 发展",
        "L7240",
        "services",
        48 * _TEN_THOUSAND_YUAN,
        (2000, 4500),
        "管理咨询 工程咨询 设计",
        "企业管理咨询;工程咨询;设计服务;会议及展览服务。",
    ),
)

OTHER = _trade(
    "other",
    "",
    "F5290",
    "goods",
    65 * _TEN_THOUSAND_YUAN,
    (800, 2500),
    "经贸",
    "销售日用品、文具用品、五金交电;维修服务。",
)


def trade_of(*texts: str) -> Trade:
    """Return the trade of the first text that names one: the name first, then the scope."""
    for text in texts:
        for trade in TRADES:
            if any(word in text for word in trade.words):
                return trade
    return OTHER
