"""Which addresses that people typed may be called from inside our network."""

from __future__ import annotations

import pytest

from kz_admin.domain.outward import Forbidden, is_public, target

SLACK = "https://hooks.slack.com/services/T0/B0/secret"


def test_an_ordinary_address_is_taken_apart_and_its_path_stays_out_of_words() -> None:
    to = target(SLACK + "?a=b")
    assert (to.secure, to.host, to.port, to.path) == (True, "hooks.slack.com", 443, "/services/T0/B0/secret?a=b")
    assert "secret" not in repr(to)
    assert target("HTTPS://Hooks.Slack.COM/x").host == "hooks.slack.com"
    assert target("https://chat.example.com:8065/hooks/x").port == 8065


@pytest.mark.promise("A55")
@pytest.mark.parametrize(
    "address",
    [
        "",
        "hooks.slack.com/services/x",
        "http://hooks.slack.com/x",
        "ftp://hooks.slack.com/x",
        "file:///etc/passwd",
        "gopher://hooks.slack.com/x",
        "https://",
        "https:///x",
        "https://user@hooks.slack.com/x",
        "https://user:pass@hooks.slack.com/x",
        "https://hooks.slack.com@evil.example/x",
        "https://hooks.slack.com\\@127.0.0.1/x",
        "https://hooks.slack.com/x#y",
        "https://hooks.slack.com/x y",
        "https://hooks.slack.com/\r\nHost: evil",
        "https://hooks.slack.com\t/x",
        "https://localhost/x",
        "https://localhost.localdomain:22/x",
        "https://intranet/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://0x7f.0.0.1/x",
        "https://017700000001/x",
        "https://0177.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://8.8.8.8/x",  # a name, not a number: no chat lives at one
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[fe80::1%25eth0]/x",
        "https://hooks.slack.com./x",
        "https://hooks..slack.com/x",
        "https://-hooks.slack.com/x",
        "https://hooks.slack.c/x",
        "https://hooks.slack.com:22/x",
        "https://hooks.slack.com:99999/x",
        "https://hooks.slack.com:0/x",
        "https://①②⑦.⓪.⓪.①/x",
        "https://hööks.example/x",
        "https://hooks.slack.com/" + "x" * 500,
        "javascript:alert(1)",
    ],
)
def test_what_is_no_chat_on_the_internet_is_refused_with_a_reason(address: str) -> None:
    with pytest.raises(Forbidden) as refused:
        target(address)
    assert refused.value.sentence.endswith(".")


def test_development_may_call_this_machine_and_nothing_else_without_tls() -> None:
    for here in ("http://localhost:5000/x", "http://127.0.0.1:5000/x", "http://[::1]:5000/x"):
        assert not target(here, loopback=True).secure
    for elsewhere in ("http://10.0.0.1/x", "http://hooks.slack.com/x", "http://127.0.0.2/x", "http://127.1/x"):
        with pytest.raises(Forbidden):
            target(elsewhere, loopback=True)


@pytest.mark.promise("A55")
@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1%eth0",
        "fec0::1",
        "ff02::1",
        "nonsense",
        "",
    ],
)
def test_an_address_that_is_not_on_the_open_internet_is_not_called(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are_public_and_loopback_only_in_development() -> None:
    for address in ("8.8.8.8", "1.1.1.1", "::ffff:8.8.8.8", "2606:4700:4700::1111"):
        assert is_public(address)
    assert is_public("127.0.0.1", loopback=True)
    assert is_public("::ffff:127.0.0.1", loopback=True)
    assert not is_public("10.0.0.1", loopback=True)
    assert not is_public("169.254.169.254", loopback=True)
