"""The catalogue of features: name, unit, window, source and labels, one line each."""

from __future__ import annotations

from credit.model.feature import FeatureSpec

# name | unit | window | Chinese label | English label
_LEDGER = """
turnover_12m_fen | fen | 12m | 近12月有效开票额 | Valid invoiced sales, 12 months
purchases_12m_fen | fen | 12m | 近12月进项额 | Invoiced purchases, 12 months
turnover_growth_bps | bps | 12m/12m | 开票同比增长率 | Sales growth, year on year
half_year_ratio_bps | bps | 6m/6m | 近半年环比 | Last half-year over the one before
gross_margin_bps | bps | 12m | 进销毛利率 | Margin of sales over purchases
invoice_months_12m | months | 12m | 近12月开票月数 | Months with sales invoices
invoice_count_12m | count | 12m | 近12月有效销项张数 | Valid sales invoices
longest_gap_days | days | 12m | 最长连续未开票天数 | Longest gap between sales invoices
days_since_last_invoice | days | all | 距最近开票天数 | Days since the last sales invoice
void_ratio_bps | bps | 12m | 作废金额占比 | Voided share of invoiced amount
refund_ratio_bps | bps | 12m | 红冲金额占比 | Refunded share of sales
top1_customer_share_bps | bps | 12m | 最大客户占比 | Share of the largest customer
top5_customer_share_bps | bps | 12m | 前五大客户占比 | Share of the five largest customers
top5_supplier_share_bps | bps | 12m | 前五大供应商占比 | Share of the five largest suppliers
customers_12m | count | 12m | 近12月客户数 | Customers
suppliers_12m | count | 12m | 近12月供应商数 | Suppliers
kept_customer_share_bps | bps | 12m/12m | 老客户销售占比 | Sales to customers of the year before
volatility_bps | bps | 12m | 月开票波动系数 | Variation of monthly sales
ledger_months | months | all | 发票历史月数 | Months of invoice history
"""

# name | unit | window | credential type | Chinese label | English label
_CLAIMS = """
company_age_months | months | at date | business-licence | 经营年限(月) | Age of the company
change_count_24m | count | 24m | business-licence | 近两年变更次数 | Register changes, 24 months
registration_status | code | at date | business-licence | 登记状态 | Registration status
abnormal_listed | flag | at date | abnormal-list | 经营异常名录 | On the abnormal list
tax_credit_grade | grade | year | tax-credit | 纳税信用等级 | Tax credit grade
tax_arrears_fen | fen | at date | vat-return-summary | 欠税金额 | Tax arrears
insured_headcount | persons | at date | social-insurance | 参保人数 | Insured headcount
social_arrears_fen | fen | at date | social-insurance | 社保欠缴 | Social insurance arrears
dishonest_flag | flag | at date | court-record | 失信被执行人 | Dishonest judgment debtor
enforcement_amount_fen | fen | at date | court-record | 被执行金额 | Amount under enforcement
open_litigation | count | at date | court-record | 未结诉讼 | Open lawsuits
penalties_24m | count | 24m | court-record | 近两年行政处罚 | Penalties, 24 months
debt_to_assets_bps | bps | period end | financial-statement | 资产负债率 | Debt to assets
cash_to_profit_bps | bps | period | financial-statement | 经营现金流/净利润 | Cash flow over profit
utility_arrears_fen | fen | at date | utility-usage | 水电气欠费 | Utility arrears
srdi_level | code | at date | hightech-enterprise | 专精特新等级 | Specialised-SME level
patents_valid | count | at date | ip-right | 有效发明专利数 | Valid patents
revenue_deviation_bps | bps | 12m | several | 三源收入偏差 | Deviation of revenue across sources
working_cycle_days | days | period | financial-statement | 营运资金周转天数 | Working-capital cycle
own_funds_fen | fen | period end | financial-statement | 自有营运资金 | Own working funds
short_term_loans_fen | fen | period end | financial-statement | 现有短期借款 | Short-term loans
"""


def _lines(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


LEDGER_FEATURES: tuple[FeatureSpec, ...] = tuple(
    FeatureSpec(name, unit, window, "invoice-ledger", label_zh, label_en)
    for name, unit, window, label_zh, label_en in _lines(_LEDGER)
)
CLAIM_FEATURES: tuple[FeatureSpec, ...] = tuple(FeatureSpec(*cells) for cells in _lines(_CLAIMS))
FEATURES: dict[str, FeatureSpec] = {spec.name: spec for spec in (*LEDGER_FEATURES, *CLAIM_FEATURES)}
