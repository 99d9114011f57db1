import type { ModelConfig } from '../../src/inference/contracts.js';

/** A completed configuration for models that tests put together by hand: small limits, nothing waits, nothing retrains by itself. */
export const MODEL_CONFIG: ModelConfig = {
  task: 'custom',
  output: null,
  scores: null,
  labelOutput: null,
  labelTexts: null,
  labels: null,
  tolerance: null,
  features: { max_width: 64, pictures: 'auto', series: 'auto', texts: 'auto', test_time_augmentation: 'none', store_inputs: 'auto' },
  pictures: { show: 'auto', channels: 1, order: 'CHW' },
  batching: { max_rows: 16, max_delay_microseconds: 0, max_queue_rows: 1024, timeout_milliseconds: 10_000 },
  instances: 1,
  intra_op_threads: 1,
  execution_providers: ['cpu'],
  risk_policy: null,
  review_threshold: 0.5,
  audit_share: 0,
  labelling: 'any',
  append_outputs: true,
  retraining: { automatic: false, new_ground_truths: 100, growth: 0.1, schedule: null, max_rows: 1000, max_stored_rows: 1000, max_unlabelled_rows: 1000, min_unlabelled_rows: 0, timeout_seconds: 60, seed: 1, label_maturity_seconds: 0 },
  retention: { days: 1, max_rows: 1000, inputs_days: 1, pending_days: 1 },
};
