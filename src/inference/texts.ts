import type { GraphEvidence } from './config/evidence.js';
import type { ModelConfig } from './contracts.js';
import type { Signature } from '../engine/tensor.js';

/** What tells which inputs are free texts. */
export interface TextEvidence {
  readonly config: Pick<ModelConfig, 'features'>;
  readonly signature: Pick<Signature, 'inputs'>;
  readonly graph: Pick<GraphEvidence, 'texts'>;
}

/** The string inputs that are described by their words: all, none, or those that the graph of the model takes apart. */
export function freeTexts({ config, signature, graph }: TextEvidence): ReadonlySet<string> {
  const strings = signature.inputs.filter(({ type }) => type === 'string').map(({ name }) => name);
  switch (config.features.texts) {
    case 'all':
      return new Set(strings);
    case 'none':
      return new Set();
    case 'auto':
      return new Set(strings.filter((name) => graph.texts.has(name)));
  }
}

/** What was assumed of the texts of a model, in words. */
export function textNotes(evidence: TextEvidence): readonly string[] {
  if (evidence.config.features.texts !== 'auto') return [];
  return [...freeTexts(evidence)].map((input) => `texts: ${input} is described by its words, because the model takes it apart; features.texts: none takes its values for categories.`);
}
