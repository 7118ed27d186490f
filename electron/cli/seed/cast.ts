import type { FEEDBACK_REASONS } from '../../contract/names.ts';
import { STARTER_MODEL_ID } from '../../contract/names.ts';

export type FeedbackReason = (typeof FEEDBACK_REASONS)[number];

/** A model as the seeded days know it. */
export interface SeedModel {
  readonly id: string;
  readonly name: string;
  readonly route: 'local' | 'cloud';
  readonly contextTokens: number;
  readonly tokensPerSecond: number;
  readonly prefillPerSecond: number;
  /** Before the first token: queueing, network. */
  readonly overheadMs: number;
  readonly usdPerMTokIn: number;
  readonly usdPerMTokOut: number;
  readonly quality: number;
}

export const CAST = {
  starter: {
    id: STARTER_MODEL_ID,
    name: 'Switchyard Starter',
    route: 'local',
    contextTokens: 1024,
    tokensPerSecond: 1310,
    prefillPerSecond: 5200,
    overheadMs: 9,
    usdPerMTokIn: 0,
    usdPerMTokOut: 0,
    quality: 0.12,
  },
  qwen: {
    id: 'local/qwen2.5-1.5b-instruct-q4_k_m',
    name: 'Qwen2.5 1.5B Instruct',
    route: 'local',
    contextTokens: 32_768,
    tokensPerSecond: 31,
    prefillPerSecond: 240,
    overheadMs: 14,
    usdPerMTokIn: 0,
    usdPerMTokOut: 0,
    quality: 0.46,
  },
  big: {
    id: 'acme/big',
    name: 'Acme Big',
    route: 'cloud',
    contextTokens: 128_000,
    tokensPerSecond: 74,
    prefillPerSecond: 9000,
    overheadMs: 410,
    usdPerMTokIn: 2.5,
    usdPerMTokOut: 10,
    quality: 0.9,
  },
  small: {
    id: 'acme/small',
    name: 'Acme Small',
    route: 'cloud',
    contextTokens: 64_000,
    tokensPerSecond: 128,
    prefillPerSecond: 14_000,
    overheadMs: 230,
    usdPerMTokIn: 0.15,
    usdPerMTokOut: 0.6,
    quality: 0.68,
  },
} as const satisfies Record<string, SeedModel>;

export type SeedModelKey = keyof typeof CAST;

export const FOLDERS = ['Garden', 'Thesis', 'Work'] as const;

/** Prompts with their whole history, oldest version first. */
export const PROMPTS: readonly {
  readonly name: string;
  readonly versions: readonly { readonly text: string; readonly note: string; readonly daysAgo: number }[];
  readonly labels: Readonly<Record<string, number>>;
}[] = [
  {
    name: 'Plain writer',
    versions: [
      {
        text: 'You are a helpful writing assistant.',
        note: 'First try.',
        daysAgo: 6.9,
      },
      {
        text: 'You help people write clearly. Prefer short sentences and common words. Keep the meaning.',
        note: 'Say what "helpful" means: shorter sentences.',
        daysAgo: 5.2,
      },
      {
        text: 'You help people write clearly.\n\n- Prefer short sentences and common words.\n- Keep the meaning and the tone.\n- Change nothing that is already good.\n- Show only the new text, no comments.',
        note: 'It kept explaining its changes; now it shows only the text.',
        daysAgo: 3.1,
      },
    ],
    labels: { production: 3, previous: 2 },
  },
  {
    name: 'Code reviewer',
    versions: [
      {
        text: 'You review code. Name the most serious problem first, then at most three smaller ones. Quote the line. Suggest the smallest change that fixes it.',
        note: '',
        daysAgo: 6.5,
      },
      {
        text: 'You review code. Name the most serious problem first, then at most three smaller ones. Quote the line. Suggest the smallest change that fixes it. If the code is fine, say so in one sentence.',
        note: 'It invented problems when there were none.',
        daysAgo: 2.4,
      },
    ],
    labels: { production: 2, staging: 2 },
  },
  {
    name: 'Tutor',
    versions: [
      {
        text: 'You are a patient tutor. Ask one question at a time. Never give the answer before the student has tried.',
        note: 'For the statistics course.',
        daysAgo: 4.6,
      },
    ],
    labels: { production: 1 },
  },
];
