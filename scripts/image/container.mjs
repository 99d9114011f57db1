// Runs commands as a container engine would: in a root folder of their own, as process 1 of their own process namespace. What the base image
// would bring (libc, a shell, node) is taken read-only from this machine. Needs Linux and root; nothing outside the root folder is written.
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Top folders of this machine that stand for the base image; the others (home, tmp, data, ...) are not seen inside. */
const OF_THE_BASE = ['bin', 'etc', 'lib', 'lib32', 'lib64', 'libx32', 'opt', 'run', 'sbin', 'usr'].filter((name) => existsSync(`/${name}`));
/** What a build needs to reach the package registry from here. */
const OF_THE_NETWORK = /^(https?_proxy|no_proxy|npm_config_registry|npm_config_cafile|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/i;

const quote = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

function mounts(root, { node, cache, readOnly, models, data }) {
  const lines = ['set -e', 'mount --make-rprivate /'];
  const bind = (from, to, options = 'bind') => {
    mkdirSync(join(root, to), { recursive: true });
    lines.push(`mount --rbind ${quote(from)} ${quote(join(root, to))}`);
    if (options.includes('ro')) lines.push(`mount -o remount,bind,ro ${quote(join(root, to))}`);
  };
  for (const name of [...OF_THE_BASE, '.node', 'dev', 'proc', 'tmp', 'root/.npm']) mkdirSync(join(root, name), { recursive: true });
  if (readOnly) {
    lines.push(`mount --bind ${quote(root)} ${quote(root)}`, `mount -o remount,bind,ro ${quote(root)}`);
    if (data !== undefined) lines.push(`mount --bind ${quote(data)} ${quote(join(root, 'data'))}`);
  }
  for (const name of OF_THE_BASE) bind(`/${name}`, name, 'bind,ro');
  bind(node, '.node', 'bind,ro');
  bind('/dev', 'dev');
  lines.push(`mount -t proc proc ${quote(join(root, 'proc'))}`, `mount -t tmpfs -o mode=1777 tmpfs ${quote(join(root, 'tmp'))}`);
  if (models !== undefined) bind(models, 'models', 'bind,ro');
  if (cache !== undefined) bind(cache, 'root/.npm');
  return lines;
}

function command(root, { argv, env, cwd, user }) {
  const asUser = user === undefined ? [] : ['/usr/bin/setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--inh-caps=-all', '--bounding-set=-all', '--no-new-privs'];
  const variables = Object.entries({ PATH: '/.node/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', ...env }).map(([name, value]) => `${name}=${value}`);
  return ['exec', 'chroot', root, '/usr/bin/env', '-i', `--chdir=${cwd}`, ...variables, ...asUser, ...argv].map(quote).join(' ').replace(/^'exec'/, 'exec');
}

/** The folder whose bin/node stands for the base image's node. */
export function nodeFolder(path = process.execPath) {
  return dirname(dirname(realpathSync(path)));
}

export function networkEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => OF_THE_NETWORK.test(name)));
}

/** The user's registry settings, for the build only. */
export function npmrc() {
  const file = join(homedir(), '.npmrc');
  return existsSync(file) ? readFileSync(file) : null;
}

/** Starts a command in the root folder; `signal` reaches the command itself, `ended` gives its exit code. */
export function start(root, options) {
  const script = [...mounts(root, options), command(root, options)].join('\n');
  const child = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => output.push(bytes));
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return {
    ended,
    output: () => Buffer.concat(output).toString(),
    signal(name) {
      const [inner] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ');
      process.kill(Number(inner), name);
    },
  };
}

/** Runs a command to its end; throws with its output when it fails. */
export async function run(root, options) {
  const running = start(root, options);
  const code = await running.ended;
  if (code !== 0) throw new Error(`${options.argv.join(' ')} ended with ${code}:\n${running.output()}`);
  return running.output();
}

/** Bytes in the files of a folder. */
export function sizeOf(folder) {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return entries.reduce((sum, entry) => sum + (entry.isDirectory() ? sizeOf(join(folder, entry.name)) : lstatSync(join(folder, entry.name)).size), 0);
}
