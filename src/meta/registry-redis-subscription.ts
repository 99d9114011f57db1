import type { Clock } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { RedisClient } from '../ledger/redis/client.js';
import type { RedisConnection } from '../ledger/redis/connection.js';
import { isPassing } from '../ledger/redis/errors.js';

type NodeOfCluster = Extract<RedisConnection, { nodes: unknown }>;
type Single = Exclude<RedisConnection, NodeOfCluster>;

/**
 * How often the connection is asked whether it is there. What does not answer within the connection's socket time-out is closed and
 * opened again, so a peer that vanished without a word is noticed after the sum of both.
 */
const PROBE_MILLISECONDS = 1_000;
/** Pause before another node of a cluster is tried. */
const NODE_PAUSE_MILLISECONDS = 100;

export interface SubscriptionOptions {
  readonly client: Pick<RedisClient, 'connect' | 'logger'>;
  readonly channel: string;
  readonly clock: Clock;
  onMessage(text: string): void;
  /** The channel is heard from now on: at the start, and after each loss. What came before may have been missed. */
  onSubscribed(): void;
}

/** Hears a channel on a connection of its own until the client is closed, whatever becomes of Redis meanwhile. */
export function keepSubscribed(options: SubscriptionOptions): void {
  const connection = options.client.connect('subscriber');
  if ('nodes' in connection) followCluster(connection, options);
  else listen(connection, options);
}

/**
 * ioredis moves a cluster's subscription from node to node without telling, and asks no node whether it is still there. So one node is
 * listened to directly (each gets the messages of all), and another one when it is lost.
 */
function followCluster(cluster: NodeOfCluster, options: SubscriptionOptions): void {
  const { clock, client: { logger } } = options;
  let current: Single | null = null;
  let ended = false;
  const later = () => void clock.after(NODE_PAUSE_MILLISECONDS, open);
  const open = () => {
    if (ended) return;
    const nodes = cluster.nodes();
    const node = nodes[Math.floor(Math.random() * nodes.length)];
    if (node === undefined) {
      later();
      return;
    }
    current = node.duplicate({ lazyConnect: false, retryStrategy: null, readOnly: false });
    current.on('error', (error: Error) => logger.debug({ err: messageOf(error) }, 'redis connection failed'));
    current.once('end', later);
    listen(current, options);
  };
  cluster.on('-node', ({ options: gone }: Single) => {
    if (current?.options.host === gone.host && current?.options.port === gone.port) current?.disconnect();
  });
  cluster.once('end', () => {
    ended = true;
    current?.disconnect();
  });
  open();
}

/** To subscribe again is the question whether the connection is there: it can be asked in every protocol, and mends what is broken. */
function listen(connection: Single, { client: { logger }, channel, clock, onMessage, onSubscribed }: SubscriptionOptions): void {
  let subscribed = false;
  let asking = false;
  let complaint = '';
  const answered = () => {
    complaint = '';
    if (subscribed) return;
    subscribed = true;
    onSubscribed();
  };
  const refused = (error: unknown) => {
    const message = messageOf(error);
    if (!isPassing(error) && message !== complaint) logger.error({ err: message, channel }, 'promotions cannot be heard of');
    complaint = message;
  };
  const ask = async () => {
    if (asking || connection.status !== 'ready') return;
    asking = true;
    await connection.subscribe(channel).then(answered, refused);
    asking = false;
  };
  const probe = () => {
    if (connection.status === 'end') return;
    void ask();
    clock.after(PROBE_MILLISECONDS, probe);
  };
  connection.on('message', (_channel: string, text: string) => onMessage(text));
  connection.on('close', () => (subscribed = false));
  connection.on('ready', () => void ask());
  probe();
}
