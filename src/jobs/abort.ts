/** Reason of an abort that was asked for: the job ends as `cancelled`. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';

  constructor() {
    super('the job was cancelled');
  }
}

/** Reason of an abort because the process closes: the job goes back to `waiting` and runs again. */
export class JobInterrupted extends Error {
  override readonly name = 'JobInterrupted';

  constructor() {
    super('the job was interrupted because the process closes; it will run again');
  }
}
