import t from 'tap';
import { parseRedisUrl } from '../../src/ledger/redis/address.js';

const plain = { cluster: false, db: 0, username: null, password: null, tls: null };
const tls = { ca: null, cert: null, key: null, servername: null };

t.test('the forms of REDIS_URL', async (t) => {
  const forms = {
    'redis://host': { ...plain, nodes: [{ host: 'host', port: 6379 }] },
    'redis://10.0.0.1:7000/3': { ...plain, db: 3, nodes: [{ host: '10.0.0.1', port: 7000 }] },
    'redis://host/': { ...plain, nodes: [{ host: 'host', port: 6379 }] },
    'redis://[::1]:7000': { ...plain, nodes: [{ host: '::1', port: 7000 }] },
    'redis://:p%40ss%2Fword@host': { ...plain, password: 'p@ss/word', nodes: [{ host: 'host', port: 6379 }] },
    'redis://user:a:b@host': { ...plain, username: 'user', password: 'a:b', nodes: [{ host: 'host', port: 6379 }] },
    'redis://user@host': { ...plain, username: 'user', nodes: [{ host: 'host', port: 6379 }] },
    'redis://a:1,b:2,c': { ...plain, cluster: true, nodes: [{ host: 'a', port: 1 }, { host: 'b', port: 2 }, { host: 'c', port: 6379 }] },
    'redis://a?cluster=true': { ...plain, cluster: true, nodes: [{ host: 'a', port: 6379 }] },
    'rediss://u:p@a:1,b:2/?tls_ca=/etc/ca.pem': { ...plain, cluster: true, username: 'u', password: 'p', tls: { ...tls, ca: '/etc/ca.pem' }, nodes: [{ host: 'a', port: 1 }, { host: 'b', port: 2 }] },
    'rediss://host?tls_cert=c.pem&tls_key=k.pem&tls_servername=redis.local': { ...plain, tls: { ...tls, cert: 'c.pem', key: 'k.pem', servername: 'redis.local' }, nodes: [{ host: 'host', port: 6379 }] },
  };
  for (const [url, address] of Object.entries(forms)) t.same(parseRedisUrl(url), address, url);
});

t.test('what is wrong is said, without the password', async (t) => {
  const faults = {
    'http://host': /has another form/,
    'redis://': /has another form/,
    'redis://user:secret@': /has another form/,
    'redis://user:secret@host:99999': /has a host that cannot be read/,
    'redis://user:secret@host:0': /has a host that cannot be read/,
    'redis://user:secret@a,,b': /has a host that cannot be read/,
    'redis://user:secret@a/2x': /has another form/,
    'redis://user:sec%ret@a': /not percent-encoded/,
    'redis://user:secret@a,b/2': /names a database, but a cluster has only database 0/,
    'redis://user:secret@a?tls=yes': /has an unknown parameter tls/,
    'redis://user:secret@a?cluster=yes': /cluster must be true or false/,
    'redis://user:secret@a,b?cluster=false': /names several hosts/,
    'redis://user:secret@a?tls_ca=x.pem': /needs rediss/,
    'rediss://user:secret@a?tls_cert=x.pem': /tls_cert and tls_key/,
  };
  for (const [url, message] of Object.entries(faults)) {
    t.throws(() => parseRedisUrl(url), { code: 'CONFIG_INVALID', message }, url);
    try {
      parseRedisUrl(url);
    } catch (error) {
      t.notMatch((error as Error).message, /sec/, url);
    }
  }
});
