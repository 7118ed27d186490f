import { breakersOf } from './breakers.ts';
import { addConversation, addFurniture } from './build.ts';
import { createChance } from './chance.ts';
import { longTalk } from './long-talk.ts';
import { manyTraces } from './many-traces.ts';
import { emptyPlan } from './plan.ts';
import type { SeedPlan } from './plan.ts';
import { LIFE } from './week-life.ts';
import { STUDY } from './week-study.ts';
import { TROUBLE } from './week-trouble.ts';
import { WORK } from './week-work.ts';

export const SCENARIOS = ['empty', 'week', 'long', 'traces'] as const;
export type Scenario = (typeof SCENARIOS)[number];

const LONG_MESSAGES = 10_000;
const MANY_TRACES = 1000;
/** All chance in made-up data begins here. */
export const SEED = 20_261_123;

/** The made-up data of one scenario, ending at `now`. The same for the same moment, on every machine of one time zone. */
export function planScenario(scenario: Scenario, now: number): SeedPlan {
  const chance = createChance(SEED);
  const plan = emptyPlan();
  switch (scenario) {
    case 'empty':
      return plan;
    case 'week': {
      addFurniture(plan, now, chance);
      const week = [...WORK, ...STUDY, ...LIFE, ...TROUBLE];
      week.sort((a, b) => b.daysAgo - a.daysAgo || a.hour - b.hour);
      for (const script of week) addConversation(plan, script, now, chance);
      plan.breakers.push(...breakersOf(now));
      return { ...plan, draft: 'Remind me what the Belfry costs for ' };
    }
    case 'long': {
      const turns = longTalk(LONG_MESSAGES / 2, chance);
      addConversation(plan, { title: 'A question a day', daysAgo: 9, hour: 8, pinned: true, turns }, now, chance);
      return plan;
    }
    case 'traces':
      plan.traces.push(...manyTraces(MANY_TRACES, now, chance));
      return plan;
  }
}
