import type { Producers } from './graph-walk.js';
import type { OnnxNode } from './model-reader.js';
import { zipMapLabels } from './zipmap.js';

/** The tensors of a graph that a value which is no tensor is made of. */
export interface TensorsBehind {
  /**
   * - `maps`: the values of a sequence of maps, float32 [N, K], made by ZipMap;
   * - `elements`: the tensors of a sequence, in order;
   * - `optional`: the tensor that an optional holds.
   */
  readonly form: 'maps' | 'elements' | 'optional';
  readonly tensors: readonly string[];
  /** Names of the columns of `maps`, integers as decimal text. */
  readonly labels: readonly string[] | null;
  /** The nodes between the tensors and the value; nothing else has to need them. */
  readonly nodes: readonly OnnxNode[];
}

/** The elements of a sequence that is made one by one. */
function elementsBehind(value: string | undefined, producers: Producers, depth: number): Pick<TensorsBehind, 'tensors' | 'nodes'> | null {
  const found = tensorsBehind(value, producers, depth);
  if (found?.form === 'elements') return found;
  const node = producers.get(value ?? '');
  return node?.opType === 'SequenceEmpty' ? { tensors: [], nodes: [node] } : null;
}

function insertedElements(node: OnnxNode, producers: Producers, depth: number): Pick<TensorsBehind, 'tensors' | 'nodes'> | null {
  const [sequence, tensor, position = ''] = node.inputs;
  const before = elementsBehind(sequence, producers, depth);
  if (before === null || tensor === undefined || position !== '') return null;
  return { tensors: [...before.tensors, tensor], nodes: [node, ...before.nodes] };
}

/** What a value is made of, seen through Identity; null when it is made of nothing that is known. */
export function tensorsBehind(value: string | undefined, producers: Producers, depth = 0): TensorsBehind | null {
  const node = producers.get(value ?? '');
  // Files of strangers may hold circles.
  if (node === undefined || depth > producers.size) return null;
  const [first] = node.inputs;
  const labels = zipMapLabels(node);
  if (labels !== null && first !== undefined) return { form: 'maps', tensors: [first], labels, nodes: [node] };
  switch (node.domain === '' ? node.opType : '') {
    case 'Identity': {
      const behind = tensorsBehind(first, producers, depth + 1);
      return behind === null ? null : { ...behind, nodes: [node, ...behind.nodes] };
    }
    case 'SequenceConstruct':
      return { form: 'elements', tensors: node.inputs, labels: null, nodes: [node] };
    case 'SequenceInsert': {
      const inserted = insertedElements(node, producers, depth + 1);
      return inserted === null ? null : { form: 'elements', labels: null, ...inserted };
    }
    case 'Optional':
      return first === undefined || first === '' ? null : { form: 'optional', tensors: [first], labels: null, nodes: [node] };
    default:
      return null;
  }
}
