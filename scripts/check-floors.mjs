// Runs the floors check, and makes sure that it saw every module: a checker that reads nothing also finds nothing.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const sources = readdirSync('src', { recursive: true }).filter((name) => name.endsWith('.ts'));
const cruiser = ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src', '--config', '.dependency-cruiser.cjs'];

function run(outputType) {
  try {
    return execFileSync(process.execPath, [...cruiser, '--output-type', outputType], { encoding: 'utf8', maxBuffer: 1 << 28 });
  } catch (error) {
    process.stderr.write(error.stdout ?? String(error));
    process.exit(1);
  }
}

const report = JSON.parse(run('json'));
const seen = report.modules.filter((module) => module.source.startsWith('src/')).length;
if (report.summary.error > 0) {
  for (const violation of report.summary.violations) console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
  process.exit(1);
}
if (seen !== sources.length) {
  console.error(`The floors check saw ${seen} modules, src/ has ${sources.length}.`);
  process.exit(1);
}
console.log(`floors hold: ${seen} modules, ${report.summary.totalDependenciesCruised} imports, no cycle`);
