import type { Policy } from '../../contract/policy.ts';

/** A policy ready to decide by. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly name: string;
  /** 0 = the built-in as shipped. */
  readonly version: number;
  readonly text: string;
}
