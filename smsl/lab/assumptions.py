"""What the lab does otherwise than AWS, or as nobody has documented: a report that rests on it says so."""

from __future__ import annotations

from smsl.lab.extension.assumptions import ASSUMPTIONS as OF_EXTENSION
from smsl.lab.latency import SECRETS_MANAGER, SECRETS_MANAGER_BASIS, SECRETS_MANAGER_DATE

OF_FUNCTIONS: tuple[tuple[str, str], ...] = (
    ("processor", "A function has the whole machine: its memory sets no share of a processor, and no limit of memory."),
    ("not-frozen", "Environments are not frozen between invocations: what runs in the background goes on."),
    ("no-tls", "Functions reach the services over plain HTTP on loopback: no DNS, no TLS, no distance."),
    ("interpreter", "Python and Node.js functions run under this machine's interpreter, whichever version they name."),
    ("no-download", "Code and layers are unpacked once for all environments: no environment waits for a download."),
    ("one-network", "Environments share the machine's ports: the extension's may differ from the one configured."),
    ("no-sandbox", "A function's process runs with this user's rights and sees this machine's files."),
    ("answer-stands", "When the runtime has answered and then fails, the caller gets the answer."),
    ("tail-waits", "With LogType=Tail the answer waits for the extensions to be done, since the log does."),
    ("runtime-share", "Of the time to shut down the runtime has three tenths, as in AWS's own emulator."),
    ("events-once", "An asynchronous invocation is tried once, and refused where there is no room for it."),
    ("invoke-alone", "Functions run for Invoke alone: rotations and other services' events start none."),
    ("replaced", "What failed or ran out of time is replaced by a new environment; Lambda starts the same one anew."),
)
OF_SERVICE: tuple[tuple[str, str], ...] = (
    ("latency", f"Secrets Manager takes {SECRETS_MANAGER} a call, of {SECRETS_MANAGER_DATE}. {SECRETS_MANAGER_BASIS}"),
)
OF_STACKS: tuple[tuple[str, str], ...] = (
    ("at-once", "A CloudFormation stack is made, or rolled back, before CreateStack answers."),
    ("no-update", "A resource that stands is not updated: an update that changes one is refused."),
    ("no-expansion", "No transform is expanded, and no function called for a custom resource: either is refused."),
    ("of-moto", "A resource type that moto alone knows has those of its properties that moto knows."),
)
GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Functions", OF_FUNCTIONS),
    ("The extension, which is an emulation", OF_EXTENSION),
    ("The service", OF_SERVICE),
    ("Templates", OF_STACKS),
)
