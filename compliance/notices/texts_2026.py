"""The model texts of 2026, as published: a test holds their hashes. Changing a word here would change
nothing that was signed; a correction is a new version (`publishing.publish`).
"""

from dataclasses import dataclass
from datetime import date

from compliance.notices.kinds import NoticeKind

VERSION = "2026.1"
EFFECTIVE_FROM = date(2026, 1, 15)
"""The day on which the revised 《北京市“门前三包”责任制管理办法》 came into force."""


@dataclass(frozen=True, slots=True)
class ModelText:
    """A model text with what stands above it in plain words, and the articles that burden the signer."""

    kind: NoticeKind
    title: str
    body: str
    summary: str
    summary_en: str
    emphasis: str
    rule_version: str = ""


COVENANT = ModelText(
    kind=NoticeKind.COVENANT,
    title="商户自治公约",
    summary="同一条街的商户商量好的规矩：开门先扫、货物进店、邻里互看。有事先提醒，不罚钱。",
    summary_en=(
        "Rules the shops of one street agreed on: sweep before opening, keep goods inside, look out "
        "for each other. Reminders come first, and no money is ever taken."
    ),
    emphasis="第九条 第十条",
    body="""\
《{street_name}商户自治公约》  版本 {version}   {adopted_on} 经成员商户表决通过
第一条 为把{street_name}的门前事商量着办、共同管好,{association_name}成员商户自愿订立本公约。
第二条 本公约适用于{scope_desc}的成员商户。入会退会自愿;退会不免除法律规定的门前责任。
第三条 开门先看门前:营业前清扫一遍,营业中随脏随扫,打烊后垃圾不在门前过夜。
第四条 商品、桌椅、灯箱、工具一律进店摆放;确需临时占用的,依法取得许可并在平台登记后再用。
第五条 招牌、橱窗、台阶、坡道自己养护。发现缺字、断亮、松动的,{sign_fix_days}日内修好;有坠落危险的,立即停用并设围挡。
第六条 车辆入位、盲道让开、通道畅通。送货、外卖车辆由本店提醒;劝不住的,拍照报平台,不争吵、不动手。
第七条 垃圾分类投放,收运协议在先,餐厨污水不倒树坑和雨水口。
第八条 相邻商户结为“门前搭档”,每月互看一次,先提醒、后登记;门前分界有争议的,由本会邀请街巷长到场划定。
第九条 违反本公约的,本会按顺序采取:(一)搭档提醒;(二)会内约谈;(三)会内批评并要求书面改进;(四)列入“待改进清单”,改好即撤,最长{watch_days}日。本会不收罚款和保证金,不代替行政机关作出处理。
第十条 采取第九条第(三)、(四)项措施前,应当告知事由并听取商户意见,由不少于{panel_min}名评议员评议;与当事商户有同业竞争、亲属或者邻里纠纷关系的评议员应当回避。商户可在{appeal_days}日内申请复评一次,复评由其他评议员进行。
第十一条 连续{good_months}个月无有效问题的商户列入红榜,优先推荐评优、兑换文明积分。
第十二条 涉嫌违法的事项,本会及时转告{enforcement_team_name},并帮助商户整改。
第十三条 修改本公约须经成员商户{amend_ratio}以上同意。本公约有效期{valid_years}年,期满前{renew_notice_days}日组织重新表决。
第十四条 本公约自{effective_on}起施行,在成员商户门前扫码公示。
发起:{association_name}   应到{eligible}户,同意{yes}户,反对{no}户,弃权{abstain}户
""",
)

PLEDGE = ModelText(
    kind=NoticeKind.PLEDGE,
    title="商户承诺书",
    summary="本店向街坊邻居的十条承诺：亮照经营、明码标价、门前常扫、垃圾分类。自愿作出，不影响您的权利。",
    summary_en=(
        "Ten promises of this shop to its neighbours: licences on show, clear prices, a swept "
        "doorstep, sorted waste. They are voluntary and take away none of your rights."
    ),
    emphasis="六、 七、",
    body="""\
《商户承诺书》  编号 {pledge_no}
{shop_name}(统一社会信用代码 {uscc},经营地址 {address})向街坊邻居和社会公众承诺:
一、证照齐全、亮照经营,不超出许可范围,不借用他人证照。
二、明码标价、诚信待客,收到顾客投诉后{complaint_reply_hours}小时内回应。
三、门前责任区每日至少清扫{clean_times}次;降雪后按规定时限清扫干净。
四、不店外经营、不占道堆物,不私设地锁、桩栏。
五、招牌橱窗整洁牢固,不乱贴、不乱挂;大风雨雪预警时主动检查。
六、生活垃圾分类投放并交由有资质的单位收运。{?catering}厨余垃圾和废弃油脂单独收集,保存交付记录。{/catering}
七、用火用电用气安全,不堵塞疏散通道,电动自行车及其电池不在店内充电。
八、不用高音喇叭揽客,油烟、噪声不扰邻。
九、接受街巷长提醒和综合行政执法人员依法检查,按期整改;有不同意见的,通过平台陈述。
十、转让、停业、更换负责人后{change_report_days}日内更新信息。
本承诺出于自愿,不减损本店依法享有的权利,有效期自{signed_on}至{valid_to}。
承诺人:{signer_name}({signer_role})  签署时间 {signed_at}  校验码 {doc_hash_short}
""",
)

RESPONSIBILITY_STATEMENT = ModelText(
    kind=NoticeKind.RESPONSIBILITY_STATEMENT,
    title="“门前三包”责任书",
    summary="镇街告诉您门前责任区到哪里、要做到什么：卫生干净、容貌整洁、环境有序。别人造成的问题，核实后不算您的。",
    summary_en=(
        "The subdistrict or town tells you where your stretch ends and what it asks: clean, tidy, "
        "orderly. What others did wrong is not counted against you once checked."
    ),
    emphasis="八、 十、",
    rule_version="v2026",
    body="""\
《“门前三包”责任告知与确认书》  编号 {statement_no}   规则版本 {rule_version}
告知单位:{issuer_name}        责任人:{shop_name}(统一社会信用代码 {uscc})
一、依据 《北京市市容环境卫生条例》《北京市“门前三包”责任制管理办法》。
二、责任区 位置:{address}。地面:临街长度{frontage_m}米,由{line_desc}至{depth_ref_desc},纵深{depth_m}米;与左邻{left_neighbour}、右邻{right_neighbour}以空当中心线为界。立面:本店临街外立面及牌匾。附图:{zone_map_ref}。
三、包卫生干净 及时清除垃圾、污水、污迹和积雪残冰;垃圾分类投放。
四、包容貌整洁 保持外立面、户外设施和牌匾整洁完好;爱护花草树木和绿化设施;装修按规定围挡。
五、包环境有序 不违规店外经营,不占道堆物,不私设地锁、桩栏等设施;本店车辆有序停放。
六、专业作业先行 道路清扫、绿化养护、公共设施维护由专业单位负责,责任人予以配合。对他人损害责任区环境的行为,可以劝阻、制止,并通过平台或12345报告;非责任人造成的问题,核实后不计入本店记录。
七、告知单位的义务 公布街巷长{lane_chief_title}和{enforcement_team_name}联系方式;巡查结果即时可查;先提醒、先指导;接受商户监督评价。
八、未履行责任的后果 经提醒仍不改正的,由有权机关依法责令改正,可以依照《北京市市容环境卫生条例》第二十四条等规定处罚。作出处罚前,责任人有权陈述、申辩,不因申辩加重处罚。
九、异议 对责任区范围或者巡查结果有异议的,可在{objection_days}个工作日内提出,{reply_days}个工作日内答复。
十、期限 自{valid_from}至{valid_to}。经营者、地址或者规则变化的,重新告知。未签署本确认书不影响依法应当承担的责任。
十一、双方同意以电子签名方式签署和送达本文书;行政处罚文书的电子送达另行签订确认书。
告知单位(盖章){issuer_seal} 经办人{handler_name}    责任人签署 {signature} {signed_at}  校验码 {doc_hash_short}
""",
)

WASTE_CONTRACT = ModelText(
    kind=NoticeKind.WASTE_CONTRACT,
    title="生活垃圾收运协议",
    summary="您和有许可证的收运单位的约定：收哪几类、几点来收、双方扫码确认。价格和账户不公示。",
    summary_en=(
        "Your agreement with a licensed hauler: what is collected and when, each handover scanned "
        "by both. Prices and accounts are not shown to the public."
    ),
    emphasis="第八条 第九条",
    body="""\
《生活垃圾收集运输服务协议》  编号 {contract_no}
甲方(产生单位/管理单位):{party_a}({holder_type})  乙方(收运单位):{hauler_name},收运许可证号 {hauler_permit_no},有效期至 {permit_valid_to}
第一条 服务范围 {service_address}产生的:{streams}。有害垃圾、建筑垃圾、大件垃圾{extra_streams_clause}。
第二条 容器 {bin_list}(类别/容积/数量/编号),由{bin_owner}提供;破损后{bin_fix_days}日内更换。
第三条 收运 每{freq_unit}{freq_count}次,时段{time_window},交接点{handover_point}。节假日{holiday_clause};因故调整提前{change_notice_hours}小时通知。
第四条 计量 按{measure_basis}(重量/容积)计量,每次由双方扫码确认,记录作为结算和垃圾台账依据。
第五条 费用 执行政府公布的收费标准{price_basis};结算周期{settle_cycle},{payment_method}。标准调整的,自调整之日起执行。
第六条 甲方责任 分类投放、不混入其他类别;按时交接、容器盖好;办理生活垃圾排放登记;如实记录台账并保存本协议备查。
第七条 乙方责任 按时分类收运,不混装混运,不遗撒;清洁交接点;运至{destination};每月向甲方提供收运明细。
第八条 质量 分类不合格的,乙方可当场告知并要求改正;拒不改正的可暂缓收运并依法报告。
第九条 违约 未按约收运超过{miss_limit}次的,甲方可减付费用或者解除协议;逾期付款的,每日按{late_rate}支付违约金。
第十条 期限 自{valid_from}至{valid_to};期满前{renew_notice_days}日协商续签。乙方许可失效的,本协议自动终止,乙方应协助甲方过渡。
第十一条 争议 协商或请{mediator_name}调解;不成的,向{dispute_forum}解决。
第十二条 双方同意电子签署。门前公示:收运单位、类别、频次、时段、监督电话;价格和账户信息不公示。
甲方 {signature_a} {signed_at_a}   乙方 {signature_b} {signed_at_b}   校验码 {doc_hash_short}
附:餐饮和其他厨余垃圾产生单位应当使用市主管部门的厨余垃圾运输服务合同示范文本,并在平台上传登记。
""",
)

MODEL_TEXTS = (COVENANT, PLEDGE, RESPONSIBILITY_STATEMENT, WASTE_CONTRACT)
