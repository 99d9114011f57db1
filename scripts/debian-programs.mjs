// Programs that the tests need and that npm does not have: found on this machine, else downloaded from Debian's or Ubuntu's package registry and
// unpacked into the cache folder. Nothing is installed, no service is started, and it takes no rights.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where the programs of one kind are kept. */
export const cacheFolder = (name) => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'metaerr', name);

/** Whether what a program prints for `--version` matches. */
export function says(path, pattern) {
  try {
    return pattern.test(execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return false;
  }
}

/** The first of these names on PATH that works. */
export function onPath(names, works) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path) && works(path));
}

/**
 * Downloads a package and unpacks it into `<cache>/current/root`. `finish(folder)` makes of it what is wanted, or throws where it does not
 * work. All that happens beside the cache, and what is good is moved into place: a broken download is never taken for a good one.
 */
export function unpackDebian({ cache, name, withLibraries = false, only = [], finish }) {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'new-'));
  try {
    console.error(`downloading ${name} ...`);
    download(folder, name, withLibraries);
    mkdirSync(join(folder, 'root'));
    for (const file of readdirSync(folder).filter((each) => each.endsWith('.deb'))) {
      const tar = execFileSync('dpkg-deb', ['--fsys-tarfile', join(folder, file)], { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'pipe'] });
      execFileSync('tar', ['-x', '--no-same-owner', '-C', join(folder, 'root'), ...only], { input: tar, stdio: ['pipe', 'ignore', 'pipe'] });
      rmSync(join(folder, file));
    }
    finish(folder);
    rmSync(join(cache, 'current'), { recursive: true, force: true });
    renameSync(folder, join(cache, 'current'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The package, and where they are wanted the libraries that this machine lacks, as apt would install them. */
function packagesOf(name, withLibraries, options) {
  if (!withLibraries) return [name];
  const plan = execFileSync('apt-get', ['install', '--simulate', '--no-install-recommends', ...options, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
  const names = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, each]) => each);
  // What is installed is not in the plan; then the program is on this machine and only a name of it is not.
  return names.includes(name) ? names : [name, ...names];
}

function download(folder, name, withLibraries) {
  const get = (options) => {
    const packages = packagesOf(name, withLibraries, options);
    execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...options, ...packages], { cwd: folder, stdio: ['ignore', 2, 'pipe'] });
  };
  try {
    get([]);
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error('none is installed, and this machine has no apt-get to fetch one with', { cause: error });
    // A machine that was just set up may have no package lists yet; those it has may name versions that are gone. Lists of our own need no rights.
    const state = join(folder, 'apt');
    mkdirSync(join(state, 'lists', 'partial'), { recursive: true });
    mkdirSync(join(state, 'cache', 'archives', 'partial'), { recursive: true });
    const options = ['-o', `Dir::State::Lists=${join(state, 'lists')}`, '-o', `Dir::Cache=${join(state, 'cache')}`, '-o', 'APT::Sandbox::User=root'];
    execFileSync('apt-get', ['update', '-qq', ...options], { stdio: ['ignore', 2, 'pipe'] });
    get(options);
    rmSync(state, { recursive: true, force: true });
  }
}
