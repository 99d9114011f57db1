import type { TestApp } from './http-app.js';
import { within } from './within.js';

const PATIENCE_MILLISECONDS = 150_000;

/** A row of the ledger's export with its features. */
export interface LoggedFeatures {
  readonly row: number;
  readonly feature_schema: string;
  readonly features: readonly number[];
  readonly inputs: unknown;
}

/** What the ledger has of a model once it has so many rows, in the order of their row numbers. */
export async function loggedRows({ call }: TestApp, model: string, count: number): Promise<LoggedFeatures[]> {
  let lines: string[] = [];
  await within(PATIENCE_MILLISECONDS, async () => {
    lines = (await call<string>({ url: `/v1/models/${model}/ledger?features=true` })).body.split('\n').filter((line) => line !== '');
    return lines.length === count;
  });
  return lines.map((line) => JSON.parse(line) as LoggedFeatures).toSorted((a, b) => a.row - b.row);
}
