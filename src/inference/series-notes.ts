import type { FeatureLayout } from '../meta/features/layout.js';
import type { SeriesFeature } from '../meta/features/series-plan.js';
import type { ModelConfig } from './contracts.js';

function seriesText(input: string, { channels, length, values }: SeriesFeature): string {
  const what = `${channels === 1 ? 'a series' : `series of ${channels} channels`}${length === null ? '' : ` of ${length} steps`}`;
  const start = `series: rows of ${input} are described as ${what}, because of their shape`;
  return values === undefined
    ? `${start}; features.series: none takes their values for columns of a table.`
    : `${start}, and value by value, for they may be the columns of a table; ground truths choose. features.series: none takes them for columns alone.`;
}

/** What was assumed of the series of a model, in words. */
export function seriesNotes({ features }: Pick<ModelConfig, 'features'>, { inputs }: Pick<FeatureLayout, 'inputs'>): readonly string[] {
  if (features.series !== 'auto') return [];
  return inputs.flatMap(({ tensor, series }) => (series === undefined ? [] : [seriesText(tensor.name, series)]));
}
