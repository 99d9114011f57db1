/** Reason of an abort that was asked for: the job ends as `cancelled`. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';

  constructor() {
    super('the job was cancelled');
  }
}

/** Reason of an abort that is no end of the job: it goes back to `waiting`, or another process has it, and it runs again. */
export class JobInterrupted extends Error {
  override readonly name = 'JobInterrupted';

  constructor(why = 'the process closes') {
    super(`the job was interrupted because ${why}; it runs again`);
  }
}
