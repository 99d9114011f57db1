/** The place of a row in the order of the ledger: by time, then id, then row. A reading goes on from it in the index. */
export interface RowPlace {
  readonly createdAt: number;
  readonly id: string;
  readonly row: number;
}
