import type { BreakerChange } from '../../../../electron/contract/entities/breaker.ts';
import type { Stretch } from './state.ts';

/** A time in which a breaker was not closed. Epoch ms. */
export interface Band {
  readonly from: number;
  /** null = it still is so. */
  readonly to: number | null;
  readonly state: 'open' | 'half-open';
  readonly because: BreakerChange['because'];
  /** What came of it; null = nothing yet, or another state. */
  readonly ended: BreakerChange['because'] | null;
}
/** One breaker with its bands, oldest first, none of which overlap. */
export interface BreakerRow {
  readonly of: BreakerChange['of'];
  readonly subject: string;
  readonly bands: readonly Band[];
}

/**
 * Changes as bands up to `until` (epoch ms; what lies beyond is not known yet). A breaker is half-open from the moment it stated,
 * whether or not anybody has tried since. Providers first, each before its models.
 */
export function bandsOf(changes: readonly BreakerChange[], until: number): BreakerRow[] {
  const breakers = new Map<string, BreakerChange[]>();
  for (const change of changes) {
    const key = `${change.of} ${change.subject}`;
    breakers.set(key, [...(breakers.get(key) ?? []), change]);
  }
  const rows = [...breakers.values()].flatMap((all): BreakerRow[] => {
    const [first] = all;
    if (first === undefined) return [];
    const bands = all.flatMap((change, place): Band[] => {
      const next = all[place + 1] ?? null;
      const { state, because } = change;
      if (state === 'closed') return [];
      const to = next?.at ?? null;
      const end = next?.state === 'closed' ? next.because : null;
      const turns = state === 'open' ? change.until : null;
      if (turns === null || turns >= (to ?? until)) return [{ from: change.at, to, state, because, ended: end }];
      return [
        { from: change.at, to: turns, state: 'open', because, ended: null },
        { from: turns, to, state: 'half-open', because, ended: end },
      ];
    });
    const { of, subject } = first;
    return bands.length === 0 ? [] : [{ of, subject, bands: joined(bands) }];
  });
  const place = ({ of, subject }: BreakerRow): string => (of === 'provider' ? `${subject}/` : subject);
  return rows.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** A change to half-open that was written when it began follows the band that already says so, and is the same. */
const joined = (bands: readonly Band[]): Band[] =>
  bands.reduce<Band[]>((all, band) => {
    const last = all.at(-1);
    if (last?.state === 'half-open' && band.state === 'half-open' && last.to === band.from)
      return [...all.slice(0, -1), { ...band, from: last.from }];
    return band.to === band.from ? all : [...all, band];
  }, []);

/** The row of a chart and the band a pointer is at; nearest within `slackMs`, so that a short one can be pointed at. */
export const bandAt = (row: BreakerRow | undefined, moment: number, until: number, slackMs: number): Band | null => {
  const away = ({ from, to }: Band): number => Math.max(from - moment, moment - (to ?? until), 0);
  const near = row?.bands.filter((band) => away(band) <= slackMs).sort((a, b) => away(a) - away(b));
  return near?.[0] ?? null;
};

/** Ms a breaker was open or half-open within a stretch. */
export const awayIn = ({ bands }: BreakerRow, { since, until }: Stretch): number =>
  bands.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to ?? until, until) - Math.max(from, since)), 0);
