import { driftStream, firstAlarm, type DriftStream } from '../test/support/drift-streams.js';

/** False alarms of the drift test and its delays: `node dist/bench/drift.js [streams=100]`; docs/labels.md has the figures. */
const streams = Number(process.argv[2] ?? 100);
const STEP = 50;

function alarmsOf(stream: DriftStream): (number | null)[] {
  return Array.from({ length: streams }, (_, seed) => firstAlarm(driftStream(stream, 1000 + seed), STEP));
}

console.log('| failures, by their probability | false alarms |\n|---|---|');
for (const factor of [1, 1.1, 0.9]) {
  for (const rowsPerHour of [10, 100]) {
    const alarms = alarmsOf({ rows: 10_000, rowsPerHour, mean: -2, from: 0, factor }).filter((alarm) => alarm !== null).length;
    console.log(`| ${factor} times, 10,000 rows, ${rowsPerHour} an hour | ${alarms} of ${streams} |`);
  }
}
console.log('\n| failures from then on | drift from the first row: labels until it is found | after 3,000 calibrated ones |\n|---|---|---|');
for (const factor of [1.25, 1.5, 2, 3, 0.7, 0.5, 0.2]) {
  const cells = [0, 3000].map((from) => {
    const delays = alarmsOf({ rows: from + 8000, rowsPerHour: 50, mean: -2, from, factor }).map((alarm) => (alarm === null ? Infinity : alarm - from)).sort((a, b) => a - b);
    const [half, most] = [0.5, 0.9].map((share) => delays[Math.ceil(share * streams) - 1] ?? Infinity);
    return `${half} (90 %: ${most})`;
  });
  console.log(`| ${factor} times | ${cells.join(' | ')} |`);
}
