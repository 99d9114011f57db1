import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSignedCertificate } from './redis-certificate.js';
import { freePort, RedisServer } from './redis-server.js';
import type { Teardown } from './teardown.js';

/** What the user of the service may do, in words of ACL SETUSER; docs/distributed.md tells operators the same. */
export const LIMITED_RIGHTS = [
  '~metaerr:*', '~{metaerr}:*', '&metaerr:*', '&{metaerr}:*',
  '-@all', '+@read', '+@write', '+@connection', '-@dangerous', '+eval', '+evalsha', '+publish', '+subscribe', '+unsubscribe', '+info', '+config|get', '+cluster|slots', '+cluster|info',
];

export interface SecureRedis {
  readonly server: RedisServer;
  /** REDIS_URL of the limited user, with the authority's file and a client certificate. */
  readonly url: string;
  /** The same without a client certificate: the handshake is refused. */
  readonly urlWithoutCertificate: string;
  /** The same with a wrong password. */
  readonly urlWithWrongPassword: string;
  /** Folder of ca.pem (also the certificate) and key.pem. */
  readonly folder: string;
}

const USER = 'metaerr-service';
const PASSWORD = 'p@ss/word:%';

/** A redis-server that speaks only TLS, with certificates on both sides, and knows one user with limited rights (no default user). */
export async function startSecureRedis(t: Teardown, rights: readonly string[] = LIMITED_RIGHTS): Promise<SecureRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-tls-'));
  const { certificate, key } = selfSignedCertificate('redis.test');
  const [certificateFile, keyFile, usersFile] = [join(folder, 'ca.pem'), join(folder, 'key.pem'), join(folder, 'users.acl')];
  writeFileSync(certificateFile, certificate);
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(usersFile, `user default off\nuser ${USER} on >${PASSWORD} ${rights.join(' ')}\n`, { mode: 0o600 });

  const port = await freePort();
  const tls = ['--tls-port', String(port), '--tls-cert-file', certificateFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certificateFile, '--tls-auth-clients', 'yes'];
  const server = new RedisServer(port, { port: 0, arguments: [...tls, '--aclfile', usersFile] });
  t.teardown(async () => {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  await server.start();
  const address = (password: string) => `rediss://${USER}:${encodeURIComponent(password)}@127.0.0.1:${port}?tls_ca=${encodeURIComponent(certificateFile)}`;
  const client = `&tls_cert=${encodeURIComponent(certificateFile)}&tls_key=${encodeURIComponent(keyFile)}`;
  return { server, folder, url: `${address(PASSWORD)}${client}`, urlWithoutCertificate: address(PASSWORD), urlWithWrongPassword: `${address('wrong')}${client}` };
}
