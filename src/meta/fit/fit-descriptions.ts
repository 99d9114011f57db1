import type { InputTransform } from '../experts/input-transform.js';
import { ofAllColumns, standardizedOfAll, viewOf } from './column-view.js';
import type { FeatureRows } from './feature-rows.js';
import { fitOnlyReading, fitReadings, type InputReadings } from './fit-readings.js';
import { seriesViews } from './series-views.js';
import type { StageHooks } from './staged-run.js';

/** How rows can be described; of most there is one description. */
export interface InputDescriptions {
  readonly first: InputReadings;
  /** Of series that are described twice: value by value. */
  readonly table: InputReadings | null;
}

/**
 * Fits the readings of every description of rows, labelled or not, as transforms of all their input features: of series that are described twice what
 * happens in them goes first. A description that says nothing is left out where there is another.
 */
export async function fitDescriptions(rows: FeatureRows, hooks: StageHooks): Promise<InputDescriptions> {
  const views = seriesViews(rows);
  if (views === null) return { first: await fitReadings(rows, hooks), table: null };
  const [happenings, table] = [await readView(rows, views.happenings, hooks), await readView(rows, views.table, hooks)];
  if (table.plain.kind === 'none') return { first: happenings, table: null };
  return happenings.plain.kind === 'none' ? { first: table, table: null } : { first: happenings, table };
}

/** The only reading of the first description, where no label can choose. */
export async function fitOnlyDescription(rows: FeatureRows, hooks: StageHooks): Promise<InputTransform> {
  const views = seriesViews(rows);
  if (views === null) return fitOnlyReading(rows, hooks);
  return ofAllColumns(await fitOnlyReading(viewOf(rows, views.happenings), hooks), views.happenings, rows.inputWidth);
}

async function readView(rows: FeatureRows, columns: Int32Array, hooks: StageHooks): Promise<InputReadings> {
  const { plain, ordered, isUneven } = await fitReadings(viewOf(rows, columns), hooks);
  return { plain: ofAllColumns(plain, columns, rows.inputWidth), ordered: ordered === null ? null : standardizedOfAll(ordered, columns, rows.inputWidth), isUneven };
}
