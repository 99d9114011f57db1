import type { MetaErrError } from '../core/errors.js';
import type { Metrics } from '../core/metrics.js';
import type { Tracing } from '../core/tracing.js';
import type { ModelCatalogue, PredictUseCase, RepositoryUseCase, StatisticsUseCase } from '../inference/contracts.js';
import type { GroundTruthUseCase, LedgerExportUseCase, ReportUseCase, RetrainingUseCase, RiskPolicyUseCase } from '../jobs/contracts.js';
import type { BreakdownUseCase } from '../jobs/breakdown/contracts.js';
import type { PseudoLabelUseCase } from '../jobs/pseudo-labels/contracts.js';
import type { JobQueue } from '../jobs/queue.js';
import type { PredictionSearchUseCase } from '../jobs/search/contracts.js';
import type { TimelineUseCase } from '../jobs/timeline/contracts.js';
import type { Ledger } from '../ledger/ledger.js';

/** What the routes call: every use-case, and nothing of how it is done. */
export interface Services {
  readonly catalogue: ModelCatalogue;
  readonly predict: PredictUseCase;
  readonly repository: RepositoryUseCase;
  readonly statistics: StatisticsUseCase;
  readonly groundTruth: GroundTruthUseCase;
  readonly retraining: RetrainingUseCase;
  readonly queue: JobQueue;
  readonly reports: ReportUseCase;
  readonly timelines: TimelineUseCase;
  readonly breakdowns: BreakdownUseCase;
  readonly riskPolicies: RiskPolicyUseCase;
  readonly ledgerExport: LedgerExportUseCase;
  readonly predictionSearch: PredictionSearchUseCase;
  readonly pseudoLabels: PseudoLabelUseCase;
  readonly ledger: Ledger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** What the server does without at the moment, in words; empty when all is there. */
  missing(): readonly string[];
  /** Set once closing has begun: new requests are refused with it. */
  refusal(): MetaErrError | null;
}
