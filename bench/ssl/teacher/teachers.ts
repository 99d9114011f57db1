import { trainNet } from '../../quality/bases/net.js';
import { takeRows, type StreamRows } from '../../quality/data/stream.js';
import type { LoggedRows } from '../../quality/product/logged-rows.js';
import { serveModel } from '../../quality/product/served-model.js';
import type { BehaviourLayout } from '../../../src/meta/features/layout.js';
import type { SslSplit } from '../data/sets.js';
import { classFolds, FOLDS } from './class-folds.js';

/** Divisions of the labelled rows into folds; each fold of each trains one net on the other four. */
export const REPEATS = 3;

/** A net's outputs on the labelled and on the unlabelled rows, as the product logs them. */
export interface NetLogs {
  readonly labelled: LoggedRows;
  readonly unlabelled: LoggedRows;
}

/** A division of the labelled rows into folds, with the nets that it trains. */
export interface Division {
  readonly folds: Uint8Array;
  /** Net k has not seen the rows of fold k. */
  readonly nets: readonly NetLogs[];
}

/** The nets that the label budget trains. */
export interface Teachers {
  readonly behaviour: BehaviourLayout;
  /** Trained on all labelled rows: the pseudo-labels are its labels. */
  readonly whole: NetLogs;
  /** One entry a repeat. */
  readonly divisions: readonly Division[];
}

async function netLogs(split: SslSplit, rows: StreamRows, seed: number): Promise<NetLogs & { readonly behaviour: BehaviourLayout }> {
  const { data, labelled, unlabelled } = split;
  const model = await serveModel(await trainNet({ rows, shape: data.shape, classes: data.classes, seed }), data.shape, data.classes);
  try {
    return {
      behaviour: model.behaviour,
      labelled: await model.log(labelled.values, labelled.rows),
      unlabelled: await model.log(unlabelled.values, unlabelled.rows),
    };
  } finally {
    await model.release();
  }
}

/** Trains the net on all labelled rows and, for out-of-fold outputs, 5 nets on four fifths of them, three times. */
export async function trainTeachers(split: SslSplit, seed: number): Promise<Teachers> {
  const { labelled, data } = split;
  const { behaviour, ...whole } = await netLogs(split, labelled, seed);
  const divisions: Division[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const folds = classFolds(labelled.truths, seed * REPEATS + repeat);
    const nets: NetLogs[] = [];
    for (let fold = 0; fold < FOLDS; fold++) {
      const others = Int32Array.from(folds.keys()).filter((row) => folds[row] !== fold);
      nets.push(await netLogs(split, takeRows({ ...data, ...labelled }, others), 1000 * seed + FOLDS * repeat + fold + 1));
    }
    divisions.push({ folds, nets });
  }
  return { behaviour, whole, divisions };
}
