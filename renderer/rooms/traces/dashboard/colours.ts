import type { Grouping } from './state.ts';
import { OTHERS } from './state.ts';

/** How a line or a part of a stack is drawn: a CSS colour, and dashes where colour alone would not tell two apart. */
export interface Look {
  readonly colour: string;
  readonly dashed: boolean;
}

/** So much of a colour, the rest is what lies behind: shades of one colour read as parts of one thing. */
const shade = (name: string, percent: number): string =>
  percent === 100 ? `var(--${name})` : `color-mix(in oklab, var(--${name}) ${String(percent)}%, var(--surface))`;
const solid = (colour: string): Look => ({ colour, dashed: false });
const dashed = (colour: string): Look => ({ colour, dashed: true });

/** Lines and parts that have a meaning of their own. */
export const PARTS = {
  p50: solid(shade('ink', 90)),
  p95: solid(shade('ink', 60)),
  p99: dashed(shade('ink', 60)),
  ok: solid(shade('ink', 42)),
  stopped: solid(shade('ink', 26)),
  failed: solid(shade('failed', 100)),
  tokensIn: solid(shade('ink', 30)),
  tokensCached: solid(shade('cached', 100)),
  tokensOut: solid(shade('ink', 75)),
  cost: solid(shade('ink', 60)),
  saved: solid(shade('local', 100)),
  answersCached: solid(shade('cached', 100)),
  promptReused: dashed(shade('ink', 60)),
  degraded: solid(shade('degraded', 100)),
  failedShare: solid(shade('failed', 100)),
  'origin.model': solid('var(--chart-1)'),
  'origin.prompt': solid('var(--chart-2)'),
  'origin.infrastructure': solid('var(--chart-3)'),
  'origin.user': solid('var(--chart-4)'),
  'route.local': solid(shade('local', 100)),
  'route.cloud': solid(shade('cloud', 100)),
  'route.cached': solid(shade('cached', 100)),
  'route.none': solid(shade('ink', 20)),
} as const satisfies Record<string, Look>;

/** Shades of one colour that can still be told apart; more of them begin again, dashed. */
const SHADES = [100, 62, 38];
const HUES = 8;

/** `place` counts the groups of the same kind, from 0. */
export const groupColour = (by: Grouping, name: string, place: number): Look => {
  if (name === '') return solid(shade('ink', 50));
  if (name === OTHERS) return dashed(shade('ink', 50));
  if (by === 'route') return solid(shade(name, 100));
  if (by === 'model') {
    const colour = shade(name.startsWith('local/') ? 'local' : 'cloud', SHADES[place % SHADES.length] ?? 100);
    return place < SHADES.length ? solid(colour) : dashed(colour);
  }
  return solid(`var(--chart-${String((place % HUES) + 1)})`);
};
