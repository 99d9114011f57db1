import type { LoadedSession, ModelSource, RunReply, RunRequest, SessionOptions } from './engine.js';

/**
 * What the pool asks of a thread. Every command is answered once, in the order of arrival. `reset` releases every session; `close` does,
 * and ends the thread.
 */
export type ThreadCommand =
  | { readonly kind: 'load'; readonly id: string; readonly source: ModelSource; readonly options: SessionOptions }
  | { readonly kind: 'unload'; readonly id: string }
  | { readonly kind: 'run'; readonly request: RunRequest }
  | { readonly kind: 'reset' }
  | { readonly kind: 'close' };

export type CommandMessage = ThreadCommand & { readonly ticket: number };

/** What a command is answered: null where there is nothing to say. */
export interface AnswerOf {
  load: LoadedSession;
  unload: null;
  run: RunReply;
  reset: null;
  close: null;
}

export type Answer = AnswerOf[keyof AnswerOf];

/** `session` names the session whose step failed; null where no step is to blame. */
export interface ThreadFault {
  readonly session: string | null;
  readonly message: string;
}

export type ReplyMessage =
  | { readonly ticket: number; readonly answer: Answer }
  | { readonly ticket: number; readonly fault: ThreadFault };
