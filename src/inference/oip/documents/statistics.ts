import type { DurationTotal, ModelStatistics } from '../../contracts.js';

interface Duration {
  readonly count: number;
  readonly ns: number;
}

export interface ModelStatisticsEntry {
  readonly name: string;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly last_inference: number;
  readonly inference_count: number;
  readonly execution_count: number;
  readonly inference_stats: Readonly<Record<'success' | 'fail' | 'queue' | 'compute_input' | 'compute_infer' | 'compute_output' | 'cache_hit' | 'cache_miss', Duration>>;
  readonly batch_stats: readonly {
    readonly batch_size: number;
    readonly compute_input: Duration;
    readonly compute_infer: Duration;
    readonly compute_output: Duration;
  }[];
  readonly memory_usage: readonly never[];
}

export interface StatisticsDocument {
  readonly model_stats: readonly ModelStatisticsEntry[];
}

const NEVER: Duration = { count: 0, ns: 0 };

/** Clients read both as unsigned integers. */
const duration = ({ count, nanoseconds }: DurationTotal): Duration => ({ count, ns: Math.round(nanoseconds) });

function entry(statistics: ModelStatistics): ModelStatisticsEntry {
  return {
    name: statistics.model,
    version: String(statistics.version),
    last_inference: Math.round(statistics.lastInference),
    inference_count: statistics.inferenceCount,
    execution_count: statistics.executionCount,
    inference_stats: {
      success: duration(statistics.success),
      fail: duration(statistics.fail),
      queue: duration(statistics.queue),
      compute_input: duration(statistics.computeInput),
      compute_infer: duration(statistics.computeInfer),
      compute_output: duration(statistics.computeOutput),
      cache_hit: NEVER,
      cache_miss: NEVER,
    },
    // Bodies are read and replies made by request, not by run.
    batch_stats: statistics.batches.map(({ rows, computeInfer }) => ({
      batch_size: rows,
      compute_input: NEVER,
      compute_infer: duration(computeInfer),
      compute_output: NEVER,
    })),
    memory_usage: [],
  };
}

/** The document of the statistics extension, in Triton's form. */
export function statisticsDocument(models: readonly ModelStatistics[]): StatisticsDocument {
  return { model_stats: models.map(entry) };
}
