import type { ServedOutput } from '../../engine/onnx/carried-outputs.js';

const FORMS = { maps: 'a sequence of maps', elements: 'a sequence', optional: 'an optional' } as const;

/** What is served in the place of an output of the file, in words. */
export function describeServed({ change, names }: ServedOutput): string {
  const { output } = change;
  switch (change.kind) {
    case 'replaced': {
      const tensors = names.length === 1 ? `the tensor ${change.tensors.join()} behind it is served` : `its ${names.length} tensors are served`;
      const as = names.length === 1 && names[0] === output ? '' : ` as ${names.join(', ')}`;
      return `outputs: ${output} is ${FORMS[change.form]}; ${tensors}${as} in its place.`;
    }
    case 'cast':
      return `outputs: ${output} is ${change.from}, which cannot be carried; it is served as ${change.to}${names[0] === output ? '' : ` under the name ${names.join()}`}.`;
    case 'added':
      return `outputs: ${change.columns.join(', ')} are the columns of one tensor; that is served too, as ${names.join()}.`;
    case 'dropped':
      return `outputs: ${output} is not served, because ${change.reason}.`;
  }
}
