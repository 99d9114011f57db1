/** The reply of /v1/models/{model}/report as far as it is recounted. */
export interface ReportRates {
  readonly observed_failure_rate: number | null;
  readonly expected_failure_rate: number | null;
  readonly champion: { readonly rows: number; readonly failures: number };
  readonly confidence_baseline: { readonly rows: number; readonly failures: number };
}

/** The newest labelled rows that a report judges. */
const JUDGED_ROWS = 100_000;
const TOLERANCE = 1e-9;

/** Recounts the rates of a report from the rows of the export, which come in the order of the ledger. */
export class RateRecount {
  readonly #judged: { readonly failure: boolean; readonly scored: boolean }[] = [];
  #failures = 0;
  #expected = 0;
  #scored = 0;

  take(failure: boolean | null, failureProbability: number | null): void {
    if (failureProbability !== null) {
      this.#scored++;
      this.#expected += failureProbability;
    }
    if (failure === null) return;
    if (failure) this.#failures++;
    this.#judged.push({ failure, scored: failureProbability !== null });
  }

  /** What the report says otherwise. */
  faults(report: ReportRates): string[] {
    const judged = this.#judged.slice(-JUDGED_ROWS).filter(({ scored }) => scored);
    const failures = judged.filter(({ failure }) => failure).length;
    const pairs = [
      ['observed_failure_rate', report.observed_failure_rate, share(this.#failures, this.#judged.length)],
      ['expected_failure_rate', report.expected_failure_rate, share(this.#expected, this.#scored)],
      ['champion.rows', report.champion.rows, judged.length],
      ['champion.failures', report.champion.failures, failures],
      ['confidence_baseline.rows', report.confidence_baseline.rows, judged.length],
      ['confidence_baseline.failures', report.confidence_baseline.failures, failures],
    ] as const;
    return pairs.filter(([, said, counted]) => !same(said, counted)).map(([name, said, counted]) => `${name}: the report says ${said}, the recount ${counted}`);
  }
}

function share(sum: number, of: number): number | null {
  return of === 0 ? null : sum / of;
}

function same(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b));
}
