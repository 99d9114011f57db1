import { graph, stat, type DashboardSpec } from './grafana.js';

const PREDICTS = 'route=~".*/(predict|score|infer)",status="200"';
const quantile = (share: number, metric: string, by = 'le', selector = '') => `histogram_quantile(${share}, sum by (${by}) (rate(${metric}_bucket${selector}[$__rate_interval])))`;

/** All models and processes at a glance. */
export const OVERVIEW: DashboardSpec = {
  uid: 'metaerr-overview',
  title: 'MetaErr overview',
  modelsOf: null,
  from: 'now-6h',
  sections: [
    {
      title: 'Now',
      panels: [
        stat('Alerts', 3, 'short', 'count(ALERTS{alertstate="firing",alertname=~"MetaErr.*"}) or vector(0)', { steps: [['green', null], ['red', 1]], about: 'docs/runbook.md has a section for each.' }),
        stat('Servers', 3, 'short', 'count(up{job="metaerr-server"} == 1)', { steps: [['red', null], ['green', 1]] }),
        stat('Workers', 3, 'short', 'count(up{job="metaerr-worker"} == 1)', { about: 'The embedded mode has none.' }),
        stat('Redis', 3, 'short', 'min(metaerr_redis_up)', { steps: [['red', null], ['green', 1]], about: '1: it answered every process. The embedded mode has none.' }),
        stat('Predictions a second', 3, 'short', 'sum(rate(metaerr_predictions_total[$__rate_interval]))'),
        stat('Expected to fail', 3, 'percentunit', 'sum(rate(metaerr_expected_failures_total[$__rate_interval])) / sum(rate(metaerr_failure_probability_count[$__rate_interval]))'),
        stat('Jobs not ended', 3, 'short', 'sum(max by (state) (metaerr_jobs))'),
        stat('Oldest waiting job', 3, 's', 'max(metaerr_oldest_waiting_job_seconds)', { steps: [['green', null], ['red', 1_800]] }),
      ],
    },
    {
      title: 'Models',
      panels: [
        graph('Expected to fail, 15 minutes', 8, 'percentunit', [['metaerr:predicted_failure_rate:15m', '{{model}}, meta-model {{meta_version}}']], 'Before any label. MetaErrPredictedFailuresSpike compares it with the day before.'),
        graph('Failed, of what was labelled within a day', 8, 'percentunit', [['metaerr:scored_failures:1d / (metaerr:scored_labelled:1d > 0)', '{{model}}']]),
        graph('Observed by expected failures, same labelled rows', 8, 'short', [['metaerr:scored_failures:1d / (metaerr:scored_expected:1d > 0)', '{{model}}']], '1: the failure probabilities are right on the whole.'),
        graph('Predictions a second', 8, 'short', [['sum by (model) (rate(metaerr_predictions_total[$__rate_interval]))', '{{model}}']]),
        graph('Sent to review', 8, 'percentunit', [['sum by (model) (rate(metaerr_decisions_total{decision="review"}[$__rate_interval])) / sum by (model) (rate(metaerr_decisions_total[$__rate_interval]))', '{{model}}']]),
        graph('Predictions by status', 8, 'short', [['sum by (status) (rate(metaerr_prediction_status_total[$__rate_interval]))', '{{status}}']]),
        graph('Labels that are no class of the model, within 6 hours', 12, 'short', [['sum by (model) (metaerr:unknown_labels:6h)', '{{model}}']], 'Each is a failure. MetaErrUnknownLabels fires where most labels are so.'),
        graph('Instances that do not work', 12, 'short', [['sum by (model, instance) (metaerr_model_instances_down)', '{{model}} {{instance}}']], 'They are tried again after growing pauses.'),
      ],
    },
    {
      title: 'Requests',
      panels: [
        graph('Requests by route', 8, 'reqps', [['sum by (route, status) (rate(metaerr_request_duration_seconds_count{route!~"/(healthz|readyz|metrics)"}[$__rate_interval]))', '{{route}} {{status}}']]),
        graph('Latency of predictions', 8, 's', [0.5, 0.95, 0.99].map((share) => [quantile(share, 'metaerr_request_duration_seconds', 'le', `{${PREDICTS}}`), `${share * 100} %`] as const)),
        graph('Stages of a prediction, 95 %', 8, 's', [[quantile(0.95, 'metaerr_stage_duration_seconds', 'le, stage'), '{{stage}}']]),
        graph('Refused for load', 8, 'reqps', [['sum by (model, reason) (rate(metaerr_rejected_requests_total[$__rate_interval]))', '{{model}} {{reason}}']]),
        graph('Rows waiting for a batch', 8, 'short', [['sum by (model) (metaerr_batch_queue_rows)', '{{model}}']]),
        graph('Event loop delay, 99 %', 8, 's', [['histogram_quantile(0.99, sum by (le, job, instance) (rate(nodejs_eventloop_delay_seconds_bucket[$__rate_interval])))', '{{job}} {{instance}}']]),
      ],
    },
    {
      title: 'Learning',
      panels: [
        graph('Ground truths by status', 8, 'short', [['sum by (status) (rate(metaerr_ground_truths_total[$__rate_interval]))', '{{status}}']]),
        graph('Ground truth delay, median of a day', 8, 's', [['metaerr:ground_truth_delay_seconds:median1d', '{{model}}']]),
        graph('Age of the meta-model', 8, 's', [['time() - max by (model) (metaerr_meta_model_trained_timestamp_seconds)', '{{model}}']]),
        graph('Jobs', 8, 'short', [['max by (state) (metaerr_jobs)', '{{state}}']]),
        graph('Retrainings within an hour, by result', 8, 'short', [['sum by (model, result) (increase(metaerr_retrainings_total[1h]))', '{{model}} {{result}}']]),
        graph('Duration of a training, mean', 8, 's', [['sum by (model) (metaerr_training_duration_seconds_sum) / sum by (model) (metaerr_training_duration_seconds_count)', '{{model}}']], 'Since the processes began.'),
      ],
    },
    {
      title: 'Ledger and processes',
      panels: [
        graph('Rows waiting for the ledger', 8, 'short', [['metaerr_ledger_queue_rows', '{{instance}}']]),
        graph('Rows given to the ledger', 8, 'short', [['sum by (result) (rate(metaerr_ledger_rows_total[$__rate_interval]))', '{{result}}']], 'failed: tried again. dropped: lost.'),
        graph('Redis answers', 8, 'short', [['metaerr_redis_up', '{{job}} {{instance}}']]),
        graph('CPU', 8, 'short', [['rate(process_cpu_seconds_total{job=~"metaerr-.*"}[$__rate_interval])', '{{job}} {{instance}}']], 'Cores.'),
        graph('Event loop busy', 8, 'percentunit', [['rate(nodejs_eventloop_busy_seconds_total[$__rate_interval])', '{{job}} {{instance}}']]),
        graph('Resident memory', 8, 'bytes', [['process_resident_memory_bytes{job=~"metaerr-.*"}', '{{job}} {{instance}}']]),
      ],
    },
  ],
};
