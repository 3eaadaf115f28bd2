"""The floor: exactly the calls that smsl makes, in the same rounds, with the same library and threads, and no thought.

Usage: floor.py ROUNDS.json ENDPOINT (a list of rounds, each a list of [service, operation, region, parameters])
"""

import json
import queue
import sys
import threading
from pathlib import Path

import botocore.session
from botocore import xform_name
from botocore.config import Config

THREADS = 16


def main() -> None:
    rounds = json.loads(Path(sys.argv[1]).read_text())
    session = botocore.session.Session()
    clients = {}
    lock = threading.Lock()

    def client(service: str, region: str):
        with lock:
            if (service, region) not in clients:
                clients[service, region] = session.create_client(
                    service, region_name=region, endpoint_url=sys.argv[2], config=Config(max_pool_connections=32)
                )
            return clients[service, region]

    def ask(service: str, operation: str, region: str, parameters: dict) -> None:
        made = client(service, region)
        name = xform_name(operation)
        try:
            if made.can_paginate(name):
                made.get_paginator(name).paginate(**parameters).build_full_result()
            else:
                getattr(made, name)(**parameters)
        except Exception:  # noqa: BLE001, S110 -- an account in no organization says so with an error
            pass

    for calls in rounds:
        waiting = queue.SimpleQueue()
        for call in calls:
            waiting.put(call)

        def work(waiting=waiting) -> None:
            while True:
                try:
                    ask(*waiting.get_nowait())
                except queue.Empty:
                    return

        threads = [threading.Thread(target=work) for _ in range(min(THREADS, len(calls)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


main()
