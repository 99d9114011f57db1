import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DockerfileParser, type Instruction, type JSONInstruction, type PropertyInstruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import t from 'tap';
import { loadConfig, SETTINGS } from '../../src/config.js';
import { readJson } from './files.js';

const text = readFileSync('Dockerfile', 'utf8');
const dockerfile = DockerfileParser.parse(text);
const instructions = dockerfile.getInstructions();
const lastFrom = instructions.findLastIndex((each) => each.getKeyword() === 'FROM');
const ofTheImage = instructions.slice(lastFrom);
const words = (instruction: Instruction | undefined): string[] => instruction?.getArguments().map(String) ?? [];
const last = (keyword: string): Instruction | undefined => ofTheImage.findLast((each) => each.getKeyword() === keyword);
const list = (instruction: Instruction | undefined): string[] => (instruction as JSONInstruction).getJSONStrings().map((each) => each.getJSONValue());
const assignments = (keyword: string): Record<string, string> =>
  Object.fromEntries(ofTheImage.filter((each) => each.getKeyword() === keyword).flatMap((each) => (each as PropertyInstruction).getProperties().map((property) => [property.getName(), property.getValue() ?? ''])));

t.test('the linter finds nothing', async (t) => {
  t.same(validate(text), []);
  t.not(validate('FRM node').length, 0, 'it would find a fault');
});

t.test('stages', async (t) => {
  t.same(dockerfile.getFROMs().map((each) => each.getBuildStage()), ['dependencies', 'build', null], 'compilers and development dependencies stay behind');
  const [image = ''] = instructions.filter((each) => each.getKeyword() === 'ARG').map((each) => each.getArgumentsContent() ?? '');
  t.match(image, /^NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/, 'one pinned base image with glibc');
  for (const from of dockerfile.getFROMs()) t.equal(from.getImage(), '${NODE_IMAGE}');
});

t.test('what is copied is there, and .dockerignore lets exactly that through', async (t) => {
  const copies = instructions.filter((each) => each.getKeyword() === 'COPY').filter((each) => !String(each).includes('--from='));
  const copied = new Set(copies.flatMap((each) => words(each).slice(0, -1).map((path) => path.replace('./', ''))));
  const lines = readFileSync('.dockerignore', 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  t.equal(lines[0], '*');
  t.same(new Set(lines.slice(1).map((line) => line.slice(1))), copied);
  t.ok(lines.slice(1).every((line) => line.startsWith('!')));
  for (const path of copied) t.ok(existsSync(path), path);
});

t.test('it runs as a user without rights, by number', async (t) => {
  t.match(words(last('USER')), [/^[1-9]\d*:[1-9]\d*$/]);
  const runs = ofTheImage.slice(ofTheImage.indexOf(last('USER') as Instruction)).map((each) => each.getKeyword());
  t.notOk(runs.some((keyword) => ['RUN', 'COPY', 'ADD'].includes(keyword)), 'and nothing is made after that');
});

t.test('server by default; its settings are accepted', async (t) => {
  const command = list(last('CMD'));
  t.same(command, ['node', 'dist/src/server.js']);
  for (const entry of ['server', 'worker']) t.ok(existsSync(`src/${entry}.ts`));
  const environment = assignments('ENV');
  for (const name of Object.keys(environment).filter((name) => name.startsWith('METAERR_'))) t.ok(name in SETTINGS.properties, name);
  const { host, port, dataDir, modelRepository } = loadConfig(environment);
  t.same({ host, dataDir, modelRepository }, { host: '0.0.0.0', dataDir: '/data', modelRepository: '/models' });
  t.same(words(last('EXPOSE')), [String(port)]);
  t.match(last('HEALTHCHECK')?.getArgumentsContent(), /127\.0\.0\.1:\$\{process\.env\.PORT\}\/healthz/);
});

t.test('the label has the version of package.json', async (t) => {
  const { version, license } = readJson<{ version: string; license: string }>('package.json');
  t.match(assignments('LABEL'), { 'org.opencontainers.image.version': version, 'org.opencontainers.image.licenses': license });
});

/** The packages' files as they are installed here, empty. */
function imitate(folder: string, path: string): void {
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(folder, entry.parentPath, entry.name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
  }
}

t.test("other platforms' binaries are pruned", async (t) => {
  const prune = instructions.find((each) => each.getKeyword() === 'RUN' && String(each).includes('onnxruntime-node'))?.getArgumentsContent() ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-prune-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const packages = ['onnxruntime-node', '@photostructure/sqlite', '@msgpackr-extract', 'msgpackr-extract'].map((name) => join('node_modules', name)).filter((path) => existsSync(path));
  for (const path of packages) imitate(folder, path);
  const binaries = () => readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' }).filter((name) => /\.(node|dll|dylib|lib|so[.\d]*)$/.test(name));
  const before = binaries();
  for (const system of ['darwin', 'win32', 'arm64', 'x64']) t.ok(before.some((name) => name.includes(system)), `there is something of ${system} to prune`);
  // As in the image, whatever this machine is.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'node'), '#!/bin/sh\necho arm64\n', { mode: 0o755 });
  execFileSync('/bin/sh', ['-c', prune], { cwd: folder, env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` } });
  const after = binaries();
  for (const name of ['onnxruntime-node', '@photostructure/sqlite']) t.ok(after.some((file) => file.startsWith(name)), `${name} keeps its own`);
  t.same(after.filter((file) => file.startsWith('onnxruntime-node') || file.startsWith('@photostructure')).filter((file) => !/linux[-/]arm64/.test(file) || file.includes('musl')), []);
});
