/**
 * Loaded by Node ahead of a program (`--import`): its clock goes CLOCK_AHEAD_MS ahead of the machine's, behind it if negative. What measures
 * time that passes stays as it is, as with a clock that was never set.
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
