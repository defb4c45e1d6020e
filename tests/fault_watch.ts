/** Sees to it that a test fails when a process under it reported a bug of its own (the event "fault") that the test did not provoke. */
export class FaultWatch {
  readonly #faults: string[] = [];
  #areMeant = false;

  /** A line of its log. */
  see(line: string): void {
    if (line.includes('"event":"fault"') && this.#faults.length < 20) this.#faults.push(line);
  }

  /** The test provokes faults: they are no failure. Gives those so far. */
  forgive(): readonly string[] {
    this.#areMeant = true;
    return this.#faults;
  }

  /** Throws when there was a fault that nobody meant. To be called at the end. */
  check(): void {
    if (!this.#areMeant && this.#faults.length > 0) {
      throw new Error(`faults that the test did not provoke:\n${this.#faults.join("\n")}`);
    }
  }
}
