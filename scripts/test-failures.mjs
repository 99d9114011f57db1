// What a TAP file says of its failures. The reporters print nothing of them where there is no terminal.
import { Parser } from 'tap-parser';

// The source excerpt repeats what the stack names.
const LEFT_OUT = new Set(['source', 'stdio', 'cwd', 'externalID', 'command', 'args']);

function diagnostics(diag) {
  const kept = Object.entries(diag ?? {}).filter(([name]) => !LEFT_OUT.has(name));
  return kept.map(([name, value]) => `    ${name}: ${(typeof value === 'string' ? value : JSON.stringify(value)).trimEnd().replaceAll('\n', '\n      ')}`).join('\n');
}

function watch(parser, path, found) {
  parser.on('child', (child) => watch(child, [...path, child.name], found));
  parser.on('assert', (result) => {
    if (result.ok && result.skip === false && result.todo === false) return;
    const kind = result.ok || result.skip !== false ? 'skipped' : 'failed';
    found.push(`${kind}: ${[...path, result.name].join(' > ')}\n${diagnostics(result.diag)}`);
  });
}

/** One text for each assertion, subtest and file that failed or was skipped, in the order of the file, innermost first. */
export function failuresOf(tap) {
  const found = [];
  const parser = new Parser();
  watch(parser, [], found);
  parser.end(tap);
  return found;
}
