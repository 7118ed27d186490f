import { resolve } from 'node:path';
import { healthyMachine } from '../../electron/router/decide.ts';
import type { Features, Health } from '../../electron/router/decide.ts';
import { loadBuiltInPolicies } from '../../electron/router/policy/built-in.ts';
import type { LoadedPolicy } from '../../electron/router/policy/loaded.ts';
import { parsePolicy } from '../../electron/router/policy/parse.ts';

const builtIns = loadBuiltInPolicies(resolve(import.meta.dirname, '..', '..', 'resources'));

/** A built-in policy as shipped. */
export function builtIn(name: string): LoadedPolicy {
  const found = builtIns.find(name);
  if (!found || found.text === '') throw new Error(`no built-in ${name}`);
  return found;
}

/** A policy from its YAML, without the name. */
export function policyFrom(text: string): LoadedPolicy {
  const parsed = parsePolicy(`name: test\n${text}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { policy: parsed.policy, name: 'test', version: 1, text };
}

/** A short plain question from the window, with these facts changed. */
export const plainFeatures = (more: Partial<Features> = {}): Features => ({
  route: 'auto',
  private: false,
  source: 'app',
  messageTokens: 10,
  fixedTokens: 0,
  historyTokens: 50,
  messages: 3,
  maxTokens: null,
  languages: ['en'],
  code: false,
  math: false,
  difficulty: 0.2,
  images: 0,
  tools: false,
  schema: false,
  sticky: null,
  text: '',
  ...more,
});

/** A machine with 64 GB free at 1 s, with these facts changed. */
export const health = (more: Partial<Health> = {}): Health => ({
  ...healthyMachine(1000),
  freeBytes: 64 * 2 ** 30,
  ...more,
});
