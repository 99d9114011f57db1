import { withTruths } from '../../quality/product/logged-rows.js';
import type { LoggedRows } from '../../quality/product/logged-rows.js';
import type { ScaledSplit } from '../data/scaled.js';
import type { Doubted, FilterInput } from '../filters/filter.js';
import { probabilitiesOf } from '../metaerr/probabilities.js';
import { outOfFold } from '../teacher/out-of-fold.js';
import type { Teachers } from '../teacher/teachers.js';

function doubted(logged: LoggedRows, values: Float32Array, members: readonly LoggedRows[]): Doubted {
  const { rows, classes } = logged;
  return {
    rows, classes, values,
    width: values.length / rows,
    labels: logged.predicted,
    probabilities: probabilitiesOf(logged),
    doubts: logged.coldStart,
    members: members.map(probabilitiesOf),
  };
}

/** What the filters get, and nothing else: the truths of the unlabelled rows are not in it. `failures`: of the budget's labels in question. */
export function filterInput({ labelled, unlabelled }: ScaledSplit, teachers: Teachers, seed: number): { readonly input: FilterInput; readonly failures: Uint8Array } {
  const { divisions, whole } = teachers;
  const logs = divisions.map(outOfFold);
  const [first] = logs;
  const [division] = divisions;
  if (first === undefined || division === undefined) throw new Error('the budget was not divided');
  const input: FilterInput = {
    budget: { ...doubted(first, labelled.values, logs), truths: labelled.truths, folds: division.folds },
    pool: doubted(whole.unlabelled, unlabelled.values, divisions.flatMap(({ nets }) => nets.map((net) => net.unlabelled))),
    teachers, labelled, seed,
  };
  return { input, failures: withTruths(first, labelled.truths).failures };
}
