/** Rows whose true class is known (not negative), ascending. */
export function knownRows(labels: Int32Array): Int32Array {
  const rows: number[] = [];
  labels.forEach((label, row) => {
    if (label >= 0) rows.push(row);
  });
  return Int32Array.from(rows);
}
