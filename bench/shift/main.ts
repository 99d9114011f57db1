/**
 * Expected against observed failures, day by day, when the stream of predictions shifts. docs/shifts.md says what it measures and shows the
 * figures.
 */
import { writeShiftReport } from './report/write-report.js';
import { readShiftOptions, USAGE, type ShiftOptions } from './run/options.js';
import { runShifts } from './run/run-shifts.js';

function optionsOrExit(): ShiftOptions {
  try {
    return readShiftOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    process.exit(2);
  }
}

const options = optionsOrExit();
if (options.mode === 'report') writeShiftReport(options.out);
else process.exitCode = (await runShifts(options)) === 0 ? 0 : 1;
