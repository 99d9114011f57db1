import type { Attributes } from './attributes.js';
import type { OnnxNode } from './model-reader.js';

/** Class labels of an attribute pair such as `classlabels_int64s` and `classlabels_strings`; integers as decimal text. */
export function labelsOf(attributes: Attributes, integers: string, texts: string): readonly string[] | null {
  return attributes.strings(texts) ?? attributes.ints(integers)?.map(String) ?? null;
}

export function isZipMap(node: OnnxNode): boolean {
  return node.opType === 'ZipMap' && node.domain === 'ai.onnx.ml';
}

export function zipMapLabels(node: OnnxNode): readonly string[] | null {
  return isZipMap(node) ? labelsOf(node.attributes, 'classlabels_int64s', 'classlabels_strings') : null;
}
