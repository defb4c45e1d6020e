/** Pieces of work that are done one after the other. */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();

  /** Does `work` after all that was given before, whatever became of that. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
