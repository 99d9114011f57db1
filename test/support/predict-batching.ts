import type { TensorMap } from '../../src/engine/tensor.js';
import { Batcher } from '../../src/inference/batching/batcher.js';
import type { BatcherOptions, RowRun, RowRunner } from '../../src/inference/batching/batcher.js';
import { ManualClock } from './manual-clock.js';

/** A run that waits until the test ends it. */
export interface HeldRun {
  readonly inputs: TensorMap;
  readonly rows: number;
  /** Answers every row with its own input. */
  finish(): void;
  fail(error: Error): void;
}

/** Keeps every run until the test ends it, so that a test decides when an instance is free. */
export class HeldRunner implements RowRunner<number> {
  readonly runs: HeldRun[] = [];
  readonly maxRows: number;

  constructor(maxRows: number) {
    this.maxRows = maxRows;
  }

  run(inputs: TensorMap, rows: number): Promise<RowRun<number>> {
    return new Promise((resolve, reject) => {
      const report = this.runs.length;
      this.runs.push({ inputs, rows, finish: () => resolve({ tensors: inputs, report }), fail: reject });
    });
  }

  /** Rows of every run so far. */
  get sizes(): number[] {
    return this.runs.map((run) => run.rows);
  }
}

export const column = (...values: number[]): TensorMap => ({ x: { type: 'float64', dims: [values.length], data: Float64Array.from(values) } });

export function valuesOf(tensors: TensorMap): number[] {
  return Array.from(tensors['x']?.data ?? [], Number);
}

export interface BatcherBench {
  readonly clock: ManualClock;
  readonly runner: HeldRunner;
  readonly batcher: Batcher<number>;
  readonly queueRows: number[];
  /** Submits rows of these values and answers with theirs. */
  submit(...values: number[]): Promise<number[]>;
}

export function batcherBench(changes: Partial<BatcherOptions<number>> & { readonly maxRows?: number } = {}): BatcherBench {
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
    onQueueRows: (rows) => queueRows.push(rows),
    ...changes,
  });
  const submit = async (...values: number[]) => valuesOf((await batcher.submit(column(...values), values.length)).tensors);
  return { clock, runner, batcher, queueRows, submit };
}
