"""An emulator of the AWS Parameters and Secrets Lambda Extension, a process of its own beside a function.

It stands in for a binary that starts in milliseconds, so it imports nothing but the standard library and this package,
and little of that before it has registered: no dataclasses, no typing, and JSON, threads and hashes only while it waits
for its first event.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
"""
