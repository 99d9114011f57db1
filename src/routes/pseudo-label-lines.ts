import type { ChosenRows, PseudoLabels, PseudoLabelSet } from '../jobs/pseudo-labels/contracts.js';
import { scanRow } from '../ledger/scan-row.js';
import { lineWithInputs, turnedInto } from './lines.js';

/** Rounds what is a mean of many; a failure probability has some seven digits. */
const rounded = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(7)));

function setLine({ candidates, coldStartLeftOut, rows, expectedNoise, mostRisk, observed }: PseudoLabelSet): string {
  const set = {
    candidates,
    cold_start_left_out: coldStartLeftOut,
    rows,
    expected_noise: rounded(expectedNoise),
    most_risk: rounded(mostRisk),
    observed_noise: observed === null ? null : {
      labelled: observed.labelled,
      failures: observed.failures,
      rate: rounded(observed.failures / observed.labelled),
      interval: [rounded(observed.low), rounded(observed.high)],
    },
  };
  return `${JSON.stringify({ set })}\n`;
}

/** What was handed out, counted on the way. */
class Tally {
  #rows = 0;
  #risk = 0;
  readonly #labels = new Map<string, number>();

  line({ batch, chosen }: ChosenRows, at: number): string {
    const i = chosen[at] ?? 0;
    const { id, row, version, metaVersion, createdAt, label, failureProbability } = scanRow(batch, i);
    this.#rows += 1;
    this.#risk += failureProbability ?? 0;
    this.#labels.set(label ?? '', (this.#labels.get(label ?? '') ?? 0) + 1);
    const fields = {
      prediction_id: id, row, version: String(version), meta_version: metaVersion, created_at: new Date(createdAt).toISOString(), label, failure_probability: failureProbability,
    };
    return lineWithInputs(fields, batch.inputs[i] ?? null);
  }

  end(): string {
    const labels = Object.fromEntries([...this.#labels].sort(([a], [b]) => (a < b ? -1 : 1)));
    return `${JSON.stringify({ end: { rows: this.#rows, expected_noise: this.#rows === 0 ? null : rounded(this.#risk / this.#rows), labels } })}\n`;
  }
}

/** A set as NDJSON, in texts of whole lines: what is planned, the rows, and what they came to. */
export async function* pseudoLabelLines({ set, rows }: PseudoLabels): AsyncGenerator<string> {
  yield setLine(set);
  const tally = new Tally();
  for await (const each of rows) yield* turnedInto(each.chosen.length, (at) => tally.line(each, at));
  yield tally.end();
}
