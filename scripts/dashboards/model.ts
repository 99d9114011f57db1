import { graph, stat, type DashboardSpec } from './grafana.js';

const M = 'model="$model"';
const perSecond = (metric: string, by: string) => `sum by (${by}) (rate(${metric}{${M}}[$__rate_interval]))`;

/** One model: what it expects, what came, how it decides, how fast it is and how it learns. */
export const MODEL: DashboardSpec = {
  uid: 'metaerr-model',
  title: 'MetaErr model',
  modelsOf: 'metaerr_predictions_total',
  from: 'now-24h',
  sections: [
    {
      title: 'Now',
      panels: [
        stat('Meta-model', 3, 'short', `max by (version, meta_version) (metaerr_meta_model_info{${M}})`, { queries: [[`max by (version, meta_version) (metaerr_meta_model_info{${M}})`, 'version {{version}}, meta-model {{meta_version}}']], about: 'What serves; 0 is the cold start.' }),
        stat('Its age', 3, 's', `time() - max(metaerr_meta_model_trained_timestamp_seconds{${M}})`),
        stat('Predictions a second', 3, 'short', `sum(rate(metaerr_predictions_total{${M}}[$__rate_interval]))`),
        stat('Expected to fail', 3, 'percentunit', `max(metaerr:predicted_failure_rate:15m{${M}})`, { about: 'Of the last 15 minutes, before any label.' }),
        stat('Failed', 3, 'percentunit', `sum(metaerr:scored_failures:1d{${M}}) / (sum(metaerr:scored_labelled:1d{${M}}) > 0)`, { about: 'Of what was labelled within a day.' }),
        stat('Sent to review', 3, 'percentunit', `sum(rate(metaerr_decisions_total{${M},decision="review"}[$__rate_interval])) / sum(rate(metaerr_decisions_total{${M}}[$__rate_interval]))`),
        stat('Threshold', 3, 'short', `min(metaerr_decision_threshold{${M}})`, { about: 'Accepted up to this failure probability; nothing is shown while the risk policy knows none.' }),
        stat('Labelled within a day', 3, 'short', `sum(increase(metaerr_labelled_predictions_total{${M}}[1d]))`),
      ],
    },
    {
      title: 'Failures',
      panels: [
        graph('Expected and observed', 12, 'percentunit', [
          [`metaerr:predicted_failure_rate:15m{${M}}`, 'expected, 15 minutes (meta-model {{meta_version}})'],
          [`metaerr:predicted_failure_rate:1d_before{${M}}`, 'expected, the day before (meta-model {{meta_version}})'],
          [`metaerr:scored_failures:1d{${M}} / (metaerr:scored_labelled:1d{${M}} > 0)`, 'observed, labelled within a day'],
        ], 'Observed failures are of other predictions than the expected ones: labels come later.'),
        graph('Calibration gap of the labelled, in standard deviations', 12, 'short', [[`(metaerr:scored_failures:1d{${M}} - metaerr:scored_expected:1d{${M}}) / sqrt(metaerr:scored_variance:1d{${M}} > 0)`, 'observed - expected']], 'The same labelled rows. Beyond 4 in either direction an alert fires.'),
        graph('Observed and expected failures, same labelled rows', 12, 'short', [[`metaerr:scored_failures:1d{${M}}`, 'observed'], [`metaerr:scored_expected:1d{${M}}`, 'expected']]),
        graph('Failure probability', 12, 'percentunit', [0.5, 0.9, 0.99].map((share) => [`histogram_quantile(${share}, sum by (le) (rate(metaerr_failure_probability_bucket{${M}}[$__rate_interval])))`, `${share * 100} %`] as const)),
      ],
    },
    {
      title: 'Decisions',
      panels: [
        graph('Decisions a second', 8, 'short', [[perSecond('metaerr_decisions_total', 'decision'), '{{decision}}']]),
        graph('Threshold', 8, 'short', [[`min by (version) (metaerr_decision_threshold{${M}})`, 'version {{version}}']], 'The failure probability up to which a prediction is accepted.'),
        graph('Failures among the accepted', 8, 'percentunit', [
          [`metaerr:accepted_failures:1d{${M}} / (metaerr:accepted_labelled:1d{${M}} > 0)`, 'observed, labelled within a day'],
          [`max by (model) (metaerr_risk_policy_target{${M}})`, 'allowed by the risk policy'],
        ]),
      ],
    },
    {
      title: 'Serving',
      panels: [
        graph('Stages, 95 %', 8, 's', [[`histogram_quantile(0.95, sum by (le, stage) (rate(metaerr_stage_duration_seconds_bucket{${M}}[$__rate_interval])))`, '{{stage}}']]),
        graph('Predictions by status', 8, 'short', [[perSecond('metaerr_prediction_status_total', 'status'), '{{status}}']]),
        graph('Rows waiting for a batch', 8, 'short', [[`sum by (version) (metaerr_batch_queue_rows{${M}})`, 'version {{version}}']]),
        graph('Rows in one run of the base model, mean', 8, 'short', [[`${perSecond('metaerr_batch_rows_sum', 'version')} / ${perSecond('metaerr_batch_rows_count', 'version')}`, 'version {{version}}']]),
        graph('Refused for load', 8, 'reqps', [[perSecond('metaerr_rejected_requests_total', 'reason'), '{{reason}}']]),
        graph('Predictions a second', 8, 'short', [[perSecond('metaerr_predictions_total', 'version'), 'version {{version}}']]),
        graph('Instances that do not work', 8, 'short', [[`sum by (version, instance) (metaerr_model_instances_down{${M}})`, 'version {{version}}, {{instance}}']], 'They are tried again after growing pauses. Where it is all of them, the model answers nothing there.'),
      ],
    },
    {
      title: 'Learning',
      panels: [
        graph('Labelled a second', 8, 'short', [[perSecond('metaerr_labelled_predictions_total', 'version'), 'version {{version}}']]),
        graph('Ground truth delay', 8, 's', [0.5, 0.9].map((share) => [`histogram_quantile(${share}, sum by (le) (rate(metaerr_ground_truth_delay_seconds_bucket{${M}}[1h])))`, `${share * 100} %`] as const)),
        graph('Quality of the meta-model, as judged before it went live', 8, 'short', [[`max by (metric) (metaerr_meta_model_quality{${M},metric!~"rows|failures"})`, '{{metric}}']]),
        graph('Meta-model that serves', 8, 'short', [[`max by (version, meta_version) (metaerr_meta_model_info{${M}})`, 'version {{version}}, meta-model {{meta_version}}']]),
        graph('Retrainings within a day, by result', 8, 'short', [[`sum by (result) (increase(metaerr_retrainings_total{${M}}[1d]))`, '{{result}}']]),
        graph('Duration of a training, mean', 8, 's', [[`sum(metaerr_training_duration_seconds_sum{${M}}) / sum(metaerr_training_duration_seconds_count{${M}})`, 'mean']], 'Since the processes began.'),
        graph('Labels that are no class of the model, within 6 hours', 8, 'short', [[`sum(metaerr:unknown_labels:6h{${M}})`, 'no class of the model'], [`sum(metaerr:labelled:6h{${M}})`, 'labelled']], 'Each is a failure. MetaErrUnknownLabels fires where most labels are so.'),
      ],
    },
  ],
};
