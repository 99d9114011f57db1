import { cronFault } from '../../core/cron.js';
import { sourceFaults } from './external-faults.js';
import type { ModelFile } from './file-schema.js';
import { policyFaults } from './policy-faults.js';

const SINGLE_SCORES: readonly string[] = ['binary_probability', 'binary_logit'];

function taskFaults(file: ModelFile): string[] {
  const faults: string[] = [];
  const { task } = file;
  if (task === 'regression' && file.tolerance === undefined) {
    faults.push('tolerance: is required for task regression; give absolute, relative or both, or use task custom, where the ground truth says `correct`');
  }
  if (task !== undefined && task !== 'regression' && file.tolerance !== undefined) faults.push(`tolerance: has no meaning for task ${task}`);
  if (task === 'regression' || task === 'custom') {
    for (const key of ['scores', 'labels', 'label_output'] as const) if (file[key] !== undefined) faults.push(`${key}: has no meaning for task ${task}`);
  }
  if (task === 'custom' && file.output !== undefined) faults.push('output: has no meaning for task custom');
  if (task === 'classification' && file.scores !== undefined && SINGLE_SCORES.includes(file.scores)) {
    faults.push(`scores: ${file.scores} is a single score, which is task binary`);
  }
  if (task === undefined && file.tolerance !== undefined && (file.scores ?? file.labels ?? file.label_output) !== undefined) {
    faults.push('tolerance: belongs to a regression, but scores, labels or label_output belong to a classification');
  }
  return faults;
}

function labelFaults(file: ModelFile): string[] {
  if (file.labels === undefined || typeof file.labels === 'string') return [];
  if (file.scores !== undefined && SINGLE_SCORES.includes(file.scores) && file.labels.length !== 2) {
    return [`labels: must have 2 entries for scores ${file.scores}, got ${file.labels.length}`];
  }
  return [];
}

function scheduleFaults({ retraining: { schedule } }: ModelFile): string[] {
  const fault = schedule === null ? null : cronFault(schedule);
  return fault === null ? [] : [`retraining.schedule: must be a cron expression of five fields (minute hour day month weekday), got ${JSON.stringify(schedule)}: ${fault}`];
}

function pictureFaults({ pictures: { height, width } }: ModelFile): string[] {
  return (height === undefined) === (width === undefined) ? [] : ['pictures: height and width must be given together'];
}

function augmentationFaults({ source, features: { test_time_augmentation: augmentation, pictures } }: ModelFile): string[] {
  if (augmentation === 'none') return [];
  const faults = source === 'external' ? [`features.test_time_augmentation: ${augmentation} asks the base model again, and that of source external runs elsewhere`] : [];
  return pictures === 'none' ? [...faults, `features.test_time_augmentation: ${augmentation} needs pictures, but features.pictures is none`] : faults;
}

/** Faults that the schema cannot tell, of a file that fits it; `given` are the keys that it has without the defaults. */
export function crossFaults(file: ModelFile, given: readonly string[]): string[] {
  const faults = [...sourceFaults(file), ...taskFaults(file), ...labelFaults(file), ...scheduleFaults(file), ...policyFaults(file, given), ...pictureFaults(file), ...augmentationFaults(file)];
  if (file.tolerance !== undefined && file.tolerance.absolute === 0 && file.tolerance.relative === 0) {
    faults.push('tolerance: absolute or relative must be above 0');
  }
  if (file.batching.max_queue_rows < file.batching.max_rows) {
    faults.push(`batching.max_queue_rows: must be at least batching.max_rows (${file.batching.max_rows}), got ${file.batching.max_queue_rows}`);
  }
  return faults;
}
