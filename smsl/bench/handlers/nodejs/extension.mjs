/**
 * Ask the AWS Parameters and Secrets Lambda Extension, which keeps the secrets beside the function.
 *
 * The function needs no SDK: a request to the same machine, with the session token of its credentials, read in the
 * handler, since a snapshot of an environment has none. The extension answers from the first invocation on and not
 * before, and an invocation can be quicker than it: then it says that it is not ready, and is asked again.
 *
 * Environment: SECRET_IDS, names or ARNs with commas between, and the extension's own settings.
 */

import { setTimeout as sleep } from "node:timers/promises";

import { Measured } from "./measured.mjs";

const SECRET_IDS = process.env.SECRET_IDS.split(",");
const PORT = Number(process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? "2773");
const NOT_READY = "not ready to serve traffic";
const ATTEMPTS = 50;
/** Milliseconds between attempts while the extension is not ready. */
const PAUSE = 5;

const measured = new Measured("extension", "handler");
// `fetch` would load a whole client of its own first, which takes longer than all the requests of an invocation.
const http = await measured.timing("import", () => import("node:http"));
const agent = await measured.timing("client", () => new http.Agent({ keepAlive: true }));
measured.initDone();

/** Makes one request, and returns its status and its body. */
function ask(path) {
  return new Promise((resolve, reject) => {
    const headers = { "X-Aws-Parameters-Secrets-Token": process.env.AWS_SESSION_TOKEN };
    // The extension listens on IPv4: by the name localhost one may come to ::1, where nobody answers.
    const request = http.get({ host: "127.0.0.1", port: PORT, path, headers, agent, timeout: 5000 }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (text) => (body += text));
      answer.on("end", () => resolve({ status: answer.statusCode, body }));
      answer.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
  });
}

/** Returns a secret as the extension answers it. Throws when it cannot read it; why stands in its own log lines. */
async function get(id) {
  const path = `/secretsmanager/get?secretId=${encodeURIComponent(id)}`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const answer = await ask(path).catch(() => null); // null where it does not even listen yet
    if (answer?.status === 200) {
      return JSON.parse(answer.body);
    }
    if (answer !== null && !(answer.status === 400 && answer.body.includes(NOT_READY))) {
      throw new Error(`the extension answered ${answer.status}`);
    }
    await sleep(PAUSE);
  }
  throw new Error("the extension did not become ready");
}

/** Gets the secrets, several at the same time, and answers with what that took. */
export async function handler() {
  const started = measured.invoked();
  const secrets = await measured.timing("fetch", () => Promise.all(SECRET_IDS.map(get)));
  // Here the function would use secrets[0].SecretString.
  return measured.answer(
    started,
    secrets.map((secret) => ({ version: secret.VersionId, age: null, stale: null })),
  );
}
