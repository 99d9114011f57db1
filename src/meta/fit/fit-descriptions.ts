import type { InputTransform } from '../experts/input-transform.js';
import { ofAllColumns, viewOf } from './column-view.js';
import type { FeatureRows } from './feature-rows.js';
import { fitOnlyReading, fitReadings, type InputReadings } from './fit-readings.js';
import { seriesViews } from './series-views.js';
import type { StageHooks } from './staged-run.js';

/**
 * Fits the readings of every description of rows, labelled or not, as transforms of all their input features: of series that are described twice first by
 * what happens in them, then value by value; of all other inputs there is one description. What says nothing is left out, the first excepted.
 */
export async function fitDescriptions(rows: FeatureRows, hooks: StageHooks): Promise<readonly [InputReadings, ...InputReadings[]]> {
  const views = seriesViews(rows);
  if (views === null) return [await fitReadings(rows, hooks)];
  const [happenings, table] = [await readView(rows, views.happenings, hooks), await readView(rows, views.table, hooks)];
  if (table.plain.kind === 'none') return [happenings];
  return happenings.plain.kind === 'none' ? [table] : [happenings, table];
}

/** The only reading of the first description, where no label can choose. */
export async function fitOnlyDescription(rows: FeatureRows, hooks: StageHooks): Promise<InputTransform> {
  const views = seriesViews(rows);
  if (views === null) return fitOnlyReading(rows, hooks);
  return ofAllColumns(await fitOnlyReading(viewOf(rows, views.happenings), hooks), views.happenings, rows.inputWidth);
}

async function readView(rows: FeatureRows, columns: Int32Array, hooks: StageHooks): Promise<InputReadings> {
  const { plain, ordered, isUneven } = await fitReadings(viewOf(rows, columns), hooks);
  const ofAll = (transform: InputTransform): InputTransform => ofAllColumns(transform, columns, rows.inputWidth);
  return { plain: ofAll(plain), ordered: ordered === null ? null : ofAll(ordered), isUneven };
}
