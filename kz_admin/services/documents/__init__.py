"""Our documents: made, changed and paid here and nowhere else.

    work.py      one change: whose, by whom, when, in which transaction; carry_out() runs it
    saving.py    saved(): the one function every saved document passes, where its revision rises
    settling.py  settle(): the one function in which an invoice becomes paid, whatever the path
    listing.py   pages by key, downloads line by line

Beside them one file per noun. Their functions take a Work first, so that a hook can do several in one transaction.
"""
