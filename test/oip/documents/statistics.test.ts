import t from 'tap';
import type { ModelStatistics } from '../../../src/inference/contracts.js';
import { serverMetadata } from '../../../src/inference/oip/documents/server-metadata.js';
import { statisticsDocument } from '../../../src/inference/oip/documents/statistics.js';

const of = (count: number, nanoseconds: number) => ({ count, nanoseconds });

const STATISTICS: ModelStatistics = {
  model: 'm',
  version: 3,
  lastInference: 1_700_000_000_000.4,
  inferenceCount: 40,
  executionCount: 7,
  success: of(9, 90.6),
  fail: of(1, 5),
  queue: of(9, 10),
  computeInput: of(9, 11),
  computeInfer: of(9, 12),
  computeOutput: of(9, 13),
  batches: [{ rows: 1, computeInfer: of(3, 4.5) }, { rows: 8, computeInfer: of(4, 50) }],
};

t.test("Triton's form, every duration a whole number", async (t) => {
  const never = { count: 0, ns: 0 };
  t.same(statisticsDocument([STATISTICS]), {
    model_stats: [
      {
        name: 'm',
        version: '3',
        last_inference: 1_700_000_000_000,
        inference_count: 40,
        execution_count: 7,
        inference_stats: {
          success: { count: 9, ns: 91 },
          fail: { count: 1, ns: 5 },
          queue: { count: 9, ns: 10 },
          compute_input: { count: 9, ns: 11 },
          compute_infer: { count: 9, ns: 12 },
          compute_output: { count: 9, ns: 13 },
          cache_hit: never,
          cache_miss: never,
        },
        batch_stats: [
          { batch_size: 1, compute_input: never, compute_infer: { count: 3, ns: 5 }, compute_output: never },
          { batch_size: 8, compute_input: never, compute_infer: { count: 4, ns: 50 }, compute_output: never },
        ],
        memory_usage: [],
      },
    ],
  });
  t.same(statisticsDocument([]), { model_stats: [] });
});

t.test('the server lists exactly what it speaks', async (t) => {
  t.same(serverMetadata('1.2.3'), {
    name: 'metaerr',
    version: '1.2.3',
    extensions: ['binary_tensor_data', 'model_repository', 'statistics', 'model_configuration', 'classification', 'parameters', 'schedule_policy(timeout)'],
  });
});
