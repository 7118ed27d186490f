import type { BreakerChange } from '../../contract/entities/breaker.ts';
import { CAST } from './cast.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

type Owner = Pick<BreakerChange, 'of' | 'subject'>;

/** Opened at `from`, tried at each of these minutes after it without luck, and closed. */
function outage(owner: Owner, from: number, because: BreakerChange['because'], tries: number[], end: number) {
  const changes: BreakerChange[] = [];
  [0, ...tries].forEach((minute, place) => {
    const at = from + minute * MINUTE_MS;
    if (place > 0) changes.push({ ...owner, at: at - 2000, state: 'half-open', because, until: null });
    const next = tries[place];
    const until = next === undefined ? from + end * MINUTE_MS - 3000 : from + next * MINUTE_MS - 2000;
    changes.push({ ...owner, at, state: 'open', because, until });
  });
  const at = from + end * MINUTE_MS;
  changes.push({ ...owner, at: at - 3000, state: 'half-open', because, until: null });
  changes.push({ ...owner, at, state: 'closed', because: 'answered', until: null });
  return changes;
}

/** What breakers did in the made-up week: the outage that is told of in a conversation, a key that ran out, an engine that crashed. */
export function breakersOf(now: number): BreakerChange[] {
  const morning = (daysAgo: number, hour: number): number =>
    new Date(now - daysAgo * DAY_MS).setHours(0, 0, 0, 0) + hour * 60 * MINUTE_MS;
  const acme: Owner = { of: 'provider', subject: 'acme' };
  const big: Owner = { of: 'model', subject: CAST.big.id };
  const qwen: Owner = { of: 'model', subject: CAST.qwen.id };
  const key = morning(4, 13.2);
  const crash = morning(5, 19.4);
  const changes: BreakerChange[] = [
    ...outage(acme, morning(1, 8.9), 'overloaded', [0.4, 1.1, 2.5, 5, 10, 15, 20], 26),
    ...outage(big, morning(1, 8.9), 'overloaded', [0.4, 1.1, 2.5, 5, 10, 15, 20], 26),
    { ...acme, at: key, state: 'open', because: 'auth', until: null },
    { ...acme, at: key + 170 * MINUTE_MS, state: 'closed', because: 'key', until: null },
    { ...qwen, at: crash, state: 'open', because: 'local_crash', until: crash + 20_000 },
    { ...qwen, at: crash + 310 * MINUTE_MS, state: 'closed', because: 'restart', until: null },
  ];
  return changes.filter(({ at }) => at < now).sort((a, b) => a.at - b.at);
}
