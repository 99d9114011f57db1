import type { Counter, Gauge, Histogram } from 'prom-client';

/** The labels of a model version. */
export interface VersionLabels {
  readonly model: string;
  readonly version: string;
}

/** The labels of a version that is known by its number. */
export function versionLabels({ model, version }: { readonly model: string; readonly version: number }): VersionLabels {
  return { model, version: String(version) };
}

/** One text for each version. */
export function versionName({ model, version }: VersionLabels): string {
  return `${version}/${model}`;
}

type AnyMetric = Counter | Gauge | Histogram;

/** Knows which metrics have series for each model version, to take those of a version out that is no longer loaded. */
export class ModelSeries {
  readonly #metrics: AnyMetric[] = [];

  /** Of metrics with the labels `model` and `version`; others are passed over. */
  add(metric: AnyMetric, labelNames: readonly string[]): void {
    if (labelNames.includes('model') && labelNames.includes('version')) this.#metrics.push(metric);
  }

  /** Without it, every version that was ever loaded would stay in every scrape until the process ends. */
  async remove({ model, version }: VersionLabels): Promise<void> {
    for (const metric of this.#metrics) {
      const { values } = await metric.get();
      for (const { labels } of values as { labels: Record<string, string> }[]) {
        if (labels['model'] !== model || labels['version'] !== version) continue;
        const { le: _bucket, ...own } = labels;
        metric.remove(own);
      }
    }
  }
}
