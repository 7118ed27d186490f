import type { BreakerChange } from '../../contract/entities/breaker.ts';
import type { Folder } from '../../contract/entities/chat.ts';
import type { Trace, UsageEntry } from '../../contract/entities/trace.ts';
import type { ConversationDump } from '../../storage/store.ts';
import type { FeedbackReason } from './cast.ts';

/** Made-up data, ready to be stored. Nothing in it depends on the machine or the moment it is made. */
export interface SeedPlan {
  readonly folders: Folder[];
  readonly prompts: {
    readonly id: string;
    readonly name: string;
    readonly versions: { readonly id: string; readonly text: string; readonly note: string; readonly at: number }[];
    readonly labels: Readonly<Record<string, number>>;
  }[];
  readonly conversations: ConversationDump[];
  readonly traces: { readonly trace: Trace; readonly usages: readonly UsageEntry[] }[];
  readonly feedback: {
    readonly id: string;
    readonly messageId: string;
    readonly rating: 'up' | 'down';
    readonly reason: FeedbackReason | null;
    readonly note: string;
    readonly at: number;
  }[];
  readonly breakers: BreakerChange[];
  /** Draft of a conversation that does not exist yet. */
  readonly draft: string;
}

export const emptyPlan = (): SeedPlan => ({
  folders: [],
  prompts: [],
  conversations: [],
  traces: [],
  feedback: [],
  breakers: [],
  draft: '',
});
