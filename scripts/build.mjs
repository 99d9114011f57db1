// Compiles when a source is newer than the last build; so `npm start` works on a fresh clone and costs nothing later.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAMP = 'dist/.stamp';
const SOURCES = ['src', 'test', 'demo', 'bench', 'scripts'];

function newest() {
  const files = SOURCES.filter(existsSync).flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)));
  return Math.max(...['tsconfig.json', 'package-lock.json', ...files].map((file) => statSync(file).mtimeMs));
}

const force = process.argv.includes('--force');
if (force || !existsSync(STAMP) || statSync(STAMP).mtimeMs < newest()) {
  // A test that was deleted must not live on in dist.
  rmSync('dist', { recursive: true, force: true });
  console.error('building ...');
  try {
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { stdio: ['ignore', 2, 2] });
  } catch {
    process.exit(1);
  }
  writeFileSync(STAMP, '');
}
