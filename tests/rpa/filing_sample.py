"""Two accounts to be filed, and what the registry knows of their firms."""

from dataclasses import replace
from datetime import date

from rpa.filing import Filing

BASIC = Filing(
    filing_id="L00000001",
    entity="陇上银行",
    account_type="basic",
    depositor_category="01",
    depositor_name="兰州河西通建材有限公司",
    certificate_number="91620100126154355R",
    opened_on=date(2026, 7, 1),
    account_number="3018210000000105",
    area_code="620100",
    bank_code="301821000019",
    bank_name="陇上银行兰州城关支行",
    phone="0931-8880001",
    address="兰州市黄河路12号",
    post_code="730000",
    legal_representative="胡林",
    industry="C",
    capital_fen=8_650_000_000,
    capital_currency="CNY",
    business_scope="建筑材料、装饰材料生产与销售",
)
GENERAL = replace(
    BASIC,
    filing_id="L00000002",
    account_type="general",
    depositor_name="兰州敦煌瑞餐饮有限公司",
    certificate_number="91620100135325849J",
    account_number="3018210000000202",
    legal_representative="黄晨",
    address="兰州市建设路206号",
    industry="H",
    business_scope="餐饮服务、食品经营",
    basic_account_number="J8210000015838",
)
REGISTRY = [
    {
        "certificate_number": one.certificate_number,
        "name": one.depositor_name,
        "legal_representative": one.legal_representative,
        "address": one.address,
        "business_scope": one.business_scope,
        "industry": one.industry,
    }
    for one in (BASIC,)
]
