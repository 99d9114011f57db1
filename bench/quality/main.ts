/**
 * The quality benchmark of the failure probability: MetaErr against baselines over data sets, base models and numbers of
 * labels. docs/quality.md says what it measures and shows the figures.
 */
import { writeReport } from './report/write-report.js';
import { runOwn } from './own/run-own.js';
import { runQuick } from './quick/run-quick.js';
import { runGrid } from './run/grid-run.js';
import { USAGE, readOptions } from './run/options.js';
import type { Options } from './run/options.js';
import { runOutcomes } from './values/run-outcomes.js';
import { writeOutcomeReport } from './values/write-outcome-report.js';

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    process.exit(2);
  }
}

async function run(options: Options): Promise<number> {
  switch (options.mode) {
    case 'report':
      if (options.outcomes) writeOutcomeReport(options.out);
      else writeReport(options.out, options.keepsEarlier);
      return 0;
    case 'quick':
    case 'record':
      return (await runQuick(options.mode)) ? 0 : 1;
    case 'own':
      return runOwn(options.out, options, (text) => void process.stdout.write(text));
    case 'run':
      return (await (options.outcomes ? runOutcomes(options) : runGrid(options))) === 0 ? 0 : 1;
  }
}

process.exitCode = await run(optionsOrExit());
