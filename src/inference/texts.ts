import type { GraphEvidence } from './config/evidence.js';
import type { ModelConfig } from './contracts.js';
import type { Signature, TensorInfo } from '../engine/tensor.js';
import { rowDims } from './row-shape.js';
import type { RowMode } from './row-shape.js';

/** What tells which inputs are free texts. */
export interface TextEvidence {
  readonly config: Pick<ModelConfig, 'features'>;
  readonly signature: Pick<Signature, 'inputs'>;
  readonly graph: Pick<GraphEvidence, 'texts' | 'tokens'>;
  readonly rowMode: RowMode;
}

/** What transformers call their inputs of ids, and of what says which are padding. */
const [IDS, MASK] = ['input_ids', 'attention_mask'] as const;
/** Fewer ids a row are those of categories. */
const LEAST_TOKENS = 8;

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

/** Whether a row is a list of integers, of any length or of a fixed one. */
function isList(info: TensorInfo, rowMode: RowMode): boolean {
  const { type } = info;
  const [length, ...more] = rowDims(info, rowMode);
  return (type === 'int64' || type === 'int32') && length !== undefined && more.length === 0 && (length === null || length >= LEAST_TOKENS);
}

/** The inputs that are described by their tokens, each with the input that says which of them count: those that the graph looks up in a vocabulary, or `input_ids`. */
export function tokenTexts({ config, signature, graph, rowMode }: TextEvidence): ReadonlyMap<string, string | null> {
  if (config.features.texts === 'none') return new Map();
  const lists = signature.inputs.filter((info) => isList(info, rowMode));
  const found = lists.filter(({ name }) => name === IDS || graph.tokens.has(name));
  const mask = signature.inputs.find(({ name, type, dims }) => name === MASK && type !== 'string' && dims.length === found[0]?.dims.length);
  return new Map(found.map(({ name }, index) => [name, index === 0 ? (mask?.name ?? null) : null]));
}

/** What was assumed of the texts of a model, in words. */
export function textNotes(evidence: TextEvidence): readonly string[] {
  if (evidence.config.features.texts !== 'auto') return [];
  const why = (input: string): string => (evidence.graph.tokens.has(input) ? 'because the model looks its numbers up in a vocabulary' : 'because of its name');
  const tokens = [...tokenTexts(evidence).keys()].map((input) => `texts: ${input} is described by its tokens, ${why(input)}; features.texts: none takes them for numbers.`);
  const texts = [...freeTexts(evidence)].map((input) => `texts: ${input} is described by its words, because the model takes it apart; features.texts: none takes its values for categories.`);
  return [...texts, ...tokens];
}
