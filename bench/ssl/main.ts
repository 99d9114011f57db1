/**
 * Semi-supervised learning by pseudo-labels: which filter keeps the right ones, and what a student learns from them. docs/ssl.md says what it
 * measures and shows the figures.
 */
import { readSslOptions, USAGE, type SslOptions } from './run/options.js';
import { runSets } from './run/run-sets.js';
import { writeSslReport } from './report/write-report.js';

function optionsOrExit(): SslOptions {
  try {
    return readSslOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    process.exit(2);
  }
}

const options = optionsOrExit();
if (options.mode === 'report') writeSslReport(options.out);
else process.exitCode = (await runSets(options)) === 0 ? 0 : 1;
