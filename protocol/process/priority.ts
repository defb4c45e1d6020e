import { getPriority, setPriority } from "node:os";

/**
 * Priority of a process that calls wait for, in units of nice(1): on a machine that is busy with other things
 * a packet or a message waits for its turn at every step.
 */
const URGENT = -10;

/**
 * Raises the priority of this thread and of the threads and child processes that it starts from now on. Needs
 * the capability CAP_SYS_NICE on Linux; without it, the priority stays.
 */
export function raisePriority(): void {
  try {
    setPriority(0, Math.min(URGENT, getPriority(0)));
  } catch {
    // Not permitted, as in most containers.
  }
}
