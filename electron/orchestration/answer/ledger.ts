import type { MintId } from '../../base/ids.ts';
import type { UsageEntry } from '../../contract/entities/trace.ts';
import type { Outcome } from '../../router/index.ts';
import type { Answer, AnswerRequest, LedgerLine } from './types.ts';

/** One line an attempt that used anything; what was saved stands on the last. */
export function ledgerOf(outcome: Pick<Outcome, 'attempts' | 'savedUsd'>, request: AnswerRequest): LedgerLine[] {
  const used = outcome.attempts.filter(({ usage }) => usage.tokensIn + usage.tokensOut > 0);
  return used.map(({ modelId, providerId, usage, costUsd }, at) => ({
    modelId,
    providerId,
    tokensIn: usage.tokensIn,
    tokensCached: usage.tokensCached,
    tokensOut: usage.tokensOut,
    costUsd,
    tokenName: request.token?.name ?? null,
    savedUsd: at === used.length - 1 ? outcome.savedUsd : 0,
  }));
}

/** Lines of the ledger, with their ids. */
export const ledgerEntries = (answer: Answer, traceId: string, at: number, mintId: MintId): UsageEntry[] =>
  answer.ledger.map((line) => ({ id: mintId(), traceId, at, ...line }));
