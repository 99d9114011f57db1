import type { ModelConfig } from './contracts.js';

/** A configuration as the API shows it, by the keys of metaerr.yaml; what its labels stand for is among the assumptions. */
export function shownConfig({ labelOutput, labelTexts: _, ...settings }: ModelConfig) {
  return { ...settings, label_output: labelOutput };
}
