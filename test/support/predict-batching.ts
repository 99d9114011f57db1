import { Batcher } from '../../src/inference/batching/batcher.js';
import type { BatcherOptions, BatchRequest, BatchRunner } from '../../src/inference/batching/batcher.js';
import { ManualClock } from './manual-clock.js';

/** A request of the batcher's tests: each value is a row. */
export interface TestRequest extends BatchRequest {
  readonly values: readonly number[];
}

/** A run that waits until the test ends it. */
export interface HeldRun {
  readonly requests: readonly TestRequest[];
  readonly rows: number;
  /** Answers every request with its own values. */
  finish(): void;
  fail(error: Error): void;
}

/** Keeps every run until the test ends it, so that a test decides when an instance is free. */
export class HeldRunner implements BatchRunner<TestRequest, readonly number[]> {
  readonly runs: HeldRun[] = [];
  readonly maxRows: number;

  constructor(maxRows: number) {
    this.maxRows = maxRows;
  }

  run(requests: readonly TestRequest[]): Promise<readonly (readonly number[])[]> {
    return new Promise((resolve, reject) => {
      const rows = requests.reduce((sum, request) => sum + request.rows, 0);
      this.runs.push({ requests, rows, finish: () => resolve(requests.map(({ values }) => values)), fail: reject });
    });
  }

  /** Rows of every run so far. */
  get sizes(): number[] {
    return this.runs.map((run) => run.rows);
  }
}

export function testRequest(values: readonly number[], changes: Partial<BatchRequest> = {}): TestRequest {
  return { values, rows: values.length, shape: '', timeoutMilliseconds: null, ...changes };
}

export interface BatcherBench {
  readonly clock: ManualClock;
  readonly runner: HeldRunner;
  readonly batcher: Batcher<TestRequest, readonly number[]>;
  readonly queueRows: number[];
  /** Submits rows of these values and answers with theirs. */
  submit(...values: number[]): Promise<readonly number[]>;
  /** The same for a request with a time-out or shape of its own. */
  submitWith(changes: Partial<BatchRequest>, ...values: number[]): Promise<readonly number[]>;
}

export function batcherBench(changes: Partial<BatcherOptions<TestRequest, readonly number[]>> & { readonly maxRows?: number } = {}): BatcherBench {
  const clock = new ManualClock();
  const runner = new HeldRunner(changes.maxRows ?? 4);
  const queueRows: number[] = [];
  const batcher = new Batcher({
    runner,
    instances: 1,
    maxDelayMicroseconds: 0,
    maxQueueRows: 8,
    timeoutMilliseconds: 1000,
    clock,
    onQueueRows: (rows: number) => queueRows.push(rows),
    ...changes,
  });
  const submitWith = async (own: Partial<BatchRequest>, ...values: number[]) => (await batcher.submit(testRequest(values, own))).answer;
  return { clock, runner, batcher, queueRows, submitWith, submit: (...values) => submitWith({}, ...values) };
}
