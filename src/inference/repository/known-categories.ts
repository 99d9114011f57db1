import type { CategoryHint } from '../../engine/onnx/category-hints.js';
import type { Tensor, TensorMap } from '../../engine/tensor.js';

function put(tensor: Tensor, index: number, category: string | bigint): void {
  switch (tensor.type) {
    case 'string':
      tensor.data[index] = String(category);
      return;
    case 'int64':
    case 'uint64':
      if (typeof category === 'bigint') tensor.data[index] = category;
      return;
    default:
      if (typeof category === 'bigint') tensor.data[index] = Number(category);
  }
}

/** Puts categories that a model knows into the columns that it reads them from, others in every row. */
export function putCategories(inputs: TensorMap, hints: readonly CategoryHint[]): void {
  for (const { input, column, categories } of hints) {
    const tensor = inputs[input];
    if (tensor === undefined || tensor.dims.length === 0 || tensor.type === 'float16') continue;
    const rows = tensor.dims[0] ?? 1;
    const width = rows === 0 ? 0 : tensor.data.length / rows;
    if (column >= width) continue;
    for (let row = 0; row < rows; row++) put(tensor, row * width + column, categories[row % categories.length] ?? '');
  }
}
