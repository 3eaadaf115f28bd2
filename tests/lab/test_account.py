"""The embedded account: it starts whatever this machine's settings are, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from smsl.lab.account import Lab, embedded
from smsl.lab.stage import open_stage
from smsl.model.errors import SmslError

STARTER = """
import sys, time
from smsl.lab.account import embedded
with embedded(sample=False) as lab:
    print(lab.url, flush=True)
    time.sleep(60)
"""


def port_of(url: str) -> int:
    return urlsplit(url).port or 0


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children() -> set[str]:
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if fields[1] == str(os.getpid()):
            found.add(entry.parent.name)
    return found


def test_it_leaves_no_process_port_thread_or_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # of its own: what others put beside it says nothing of the lab
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = (children(), threading.active_count())
    with embedded(sample=False) as lab:
        assert is_open(port_of(lab.url))
        open_stage(lab.url).iam.list_roles()
    assert not is_open(port_of(lab.url))
    assert children() == before[0]
    assert threading.active_count() == before[1]
    assert list(tmp_path.iterdir()) == []


def test_it_leaves_when_the_block_fails() -> None:
    with pytest.raises(RuntimeError, match="inside"), embedded(sample=False) as lab:
        raise RuntimeError("inside")
    assert not is_open(port_of(lab.url))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL there")
def test_it_leaves_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        port = port_of(starter.stdout.readline().strip())
        assert is_open(port)
        starter.send_signal(signal.SIGKILL)
        starter.wait()
        deadline = time.monotonic() + 5
        while is_open(port):
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.verify
def test_nothing_of_this_machine_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with embedded() as lab:
        assert len(lab.calls()) == 0
        assert open_stage(lab.url).functions.list_functions()["Functions"]


def test_its_environment_leads_any_client_to_it(lab: Lab) -> None:
    code = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    environment = {"PATH": os.environ["PATH"], **lab.environment}
    lab.forget_calls()
    answered = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert answered.stdout.strip() == "123456789012"
    (call,) = lab.calls()
    assert (call["caller"], call["region"]) == (lab.environment["AWS_ACCESS_KEY_ID"], "eu-west-1")


def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SmslError, match="did not start"), embedded(sample=False, port=port):
            pass


def test_it_listens_on_the_port_that_was_asked_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with embedded(sample=False, port=port) as lab:
        assert port_of(lab.url) == port


def test_two_at_once_know_nothing_of_each_other(lab: Lab) -> None:
    with embedded(sample=False) as other:
        open_stage(lab.url).secrets.create_secret(Name="only-here", SecretString="x")
        assert open_stage(other.url).secrets.list_secrets()["SecretList"] == []
        assert other.environment["AWS_ENDPOINT_URL"] != lab.environment["AWS_ENDPOINT_URL"]


def test_importing_the_lab_loads_neither_moto_nor_boto() -> None:
    code = (
        "import sys, smsl.lab.account, smsl.lab.front, smsl.lab.sample, smsl.lab.scale;"
        "print(sorted({'moto', 'boto3', 'botocore', 'httpx'} & set(sys.modules)))"
    )
    answered = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answered.stdout.strip() == "[]"


def test_an_emptied_account_holds_nothing_and_can_be_filled_again(lab: Lab) -> None:
    stage = open_stage(lab.url)
    for _ in range(3):
        vpc = stage.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        stage.secrets.create_secret(Name="one", SecretString="x")
        lab.empty()
        assert stage.secrets.list_secrets()["SecretList"] == []
        assert vpc not in {row["VpcId"] for row in stage.ec2.describe_vpcs()["Vpcs"]}
