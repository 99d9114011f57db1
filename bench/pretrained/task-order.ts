import type { Stage } from './task-file.js';

/** What a process is asked for. */
export interface TaskOrder {
  readonly folder: string;
  readonly number: number;
  readonly stage: Stage;
}
