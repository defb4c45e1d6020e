/**
 * Fails a test when a tested process reports one of its own bugs (the event "fault") that the test did not
 * provoke.
 */
export class FaultWatch {
  readonly #faults: string[] = [];
  #areMeant = false;

  /** Reads a line of its log. */
  see(line: string): void {
    if (line.includes('"event":"fault"') && this.#faults.length < 20) this.#faults.push(line);
  }

  /** Accepts faults that the test provokes. Returns those so far. */
  forgive(): readonly string[] {
    this.#areMeant = true;
    return this.#faults;
  }

  /** Throws if there was an unprovoked fault. Call it at the end. */
  check(): void {
    if (!this.#areMeant && this.#faults.length > 0) {
      throw new Error(`faults that the test did not provoke:\n${this.#faults.join("\n")}`);
    }
  }
}
