/**
 * The columns of a logistic regression: `width` dense columns (the first is all ones) and, optionally, one categorical
 * column that stands for `categories` indicator columns. Coefficients are ordered [dense | one per category].
 */
export interface Design {
  readonly rows: number;
  readonly width: number;
  /** rows x width, row-major. */
  readonly dense: Float64Array;
  /** rows; in 0 ... categories - 1. Null without a categorical column. */
  readonly category: Int32Array | null;
  readonly categories: number;
}

/** A dense column set: `width` columns of `data` (rows x width, row-major). */
export interface Columns {
  readonly width: number;
  readonly data: ArrayLike<number>;
}

/** Puts a column of ones and the given column sets side by side. */
export function designOf(rows: number, columns: readonly Columns[], category: Int32Array | null = null, categories = 0): Design {
  const width = 1 + columns.reduce((sum, block) => sum + block.width, 0);
  const dense = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) dense[i * width] = 1;
  let offset = 1;
  for (const block of columns) {
    copyBlock(dense, width, offset, block, rows);
    offset += block.width;
  }
  return { rows, width, dense, category, categories: category === null ? 0 : categories };
}

function copyBlock(target: Float64Array, targetWidth: number, offset: number, block: Columns, rows: number): void {
  const { width, data } = block;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) target[i * targetWidth + offset + j] = data[i * width + j]!;
  }
}

/** Number of coefficients of a design. */
export function coefficientCount(design: Design): number {
  return design.width + design.categories;
}

/** The logits F w of all rows. */
export function designLogits(design: Design, coefficients: Float64Array): Float64Array {
  const logits = new Float64Array(design.rows);
  for (let i = 0; i < design.rows; i++) logits[i] = rowLogit(design, coefficients, i);
  return logits;
}

/** The logit of one row. */
export function rowLogit(design: Design, coefficients: Float64Array, row: number): number {
  const { width, dense, category } = design;
  let z = category === null ? 0 : coefficients[width + category[row]!]!;
  const base = row * width;
  for (let j = 0; j < width; j++) z += dense[base + j]! * coefficients[j]!;
  return z;
}
