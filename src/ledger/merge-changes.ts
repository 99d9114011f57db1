import { joinInto } from '../core/join-into.js';
import type { LabelChange, OutcomeChange } from './ledger.js';

/** The changes of the steps of one call, as one for each key in the order of their first. */
export function mergeChanges(steps: readonly (readonly LabelChange[])[]): LabelChange[] {
  const byKey = new Map<string, [LabelChange, ...LabelChange[]]>();
  for (const change of steps.flat()) {
    const name = JSON.stringify(change.key);
    const others = byKey.get(name);
    if (others === undefined) byKey.set(name, [change]);
    else others.push(change);
  }
  return [...byKey.values()].map(merged);
}

function merged(changes: readonly [LabelChange, ...LabelChange[]]): LabelChange {
  const all = changes.reduce(added);
  // Joined at once: a step has up to thousands, and a call hundreds of steps.
  return changes.length === 1 ? all : { ...all, delays: joinInto(new Float64Array(all.labelled), changes.map(({ delays }) => delays)) };
}

function added(before: LabelChange, change: LabelChange): LabelChange {
  return {
    ...before,
    ...outcomesOf(before, change),
    scored: outcomesOf(before.scored, change.scored),
    accepted: outcomesOf(before.accepted, change.accepted),
    expectedFailures: before.expectedFailures + change.expectedFailures,
    expectedVariance: before.expectedVariance + change.expectedVariance,
    labelSequence: Math.max(before.labelSequence, change.labelSequence),
  };
}

function outcomesOf(a: OutcomeChange, b: OutcomeChange): OutcomeChange {
  return { labelled: a.labelled + b.labelled, failuresGained: a.failuresGained + b.failuresGained, failuresLost: a.failuresLost + b.failuresLost };
}
