/**
 * What a handler of the bench measures of itself and answers with; nothing in it is a secret.
 *
 * The bookkeeping of the four strategies beside this file, which are meant to be read without it.
 */

import { randomUUID } from "node:crypto";

/** The measurements of one execution environment. Times in milliseconds. */
export class Measured {
  #strategy;
  #placement;
  #environment = randomUUID().replaceAll("-", "");
  #invocations = 0;
  #timings = {};
  #running = {};
  #calls = null;
  #init = {};
  #initEnded = null;

  constructor(strategy, placement) {
    this.#strategy = strategy;
    this.#placement = placement;
  }

  /** Adds the time that some work takes to a timing: import, client or fetch. What runs side by side counts once. */
  async timing(what, work) {
    const running = (this.#running[what] ??= { count: 0, since: 0n });
    if (running.count++ === 0) {
      running.since = process.hrtime.bigint();
    }
    try {
      return await work();
    } finally {
      if (--running.count === 0) {
        const took = Number(process.hrtime.bigint() - running.since) / 1e6;
        this.#timings[what] = (this.#timings[what] ?? 0) + took;
      }
    }
  }

  /** Counts the requests that a client of the SDK sends, each attempt of a retry included. */
  countCallsOf(client) {
    this.#calls = 0;
    const count = (next) => (request) => {
      this.#calls++;
      return next(request);
    };
    // The SDK retries in the step before this one, which therefore sees every attempt.
    client.middlewareStack.add(count, { step: "deserialize", priority: "low", name: "countCalls" });
  }

  /** Says that initialisation is over: what is measured from now on belongs to an invocation. */
  initDone() {
    this.#init = { timings: this.#timings, api_calls: this.#calls };
    this.#initEnded = Date.now() / 1000;
    this.#startOver();
  }

  /** Begins an invocation; returns its time of day, in seconds. */
  invoked() {
    this.#invocations++;
    return Date.now() / 1000;
  }

  /**
   * Returns what the handler answers.
   *
   * @param started What `invoked` returned.
   * @param secrets For each secret its version, the seconds since it was fetched where it is known (age), and whether
   *   it was served although its time was over (stale).
   */
  answer(started, secrets) {
    const said = {
      strategy: this.#strategy,
      placement: this.#placement,
      runtime: `nodejs${process.versions.node}`,
      environment: this.#environment,
      invocation: this.#invocations,
      init: this.#init,
      init_ended: this.#initEnded,
      started,
      timings: this.#timings,
      api_calls: this.#calls,
      secrets,
    };
    this.#startOver();
    return said;
  }

  #startOver() {
    this.#timings = {};
    if (this.#calls !== null) {
      this.#calls = 0;
    }
  }
}
