/**
 * Keep the secrets in the module for a time, and read them anew when it is over.
 *
 * One call for each secret and time to live in each environment, made during initialisation where FETCH_IN says so. A
 * rotated secret is seen when the time is over: choose a time to live that the old value outlives.
 *
 * When Secrets Manager is out of reach or overloaded, the value that was kept is served on for a while: an outage of
 * its need not become one of the function's. When it says no, that is an answer: the value is thrown away and the error
 * thrown, or a function would go on using what it may no longer read.
 *
 * Environment: SECRET_IDS, names or ARNs with commas between; SECRET_CACHE_TTL, seconds, 0 for no keeping at all;
 * FETCH_IN, `init` or `handler`.
 */

import { Measured } from "./measured.mjs";

const SECRET_IDS = process.env.SECRET_IDS.split(",");
const TTL = Number(process.env.SECRET_CACHE_TTL ?? "300");
const FETCH_IN = process.env.FETCH_IN ?? "handler";
/** Seconds beyond its time to live for which a value is served while Secrets Manager cannot be asked. */
const STALE_FOR = 3600;
/** Seconds before it is asked again after such a failure. */
const RETRY_AFTER = 10;
const TRANSIENT = new Set([
  "InternalServiceError", "InternalFailure", "ServiceUnavailable", "RequestTimeout", "Throttling",
  "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown",
]);

const measured = new Measured("cache", FETCH_IN);
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

/** Each secret as it was last read. */
const kept = new Map();

/** The time of day: the clock of performance.now() may stand still while Lambda has the environment frozen. */
function seconds() {
  return Date.now() / 1000;
}

/** Returns a secret, read within its time to live, or older if Secrets Manager cannot be asked. */
async function get(id) {
  const now = seconds();
  const held = kept.get(id);
  if (held && now < held.freshUntil) {
    return held;
  }
  try {
    const secret = await measured.timing("fetch", () => client.send(new GetSecretValueCommand({ SecretId: id })));
    const fetched = seconds();
    const read = { secret, fetched, freshUntil: fetched + TTL, stale: false };
    if (TTL > 0) {
      kept.set(id, read);
    }
    return read;
  } catch (error) {
    if (!held || !isTransient(error) || now > held.fetched + TTL + STALE_FOR) {
      kept.delete(id);
      throw error;
    }
    held.stale = true;
    held.freshUntil = now + Math.min(TTL, RETRY_AFTER);
    return held;
  }
}

/** Tells a failure that passes from an answer: only after a failure may an old value be served. */
function isTransient(error) {
  const status = error.$metadata?.httpStatusCode;
  if (status === undefined) {
    return error.name === "TimeoutError" || typeof error.code === "string"; // no answer at all
  }
  return status >= 500 || TRANSIENT.has(error.name);
}

if (FETCH_IN === "init" && TTL > 0) {
  // Where this fails the first invocation asks again, and fails in a way that its caller sees.
  await Promise.all(SECRET_IDS.map(get)).catch(() => {});
}
measured.initDone();

/** Gets the secrets, several at the same time, and answers with what that took. */
export async function handler() {
  const started = measured.invoked();
  const secrets = await Promise.all(SECRET_IDS.map(get));
  // Here the function would use secrets[0].secret.SecretString.
  const now = seconds();
  return measured.answer(
    started,
    secrets.map(({ secret, fetched, stale }) => ({ version: secret.VersionId, age: now - fetched, stale })),
  );
}
