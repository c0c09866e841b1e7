"""`make run`: everything on this machine, on embedded defaults, under one supervisor.

__main__       python -m kz_admin.dev
folder         var/: database, secrets, the lock that keeps two supervisors apart
plan           which children run, with which environment
redis_server   which Redis
children       one child process and its log lines
supervisor     start, watch, restart, stop
watchdog       stops the children when the supervisor itself was killed
prepare        migrations and demo data
"""
