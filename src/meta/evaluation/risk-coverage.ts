import type { RiskCoveragePoint } from './summary.js';
import type { TieGroups } from './tie-groups.js';

/** Most points of a curve. */
export const RISK_COVERAGE_POINTS = 50;

/**
 * The risk-coverage curve (El-Yaniv and Wiener, JMLR 2010) at coverages of about 1/50, 2/50, ... 1, each rounded up to
 * whole rows: `risk` is the failure rate among that share of rows of least score, with the expected value where the
 * border cuts a group of tied rows. With fewer rows than points there is one point a row; without rows, none.
 */
export function riskCoverage(groups: TieGroups, points: number = RISK_COVERAGE_POINTS): RiskCoveragePoint[] {
  const n = groups.totalRows;
  const steps = Math.min(points, n);
  const curve: RiskCoveragePoint[] = [];
  let rowsBefore = 0;
  let failuresBefore = 0;
  let g = 0;
  for (let i = 1; i <= steps; i++) {
    const covered = Math.ceil((i * n) / steps);
    while (rowsBefore + (groups.rows[g] ?? 0) < covered) {
      rowsBefore += groups.rows[g] ?? 0;
      failuresBefore += groups.failures[g] ?? 0;
      g++;
    }
    const share = (covered - rowsBefore) / (groups.rows[g] ?? 1);
    curve.push({ coverage: covered / n, risk: (failuresBefore + share * (groups.failures[g] ?? 0)) / covered });
  }
  return curve;
}
