import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '../core/errors.js';
import { EngineRunError } from './engine.js';
import type { LoadedSession, RunReply } from './engine.js';
import { freeBytes, transferListOf } from './tensor-transfer.js';
import type { SessionHost } from './thread-host.js';
import type { Answer, CommandMessage, ReplyMessage, ThreadFault } from './thread-protocol.js';

/** The bytes of a model are this thread's own, and of no use once the session is open. */
async function load(host: SessionHost, { id, source, options }: Extract<CommandMessage, { kind: 'load' }>): Promise<LoadedSession> {
  try {
    return await host.load(id, source, options);
  } finally {
    if ('bytes' in source) freeBytes(source.bytes);
  }
}

async function execute(host: SessionHost, command: CommandMessage): Promise<Answer> {
  switch (command.kind) {
    case 'load':
      return load(host, command);
    case 'unload':
      await host.unload(command.id);
      return null;
    case 'run':
      return host.run(command.request);
    case 'reset':
    case 'close':
      await host.close();
      return null;
  }
}

function faultOf(error: unknown): ThreadFault {
  return { session: error instanceof EngineRunError ? error.session : null, message: messageOf(error) };
}

async function replyTo(host: SessionHost, command: CommandMessage, port: MessagePort): Promise<void> {
  const { ticket } = command;
  try {
    const answer = await execute(host, command);
    const transfer = command.kind === 'run' ? transferListOf((answer as RunReply).tensors) : [];
    port.postMessage({ ticket, answer } satisfies ReplyMessage, transfer);
  } catch (error) {
    port.postMessage({ ticket, fault: faultOf(error) } satisfies ReplyMessage);
  }
}

/** Answers the commands of a port strictly one after the other; `close` closes the port, which ends the thread. */
export function serveCommands(port: MessagePort, host: SessionHost): void {
  let last = Promise.resolve();
  port.on('message', (command: CommandMessage) => {
    last = last.then(() => replyTo(host, command, port)).then(() => {
      if (command.kind === 'close') port.close();
    });
  });
}
