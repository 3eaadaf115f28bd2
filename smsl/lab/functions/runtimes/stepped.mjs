/**
 * Steps the clock of a Node.js runtime with the lab's: `node --import stepped.mjs loop.mjs module.function`.
 *
 * What `Date` and `performance.now` say, by which caches reckon ages, is ahead of the machine's clock by the seconds
 * that stand in the file SMSL_LAB_CLOCK; `process.hrtime`, by which durations are measured, is not. Timers run by the
 * machine's clock, too. So an hour passes between two invocations without anybody waiting.
 */

import { openSync, readSync } from "node:fs";

const file = openSync(process.env.SMSL_LAB_CLOCK, "r");
const seconds = Buffer.alloc(8);

/** Returns by how many milliseconds the clock is ahead. */
function ahead() {
  readSync(file, seconds, 0, 8, 0);
  return seconds.readDoubleLE() * 1000;
}

const Real = Date;
const real = Date.now;
const monotonic = performance.now.bind(performance);

function now() {
  return Math.trunc(real() + ahead());
}

const Stepped = new Proxy(Real, {
  apply: () => new Real(now()).toString(),
  construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [now()], made),
});
Real.now = now;
Real.prototype.constructor = Stepped; // so that `new date.constructor()` is stepped as well
globalThis.Date = Stepped;
Object.defineProperty(performance, "now", { value: () => monotonic() + ahead(), configurable: true, writable: true });
