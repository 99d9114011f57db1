import { originsOf, producersOf } from './graph-walk.js';
import type { OnnxModel } from './model-reader.js';

/** Operators that take texts apart, of ONNX, ONNX-ML and onnxruntime's own. */
const SPLITTING: ReadonlySet<string> = new Set(['Tokenizer', 'StringSplit', 'TfIdfVectorizer']);

/** The inputs of a graph whose strings it takes apart into words or letters: free texts, where other strings are categories. */
export function textInputs({ nodes, inputs }: Pick<OnnxModel, 'nodes' | 'inputs'>): ReadonlySet<string> {
  const producers = producersOf(nodes);
  const names = new Set(inputs.map(({ name }) => name));
  const texts = new Set<string>();
  for (const node of nodes) {
    if (!SPLITTING.has(node.opType)) continue;
    for (const origin of [node, ...originsOf(node.inputs[0], producers)]) {
      for (const name of origin.inputs) if (names.has(name)) texts.add(name);
    }
  }
  return texts;
}
