// Finds a Chromium (or Chrome) for the tests of the page, and prints its path: METAERR_CHROMIUM, PATH, the cache folder, else chromium of
// Debian with the libraries that this machine lacks (debian-programs.mjs): about 120 MB to download and 350 MB unpacked, once.
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, onPath, says, unpackDebian } from './debian-programs.mjs';

const CACHE = cacheFolder('chromium');
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** A Mac keeps its programs elsewhere. */
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

const works = (path) => says(path, /Chrom(e|ium).* \d+\./);

/** Folders in a folder, by paths from the first. */
function foldersIn(folder, parent) {
  if (!existsSync(join(folder, parent))) return [];
  return readdirSync(join(folder, parent), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [`${parent}/${entry.name}`] : []));
}

/** The libraries, and where the machine has none the settings of fonts, are found beside the program wherever the folder lies. */
function finish(folder) {
  const libraries = ['root/usr/lib', 'root/lib'].flatMap((parent) => foldersIn(folder, parent).filter((path) => path.includes('-linux-')));
  // Some libraries bring others in a folder of their own.
  const all = [...libraries, ...libraries.flatMap((path) => foldersIn(folder, path))];
  const script = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="${all.map((path) => `$here/${path}`).join(':')}"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="$here/root/etc/fonts"
exec "$here/root/usr/lib/chromium/chromium" "$@"
`;
  writeFileSync(join(folder, 'chromium'), script);
  chmodSync(join(folder, 'chromium'), 0o755);
  if (!works(join(folder, 'chromium'))) throw new Error('the unpacked chromium does not start');
}

function find() {
  const asked = process.env.METAERR_CHROMIUM;
  if (asked !== undefined) {
    if (!works(asked)) throw new Error(`METAERR_CHROMIUM is ${asked}, which is no Chromium that starts`);
    return asked;
  }
  const cached = join(CACHE, 'current', 'chromium');
  const found = onPath(NAMES, works) ?? [cached, MAC].find((path) => existsSync(path) && works(path));
  if (found !== undefined) return found;
  unpackDebian({ cache: CACHE, name: 'chromium', withLibraries: true, finish });
  return cached;
}

try {
  console.log(find());
} catch (error) {
  console.error(`No Chromium: ${error.message}\nInstall Chromium or Chrome, for example with "apt-get install chromium", or set METAERR_CHROMIUM to its path.`);
  process.exit(1);
}
