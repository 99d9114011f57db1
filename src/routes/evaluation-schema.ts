import { Type } from 'typebox';
import { closed, named, nullableNumber } from './schemas.js';

/** EvaluationSummary of src/meta/evaluation. */
export const EvaluationSchema = named('Evaluation', closed(
  {
    rows: Type.Integer({ description: 'Rows judged.' }),
    failures: Type.Integer({ description: 'Failures among them.' }),
    auroc: nullableNumber('Area under the ROC curve of telling failures from successes.'),
    aurc: nullableNumber('Area under the risk-coverage curve; lower is better.'),
    eaurc: nullableNumber('AURC above that of a perfect order; lower is better.'),
    brier: nullableNumber('Mean squared error of the failure probability.'),
    log_loss: nullableNumber('Mean logarithmic loss.'),
    ece: nullableNumber('Expected calibration error, 15 bins of equal mass.'),
    bins: Type.Array(
      named('ReliabilityBin', closed(
        {
          count: Type.Integer({ description: 'Rows in the bin.' }),
          mean_failure_probability: Type.Number({ description: 'Mean failure probability.' }),
          failure_rate: Type.Number({ description: 'Share of failures.' }),
        },
        'One bin.',
      )),
      { description: 'Reliability diagram.' },
    ),
    risk_coverage: Type.Array(
      named('RiskCoveragePoint', closed({ coverage: Type.Number({ description: 'Share of rows accepted.' }), risk: Type.Number({ description: 'Failure rate among them.' }) }, 'One point.')),
      { description: 'Risk-coverage curve.' },
    ),
  },
  'How good failure probabilities were. Figures that the rows do not define are null.',
));
