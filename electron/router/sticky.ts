import type { Clock } from '../base/clock.ts';
import type { Limits } from '../contract/policy.ts';
import type { Sticky } from './features/features.ts';
import type { LoadedPolicy } from './policy/loaded.ts';

/** Remembered conversations; the oldest is forgotten first. */
const MOST_REMEMBERED = 1000;

/** The policy that a model was chosen by. */
export type StickyPolicy = Pick<LoadedPolicy, 'name' | 'version'> & {
  readonly policy: { readonly limits: Pick<Limits, 'stickySeconds'> };
};

/** Which model a conversation stays with for a while, so that its style and the provider's prompt cache hold. */
export interface StickyMemory {
  /** null = none, its time is over, or another policy or version of it decides now. */
  of(conversationId: string | null, policy: StickyPolicy): Sticky | null;
  /** A reply of the first choice ended well now: the conversation stays with its model as long as the policy says. */
  replied(conversationId: string | null, modelId: string, policy: StickyPolicy): void;
  forget(conversationId: string): void;
}

export function createStickyMemory(clock: Pick<Clock, 'now'>): StickyMemory {
  const kept = new Map<string, { readonly sticky: Sticky; readonly by: string }>();
  const nameOf = ({ name, version }: StickyPolicy): string => `${name} ${String(version)}`;
  return {
    of(conversationId, policy) {
      const found = conversationId === null ? undefined : kept.get(conversationId);
      return found && found.by === nameOf(policy) && found.sticky.untilMs > clock.now() ? found.sticky : null;
    },
    replied(conversationId, modelId, policy) {
      const { stickySeconds } = policy.policy.limits;
      if (conversationId === null) return;
      kept.delete(conversationId);
      if (stickySeconds <= 0) return;
      const sticky = { modelId, untilMs: clock.now() + stickySeconds * 1000 };
      kept.set(conversationId, { sticky, by: nameOf(policy) });
      const oldest = kept.size > MOST_REMEMBERED ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
    },
    forget: (conversationId) => void kept.delete(conversationId),
  };
}
