"""What an app can ask for at Intuit, in the words of the consent page."""

from __future__ import annotations

from simulator.frame.provider import ConsentWords, Scope

ACCOUNTING = "com.intuit.quickbooks.accounting"

SCOPES = {
    ACCOUNTING: Scope(
        "Read and change the books",
        "Customers, invoices, payments, bills, expenses, time, accounts and settings of this company.",
    ),
    "com.intuit.quickbooks.payment": Scope(
        "Take payments", "Charge cards and bank accounts. The simulator does not model this part."
    ),
    "openid": Scope("Know who you are", "A number that stands for you at Intuit.", of_company=False),
    "profile": Scope("See your name", "Your given and family name.", of_company=False),
    "email": Scope("See your e-mail address", "The address you sign in with.", of_company=False),
    "phone": Scope("See your phone number", "The number of your Intuit account.", of_company=False),
    "address": Scope("See your postal address", "The address of your Intuit account.", of_company=False),
}

WORDS = ConsentWords(
    identity="Intuit",
    service="QuickBooks",
    company="company",
    scopes=SCOPES,
    usual_scopes=(ACCOUNTING,),
    only_admins="Only a company admin can connect an app. Ask an admin of this company to do it.",
)
