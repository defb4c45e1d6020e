/**
 * Loaded by Node before a program (`--import`): its clock is CLOCK_AHEAD_MS ahead of the machine's, or behind
 * if negative. Monotonic time is unchanged, as with a clock that was never adjusted.
 */
import { env } from "node:process";

const aheadMs = Number(env["CLOCK_AHEAD_MS"]);
const now = () => RealDate.now() + aheadMs;
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (date, given, made) => Reflect.construct(date, given.length === 0 ? [now()] : given, made),
  get: (date, name) => name === "now" ? now : Reflect.get(date, name),
});
const { timeOrigin } = performance;
Object.defineProperty(performance, "timeOrigin", { value: timeOrigin + aheadMs });
