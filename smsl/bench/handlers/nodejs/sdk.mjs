/**
 * Read the secrets through the AWS SDK, anew in every invocation.
 *
 * Nothing is kept, so a rotated secret is seen at once, and every invocation waits for Secrets Manager and is billed
 * for the call. The client is made once for each environment: its connections are kept alive between invocations. Time
 * limits are short and attempts few, so that a slow answer costs one invocation and not all that follow.
 *
 * Environment: SECRET_IDS, names or ARNs with commas between; FETCH_IN, `init` or `handler`: where a new environment
 * reads the secrets of its first invocation.
 */

import { Measured } from "./measured.mjs";

const SECRET_IDS = process.env.SECRET_IDS.split(",");
const FETCH_IN = process.env.FETCH_IN ?? "handler";

const measured = new Measured("sdk", FETCH_IN);
// A plain `import` at the top would do the same; here its time is measured. The SDK is the one that Lambda brings.
const { GetSecretValueCommand, SecretsManagerClient } = await measured.timing(
  "import",
  () => import("@aws-sdk/client-secrets-manager"),
);
// Of the time limits, a requestTimeout would only be warned of: it is socketTimeout that ends a slow request.
const client = await measured.timing(
  "client",
  () => new SecretsManagerClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 2000, socketTimeout: 3000 } }),
);
measured.countCallsOf(client);

/** Returns what Secrets Manager answers for each secret; several are asked for at the same time. */
function read() {
  return measured.timing("fetch", () =>
    Promise.all(SECRET_IDS.map((id) => client.send(new GetSecretValueCommand({ SecretId: id })))),
  );
}

// Initialisation has more processor time than an invocation in a small function, so the first read is cheaper here.
let first = FETCH_IN === "init" ? await read() : null;
measured.initDone();

/** Reads the secrets, and answers with what that took. */
export async function handler() {
  const started = measured.invoked();
  const secrets = first ?? (await read());
  first = null;
  // Here the function would use secrets[0].SecretString.
  return measured.answer(
    started,
    secrets.map((secret) => ({ version: secret.VersionId, age: 0, stale: false })),
  );
}
