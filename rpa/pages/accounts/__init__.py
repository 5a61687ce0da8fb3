"""Pages of the account-management system (人民币银行结算账户管理系统): query, key information, details, check, result.

In: HTML, filings, the accounts to be asked for. Out: what the system has on record, why it refuses, receipts. Nothing
is confirmed before the check page has been read back field by field, and what comes of a confirmation is either a
receipt, a refusal, or doubt.
"""

from rpa.pages.accounts import check, details, home, key, query, result, sheet

__all__ = ["check", "details", "home", "key", "query", "result", "sheet"]
