import type { Bench, FileCheck, Models as ModelRoom } from '../model/index.ts';

/** What orchestration asks of the model room. `list` is cheap: it is read once a turn. */
export type Models = Pick<
  ModelRoom,
  | 'list'
  | 'engine'
  | 'onChange'
  | 'import'
  | 'remove'
  | 'problemOf'
  | 'refresh'
  | 'load'
  | 'unload'
  | 'calibrate'
  | 'provider'
  | 'providers'
  | 'dispose'
> & {
  /** Resolves when the model folders were looked through once; absent = nothing to wait for. */
  readonly ready?: Promise<void>;
  /** Every listed file looked at anew; absent where models have no files. */
  checkFiles?(): Promise<FileCheck[]>;
  /** Nothing of this conversation's state stays on disk; absent where none is kept. */
  forgetState?(conversationId: string): void;
  /** Measures models; absent where there are none of this machine. */
  readonly bench?: Bench;
  onBench?(listener: (what: 'run' | 'reports') => void): () => void;
};
