import type { ModelConfig } from '../contracts.js';

/** How the outputs of a model are read. */
export type Reading = Pick<ModelConfig, 'task' | 'output' | 'scores' | 'labelOutput' | 'labelTexts' | 'labels' | 'tolerance'>;

/** Outputs that are returned as they are. */
export const CUSTOM: Reading = { task: 'custom', output: null, scores: null, labelOutput: null, labelTexts: null, labels: null, tolerance: null };
