"""Push: what is due on a connection goes over, each document exactly once (docs/architecture.md walks it).

ringing.py     the clock's look for work nobody rang for
drain.py       one worker's turn on one connection, from the lease to letting go
lease.py       who may, and the fence that makes late writers harmless
picking.py     what goes next        tries.py        counted before it is touched
sight.py       what rows know        gathering.py    rows to plain data (referring.py: what a builder may name)
preparing.py   looked up and built
calls.py       frozen calls          writing_down.py the transaction before the first byte
sending.py     bytes in threads      results.py      what came of it, under the fence
fates.py       what becomes of one record            waking.py    who waited for it
unknown.py     answers that were lost                refusals.py  4xx: again, or for a person
silence.py     the breaker           postponing.py   nothing was written, later
access.py      the token of a drain  slots.py        the company's pace
"""
