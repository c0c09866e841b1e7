from kz_admin.providers.base import Provider

QUICKBOOKS = Provider(
    key="quickbooks",
    label="QuickBooks",
    product="QuickBooks Online",
    company_word="company",
)
