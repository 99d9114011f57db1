import { setTimeout as pause } from 'node:timers/promises';

/** Resolves when the condition holds; rejects when it does not within the time. */
export async function within(milliseconds: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${condition.toString()}`);
    await pause(5);
  }
}
