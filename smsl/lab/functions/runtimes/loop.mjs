/**
 * A small runtime for Node.js handlers: the questions that AWS's own asks the Runtime API, and its answers.
 *
 * Run as `node loop.mjs module.function` in the function's directory; Node's own modules only. Not here: streamed
 * responses, and logs in JSON.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html; what they leave open (when an answer goes out, the
 * statuses of exit, the form of log lines) is as in https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */

import { writeSync } from "node:fs";
import { connect } from "node:net";
import { format } from "node:util";

import { fault, logged, posted } from "./errors.mjs";
import { load } from "./loading.mjs";

const BASE = "/2018-06-01/runtime";
const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"];
const THROWN = 129;
const REJECTED = 128;

/** The id of the last invocation, for the log. */
let id;
/** Where an error that nobody catches is posted; null while there is nobody to tell. */
let errors = `${BASE}/init/error`;
/** The last answer on its way. */
let answered = Promise.resolve();
/** What to do once the event loop is empty; null when that is the end of the process. */
let whenEmpty = null;

// The connection to the Runtime API, one request at a time. With node:http each would take 0.2 ms more.
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const connection = connect({ host, port, noDelay: true });
connection.unref(); // save while a request is under way: so the event loop of an idle handler is empty
connection.on("data", receive);
connection.on("error", () => {});
connection.on("close", () => process.exit(1)); // the environment is at its end
const coming = { parts: [], size: 0, expected: 0, deliver: null };

/** Sends a request, which leaves in one piece, and returns its answer. */
function send(method, place, body = "", more = "") {
  const length = method === "POST" ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : "";
  const head = `${method} ${place} HTTP/1.1\r\nHost: ${host}:${port}\r\n${more}${length}\r\n`;
  connection.ref();
  connection.write(head + body);
  return new Promise((resolve) => {
    coming.deliver = resolve;
  });
}

/** Takes what has come of an answer, which says its length, and delivers it when all is there. */
function receive(part) {
  coming.parts.push(part);
  coming.size += part.length;
  if (coming.size < coming.expected) {
    return;
  }
  const all = coming.parts.length === 1 ? part : Buffer.concat(coming.parts);
  const end = all.indexOf("\r\n\r\n");
  if (end < 0) {
    return;
  }
  const [, ...lines] = all.latin1Slice(0, end).split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  coming.expected = end + 4 + Number(headers["content-length"] ?? 0);
  if (coming.size < coming.expected) {
    return;
  }
  Object.assign(coming, { parts: [], size: 0, expected: 0 });
  connection.unref();
  coming.deliver({ headers, body: all.subarray(end + 4) });
}

/** Posts an error. The header has its type for Lambda's own lines, which name it where initialisation failed. */
function post(place, error) {
  const said = posted(error);
  const type = place.endsWith("/init/error") ? said.errorType.replace(/[^ -~]/g, "?") : "";
  const headers = type && `Lambda-Runtime-Function-Error-Type: ${type}\r\n`;
  return send("POST", place, JSON.stringify(said), `Content-Type: application/json\r\n${headers}`);
}

/** Ends the process over an error that nobody has caught, once Lambda knows of it. */
function crash(title, error, status) {
  console.error(title, `\t${logged(error)}`);
  if (errors !== null) {
    answered = post(errors, error);
    errors = null;
  }
  answered.then(() => process.exit(status));
}

function write(text) {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // the pipe is full, and being emptied
    }
  }
}

/** Makes one invocation: settles with the handler's answer, by whichever of the ways there are to give one. */
function invoke(handler, { headers, body }) {
  return new Promise((resolve, reject) => {
    let waits = true;
    let over = false;
    const once = (say) => (...given) => {
      if (!over) {
        over = true;
        whenEmpty = null;
        say(...given);
      }
    };
    const isNone = (error) => error === undefined || error === null;
    const answer = (result) => {
      try {
        resolve(JSON.stringify(result) ?? "null");
      } catch {
        reject(new Error("Unable to stringify response body"));
      }
    };
    const succeed = once(answer);
    const fail = once((error) => reject(error ?? "handled"));
    const done = once((error, result) => (isNone(error) ? answer(result) : reject(error)));
    const callback = once((error, result) => {
      if (isNone(error) && waits) {
        whenEmpty = () => answer(result);
      } else if (isNone(error)) {
        answer(result);
      } else {
        reject(error);
      }
    });
    whenEmpty = once(() => answer(null)); // no callback, no promise that settles, and nothing left to wait for
    try {
      const event = JSON.parse(body);
      const context = {
        get callbackWaitsForEmptyEventLoop() {
          return waits;
        },
        set callbackWaitsForEmptyEventLoop(value) {
          waits = value;
        },
        done,
        succeed,
        fail,
      };
      const result = handler(event, Object.assign(context, described(headers)), callback);
      if (typeof result?.then === "function") {
        result.then(succeed, fail);
      }
    } catch (error) {
      callback(error);
    }
  });
}

/** Returns what the environment and the headers say of an invocation. */
function described(headers) {
  const deadline = headers["lambda-runtime-deadline-ms"];
  return {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed("ClientContext", headers["lambda-runtime-client-context"]),
    identity: parsed("CognitoIdentity", headers["lambda-runtime-cognito-identity"]),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    tenantId: headers["lambda-runtime-aws-tenant-id"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function parsed(what, text) {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot parse ${what} as json: ${error}`);
  }
}

/** Takes one invocation, and answers it. */
async function serve(handler) {
  const invocation = await send("GET", `${BASE}/invocation/next`);
  id = invocation.headers["lambda-runtime-aws-request-id"];
  const place = `${BASE}/invocation/${id}`;
  errors = `${place}/error`;
  const trace = invocation.headers["lambda-runtime-trace-id"];
  if (trace) {
    process.env._X_AMZN_TRACE_ID = trace;
  } else {
    delete process.env._X_AMZN_TRACE_ID;
  }
  const say = await invoke(handler, invocation).then(
    (text) => () => send("POST", `${place}/response`, text),
    (error) => () => {
      console.error("Invoke Error", `\t${logged(error)}`);
      return post(`${place}/error`, error);
    },
  );
  if (errors === null) {
    return new Promise(() => {}); // something was thrown beside the handler, and the process is about to end
  }
  errors = null;
  answered = say();
  return answered;
}

async function serveAll(handler) {
  for (;;) {
    await serve(handler);
  }
}

for (const level of LEVELS) {
  const head = `\t${level.toUpperCase()}\t`;
  console[level] = (...parts) => write(`${new Date().toISOString()}\t${id}${head}${format(...parts)}\n`);
}
console.log = console.info;
process.on("uncaughtException", (error) => crash("Uncaught Exception", error, THROWN));
process.on("unhandledRejection", (reason, promise) => {
  const error = Object.assign(fault("UnhandledPromiseRejection", String(reason)), { reason, promise });
  crash("Unhandled Promise Rejection", error, REJECTED);
});
process.on("beforeExit", () => {
  if (whenEmpty) {
    setImmediate(whenEmpty);
  }
});

try {
  const handler = await load(process.cwd(), process.argv[2]);
  errors = null;
  serveAll(handler); // not awaited: process.exit() without a status ends with 13 below an await of the main module
} catch (error) {
  crash("Uncaught Exception", error, THROWN);
}
