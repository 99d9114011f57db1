// Compiles when a source is newer than the last build; so `npm start` works on a fresh clone and costs nothing later.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const STAMP = 'dist/.stamp';
/** The page runs in a browser: it is compiled with types of its own, and brings files that are no code. */
const PAGE = 'src/ui/page';
/** Grown by `npm run bench:pretrained`, read when the first meta-model is made. */
const PRETRAINED = ['trees.json', 'stacked-trees.json'].map((name) => `src/meta/pretrained/${name}`);
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
    for (const project of ['.', PAGE]) execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], { stdio: ['ignore', 2, 2] });
    cpSync(PAGE, join('dist', PAGE), { recursive: true, filter: (path) => statSync(path).isDirectory() || ['.html', '.css', '.svg'].includes(extname(path)) });
    for (const file of PRETRAINED) cpSync(file, join('dist', file));
  } catch {
    process.exit(1);
  }
  writeFileSync(STAMP, '');
}
