/** The rows of one input as they stand in the body. */
export interface NestedRows {
  readonly count: number;
  /** The JSON values of all rows when they stand side by side in one array; else null. */
  readonly column: readonly unknown[] | null;
  /** The JSON value of one row. */
  row(index: number): unknown;
  /** Where that row stands in the body, for messages. */
  path(index: number): string;
}

/** A body after its outer form was read: the rows of every input, and the text of one row. */
export interface BodyRows {
  readonly rows: number;
  readonly inputs: ReadonlyMap<string, NestedRows>;
  inputText(row: number): string;
}
