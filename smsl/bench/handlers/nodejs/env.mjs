/**
 * Take the secrets from environment variables, into which the deployment has written them: the floor, not a way to go.
 *
 * Nothing is faster, and nothing is worse: whoever may read the function's configuration reads the secrets, and a
 * rotated one is seen with the next deployment.
 *
 * Environment: SECRET_VALUE_0, SECRET_VALUE_1 and so on; SECRET_VERSIONS, their versions with commas between.
 */

import { Measured } from "./measured.mjs";

const VERSIONS = process.env.SECRET_VERSIONS.split(",");

const measured = new Measured("env", "deployment");
measured.initDone();

/** Looks at the variables, and answers with what that took. */
export async function handler() {
  const started = measured.invoked();
  const secrets = await measured.timing("fetch", () =>
    VERSIONS.map((_version, number) => process.env[`SECRET_VALUE_${number}`]),
  );
  // Here the function would use secrets[0].
  if (secrets.includes(undefined)) {
    throw new Error("a variable SECRET_VALUE_n is missing");
  }
  return measured.answer(
    started,
    VERSIONS.map((version) => ({ version, age: null, stale: null })),
  );
}
