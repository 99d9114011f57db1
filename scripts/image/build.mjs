// Follows the Dockerfile's own instructions in empty folders: one root folder a stage. An instruction or flag that is not known here is an error,
// so that the Dockerfile and this cannot drift apart.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import dockerfileAst from 'dockerfile-ast';
import { networkEnvironment, npmrc, run, sizeOf } from './container.mjs';

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const words = (instruction) => instruction.getArguments().map(String);
const assignments = (instruction) => Object.fromEntries(instruction.getProperties().map((property) => [property.getName(), property.getValue()]));

/** Everything is owned by root and nothing is writable for others, as in an image made from a checkout with the usual modes. */
function copy(instruction, stage, stages, context) {
  const flags = instruction.getFlags();
  const unknown = flags.find((flag) => flag.getName() !== 'from');
  if (unknown !== undefined) throw new Error(`COPY ${String(unknown)} is not known to this script`);
  const from = flags[0]?.getValue();
  const source = from === undefined ? context : stages.get(from)?.root;
  if (source === undefined) throw new Error(`COPY --from=${from}: there is no such stage`);
  const paths = words(instruction);
  const target = paths.pop();
  for (const path of paths) {
    const to = resolve('/', stage.cwd, target, paths.length > 1 || target.endsWith('/') ? basename(path) : '.');
    cpSync(join(source, path), join(stage.root, to), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    if (statSync(join(stage.root, to)).isFile()) chmodSync(join(stage.root, to), 0o644);
  }
}

async function shell(instruction, stage, { cache, node }) {
  const before = sizeOf(join(stage.root, 'app'));
  const env = { HOME: '/root', ...networkEnvironment(), ...stage.env };
  await run(stage.root, { argv: ['/bin/sh', '-c', instruction.getArgumentsContent()], env, cwd: stage.cwd, node, cache, user: stage.user });
  console.log(`  /app ${megabytes(before)} -> ${megabytes(sizeOf(join(stage.root, 'app')))}`);
}

const KNOWN = {
  ARG: () => undefined,
  LABEL: () => undefined,
  EXPOSE: () => undefined,
  ENV: (instruction, stage) => void Object.assign(stage.env, assignments(instruction)),
  WORKDIR: (instruction, stage) => {
    stage.cwd = resolve('/', stage.cwd, words(instruction)[0]);
    mkdirSync(join(stage.root, stage.cwd), { recursive: true });
  },
  COPY: (instruction, stage, build) => copy(instruction, stage, build.stages, build.context),
  RUN: (instruction, stage, build) => shell(instruction, stage, build),
  USER: (instruction, stage) => {
    const [uid, gid] = words(instruction)[0].split(':').map(Number);
    if (!Number.isInteger(uid) || !Number.isInteger(gid)) throw new Error('USER must be given by numbers, <uid>:<gid>');
    stage.user = { uid, gid };
  },
  HEALTHCHECK: (instruction, stage) => void (stage.healthCheck = JSON.parse(instruction.getArgumentsContent().replace(/^CMD\s+/, ''))),
  CMD: (instruction, stage) => void (stage.command = JSON.parse(instruction.getArgumentsContent())),
};

function newStage(from, folder, number) {
  const root = join(folder, `stage-${number}`);
  mkdirSync(join(root, 'root'), { recursive: true });
  const settings = npmrc();
  if (settings !== null) writeFileSync(join(root, 'root', '.npmrc'), settings, { mode: 0o600 });
  return { name: from.getBuildStage() ?? String(number), root, cwd: '/', env: {}, user: undefined, healthCheck: null, command: null };
}

/** Carries out the Dockerfile; returns its last stage: root folder, user, environment, command and health check. */
export async function buildImage(dockerfile, context, folder, node) {
  const cache = join(folder, 'npm-cache');
  mkdirSync(cache, { recursive: true });
  const build = { stages: new Map(), context, cache, node };
  let stage;
  for (const instruction of dockerfileAst.DockerfileParser.parse(readFileSync(dockerfile, 'utf8')).getInstructions()) {
    const keyword = instruction.getKeyword();
    console.log(`${keyword} ${instruction.getArgumentsContent().replaceAll(/\s+/g, ' ').slice(0, 140)}`);
    if (keyword === 'FROM') {
      stage = newStage(instruction, folder, build.stages.size);
      build.stages.set(stage.name, stage);
    } else if (!(keyword in KNOWN)) throw new Error(`${keyword} is not known to this script`);
    else if (stage !== undefined) await KNOWN[keyword](instruction, stage, build);
  }
  if (!existsSync(join(stage.root, stage.cwd))) throw new Error('the image has no work folder');
  return stage;
}
