import { Cluster } from 'ioredis';

type SendArguments = Parameters<Cluster['sendCommand']>;

/**
 * A cluster connection whose commands fail at once while the cluster is away. ioredis' own switch for that (`enableOfflineQueue: false`) also
 * rejects what is sent to a node whose connection is just being made; with it on, such a command waits in the node's queue under its
 * time-out, but one that is sent while no node is known would wait without any.
 */
export class PromptCluster extends Cluster {
  override sendCommand(...args: SendArguments): unknown {
    const [command] = args;
    // What was rejected in the meantime is not sent any more.
    if (command.isSettled) return command.promise;
    // CLUSTER is how ioredis itself finds out whether it is ready.
    if (this.status === 'ready' || command.name === 'cluster') return super.sendCommand(...args);
    command.reject(new Error("Cluster isn't ready"));
    return command.promise;
  }
}
