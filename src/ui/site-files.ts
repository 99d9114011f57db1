import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The compiled modules, styles and pictures of the page. */
const FOLDER = fileURLToPath(new URL('./page/', import.meta.url));
const require = createRequire(import.meta.url);

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** What comes from packages, as they ship it. */
const VENDORED: readonly (readonly [path: string, packageFile: string])[] = [
  ['vendor/uplot.js', 'uplot/dist/uPlot.esm.js'],
  ['vendor/uplot.css', 'uplot/dist/uPlot.min.css'],
  ['vendor/inter-latin.woff2', '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'],
  ['vendor/inter-latin-ext.woff2', '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2'],
];

/** A file of the page: its path below the assets, where it lies, and what it is. */
export interface SiteFile {
  readonly path: string;
  readonly file: string;
  readonly type: string;
}

/** Every file that the page can ask for, by path. */
export function siteFiles(): readonly SiteFile[] {
  const own = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).map((path) => ({ path: path.replaceAll('\\', '/'), file: join(FOLDER, path) }));
  const others = VENDORED.map(([path, packageFile]) => ({ path, file: packageFileOf(packageFile) }));
  return [...own, ...others].flatMap(({ path, file }) => {
    const type = MEDIA_TYPES[extname(path)];
    return type === undefined ? [] : [{ path, file, type }];
  });
}

/** Not by the package's exports: they do not name every file that it ships. */
function packageFileOf(path: string): string {
  const parts = path.split('/');
  const name = parts.slice(0, path.startsWith('@') ? 2 : 1).join('/');
  const roots = require.resolve.paths(name) ?? [];
  const root = roots.find((folder) => readable(join(folder, name)));
  if (root === undefined) throw new Error(`the package ${name} is not installed`);
  return join(root, path);
}

function readable(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}
