from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from kz_admin import clock, failpoints
from kz_admin.failpoints import Broken


def test_an_unarmed_failpoint_does_nothing() -> None:
    failpoints.arm("")
    failpoints.reach("mail.sent")
    failpoints.arm("mail.sent=raise")
    failpoints.reach("another.place")


def test_the_first_hit_acts_and_only_once() -> None:
    failpoints.arm("mail.sent=raise")
    with pytest.raises(Broken, match=r"mail\.sent"):
        failpoints.reach("mail.sent")
    failpoints.reach("mail.sent")


def test_the_named_hit_acts() -> None:
    failpoints.arm("drain.claimed@3=raise")
    failpoints.reach("drain.claimed")
    failpoints.reach("drain.claimed")
    with pytest.raises(Broken):
        failpoints.reach("drain.claimed")


def test_several_can_be_armed_and_arming_again_replaces_them() -> None:
    failpoints.arm("one=raise, two=raise")
    with pytest.raises(Broken):
        failpoints.reach("two")
    failpoints.arm("three=raise")
    failpoints.reach("one")
    with pytest.raises(Broken):
        failpoints.reach("three")


def test_a_pause_holds_the_process_at_the_place() -> None:
    failpoints.arm("mail.sent=pause:0.05")
    began = clock.monotonic()
    failpoints.reach("mail.sent")
    assert clock.monotonic() - began >= 0.05


def test_a_kill_ends_the_process_as_kill_9_does() -> None:
    program = (
        "from kz_admin import failpoints; failpoints.arm('here=kill'); failpoints.reach('here'); print('still alive')"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert "still alive" not in done.stdout


def test_a_stop_holds_the_process_until_it_may_go_on() -> None:
    code = "from kz_admin import failpoints; failpoints.arm('a.b=stop'); failpoints.reach('a.b'); print('went on')"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    process.send_signal(signal.SIGCONT)
    assert process.communicate(timeout=20)[0] == "went on\n"
