"""Where the emulator had to choose: what neither AWS's documentation nor a published log settles.

A report that rests on the emulator prints them. Whoever has seen the extension do otherwise: change the behaviour, and
its line here.
"""

from __future__ import annotations

ASSUMPTIONS: tuple[tuple[str, str], ...] = (
    ("token-refused", "A missing or wrong token is answered 403 `Bad Token`, as by the open-source agent."),
    ("token-unset", "Where the extension has no AWS_SESSION_TOKEN, no token is right."),
    ("method-refused", "A method other than GET is answered 405 `Not allowed`, as by the open-source agent."),
    ("path-unknown", "Other paths are answered 404 `Not found`; so is /secretsmanager/get/ with a slash at its end."),
    ("refusal-order", "Path, method, readiness and token are looked at in this order, and the first to fail answers."),
    ("name-missing", "A request without secretId or name gets the general 400, and no call is made for it."),
    ("parameter-unknown", "Query parameters that are not documented are ignored."),
    ("parameter-repeated", "Of a repeated query parameter the first counts, and an empty one counts as absent."),
    ("with-decryption", "withDecryption is on for `true` in any case, and off for everything else."),
    ("selector-in-name", "version and label go to GetParameter as the end of the name; the service judges them."),
    ("answer-form", "Values are sent as application/json, refusals as text/plain, neither with a line end after it."),
    ("date-fraction", "The fraction of a date has no trailing zeros, as Go writes it; a full second has none at all."),
    ("setting-invalid", "A setting that cannot be read or is out of range counts as absent, with a WARN of our words."),
    ("setting-empty", "An empty setting is an absent one."),
    ("switch-case", "TRUE and FALSE, and the log levels, may be written in small letters."),
    ("level-none", "NONE silences the first line, too."),
    ("line-parameter-ttl", "The WARN about SSM_PARAMETER_STORE_TTL is worded like that about SECRETS_MANAGER_TTL."),
    ("line-parameter-timeout", "The DEBUG line about SSM_PARAMETER_STORE_TIMEOUT_MILLIS is worded like its twin's."),
    ("line-order", "Lines about settings stand between the first line and that of the version."),
    ("line-cache", "The extension's lines about hits and misses are not known, and none are written."),
    (
        "line-failure",
        "Failures without an answer of the service are worded as the AWS SDK for Go would, or in our words.",
    ),
    (
        "cache-key-secret",
        "A secret is kept by (secretId, versionId, versionStage) as asked: name and ARN are two items.",
    ),
    ("cache-key-parameter", "A parameter is kept by (name, version or label, withDecryption), as asked."),
    ("cache-shared", "Secrets and parameters share one cache, and its size."),
    ("cache-eviction", "A full cache drops the item that was not read for longest."),
    ("cache-age", "An item's age counts from the arrival of the service's answer; at the TTL itself it is over."),
    ("cache-errors", "Errors are not kept, and a failed refresh is an error: an expired value is never served."),
    ("cache-coalesced", "Requests for an item that is being fetched wait for that call, and share what comes of it."),
    ("uncached-apart", "Where nothing may be kept, each request makes its own call, side by side with others."),
    ("retried-errors", "Throttling, statuses 500, 502, 503, 504, lost connections and time limits get three attempts."),
    ("retry-quota", "The SDK's quota of retries, which a long outage exhausts, is not kept."),
    ("back-off-short", "Waits between attempts stay below 0.1 and 0.2 seconds, where the SDK's reach whole seconds."),
    (
        "timeout-per-attempt",
        "TIMEOUT_MILLIS limits each attempt, with its wait for a connection, and not all together.",
    ),
    ("credentials-static", "Credentials are those of the environment at the start; no other provider is asked."),
    ("endpoint-honoured", "AWS_ENDPOINT_URL and its variants for the two services are followed; proxies are not."),
    ("loopback-ipv4", "The port is open on 127.0.0.1 and not on ::1; one client reports the same."),
    ("port-taken", "Where the port is taken, the extension reports Extension.PortUnavailable and exits with 1."),
    ("shutdown-abrupt", "SHUTDOWN ends the process at once, requests under way included."),
    ("loading-late", "Loading ends after the first event was asked for: requests in the 20 ms between wait."),
)
"""Id and sentence of each."""
