import { MetaErrError } from '../../core/errors.js';

/** What REDIS_URL says. */
export interface RedisAddress {
  /** One server, or some nodes of a cluster. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly cluster: boolean;
  readonly db: number;
  readonly username: string | null;
  readonly password: string | null;
  /** Null without TLS; paths of PEM files. */
  readonly tls: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null; readonly servername: string | null } | null;
}

const FORM = /^(rediss?):\/\/(?:([^@/]*)@)?([^@/?]+)(?:\/(\d*))?(?:\?(.*))?$/;
const PARAMETERS: ReadonlySet<string> = new Set(['cluster', 'tls_ca', 'tls_cert', 'tls_key', 'tls_servername']);

/**
 * Reads `redis[s]://[user[:password]@]host[:port][,host[:port]...][/db][?cluster=true&tls_ca=FILE&tls_cert=FILE&tls_key=FILE&tls_servername=NAME]`.
 * Several hosts, or `cluster=true`, mean Redis Cluster. User and password are percent-encoded.
 * @throws MetaErrError CONFIG_INVALID that says what is wrong without showing the password.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const parts = FORM.exec(url);
  if (parts === null) throw fault('has another form than redis[s]://[user[:password]@]host[:port][,host[:port]...][/db][?...]');
  const [, scheme, credentials, hosts = '', db, query] = parts;
  const parameters = new URLSearchParams(query ?? '');
  for (const name of parameters.keys()) if (!PARAMETERS.has(name)) throw fault(`has an unknown parameter ${name}`);
  const nodes = hosts.split(',').map(nodeOf);
  const cluster = nodes.length > 1 || parameters.get('cluster') === 'true';
  const number = Number(db ?? 0);
  checkTogether(parameters, nodes.length, scheme === 'rediss');
  if (cluster && number !== 0) throw fault('names a database, but a cluster has only database 0');
  const [username, password] = credentialsOf(credentials);
  const tls = { ca: parameters.get('tls_ca'), cert: parameters.get('tls_cert'), key: parameters.get('tls_key'), servername: parameters.get('tls_servername') };
  return { nodes, cluster, db: number, username, password, tls: scheme === 'rediss' ? tls : null };
}

/** What would be ignored is refused. */
function checkTogether(parameters: URLSearchParams, hosts: number, secure: boolean): void {
  const cluster = parameters.get('cluster');
  if (cluster !== null && cluster !== 'true' && cluster !== 'false') throw fault('has a parameter that cannot be read: cluster must be true or false');
  if (cluster === 'false' && hosts > 1) throw fault('names several hosts, which is a cluster, and cluster=false');
  const ofTls = [...parameters.keys()].find((name) => name.startsWith('tls_'));
  if (ofTls !== undefined && !secure) throw fault(`has ${ofTls}, which needs rediss://`);
  if (parameters.has('tls_cert') !== parameters.has('tls_key')) throw fault('has one of tls_cert and tls_key; a certificate needs both');
}

function nodeOf(text: string): RedisAddress['nodes'][number] {
  const parts = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(parts?.[2] ?? 6379);
  if (parts?.[1] === undefined || port < 1 || port > 65_535) throw fault(`has a host that cannot be read: ${text}`);
  return { host: parts[1].replace(/^\[|\]$/g, ''), port };
}

function credentialsOf(text: string | undefined): readonly [string | null, string | null] {
  if (text === undefined || text === '') return [null, null];
  const colon = text.indexOf(':');
  const decode = (part: string) => {
    try {
      return part === '' ? null : decodeURIComponent(part);
    } catch {
      throw fault('has a user or password that is not percent-encoded');
    }
  };
  return colon < 0 ? [decode(text), null] : [decode(text.slice(0, colon)), decode(text.slice(colon + 1))];
}

function fault(message: string): MetaErrError {
  return new MetaErrError('CONFIG_INVALID', `REDIS_URL ${message}`);
}
