import type { NetOptions, NetTask } from './net-types.js';

function check(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(message);
}

function checkPositiveInteger(name: string, value: number): void {
  check(Number.isInteger(value) && value >= 1, `${name} must be an integer of at least 1, not ${value}`);
}

function checkTask(task: NetTask): void {
  checkPositiveInteger('rows', task.rows);
  checkPositiveInteger('width', task.width);
  checkPositiveInteger('outputs', task.outputs);
  check(task.inputs.length === task.rows * task.width, `inputs must hold rows x width = ${task.rows * task.width} values, not ${task.inputs.length}`);
  check(task.targets.length === task.rows, `targets must hold rows = ${task.rows} values, not ${task.targets.length}`);
  const logits = task.rows * task.outputs;
  check(task.offsets === null || task.offsets.length === logits, `offsets must hold rows x outputs = ${logits} values, not ${task.offsets?.length}`);
  check(task.head === 'softmax' || task.outputs === 1, `a sigmoid head has 1 output, not ${task.outputs}`);
}

/** Rows that no member trains on may have any target (a class that is not known, for example). */
function checkMembers(task: NetTask, members: readonly Int32Array[]): void {
  check(members.length >= 1, 'members must name at least one net');
  const classes = task.head === 'softmax' ? task.outputs : 2;
  const isTarget = (target: number): boolean => target >= 0 && target < classes;
  for (const [member, rows] of members.entries()) {
    check(rows.length >= 1, `members[${member}] must have at least one row`);
    const strange = rows.find((row) => row < 0 || row >= task.rows);
    check(strange === undefined, `members[${member}] must hold rows from 0 to ${task.rows - 1}, not ${strange}`);
    const unfit = rows.find((row) => !isTarget(task.targets[row] ?? -1));
    check(unfit === undefined, `targets of members[${member}] must be from 0 to ${classes - 1}, not ${task.targets[unfit ?? 0]} (row ${unfit})`);
  }
}

function checkOptions(options: NetOptions): void {
  checkPositiveInteger('hidden', options.hidden);
  checkPositiveInteger('batchSize', options.batchSize);
  checkPositiveInteger('steps', options.steps);
  let last = 0;
  for (const snapshot of options.snapshots) {
    const fits = Number.isInteger(snapshot) && snapshot > last && snapshot <= options.steps;
    check(fits, `snapshots must be ascending integers from 1 to steps = ${options.steps}, not [${options.snapshots.join(', ')}]`);
    last = snapshot;
  }
}

/** Throws a RangeError that names the argument which does not fit. */
export function checkTraining(task: NetTask, members: readonly Int32Array[], options: NetOptions): void {
  checkTask(task);
  checkMembers(task, members);
  checkOptions(options);
}
