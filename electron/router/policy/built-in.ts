import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_IN_POLICIES } from '../../contract/names.ts';
import { policy as policySchema } from '../../contract/policy.ts';
import type { LoadedPolicy } from './loaded.ts';
import { parsePolicy } from './parse.ts';

/** In force when nothing else can be read: models of this machine alone. */
const LAST_RESORT: LoadedPolicy = {
  policy: policySchema.parse({
    name: 'local-first',
    description: 'Models of this machine only, because the shipped policies could not be read.',
    constraints: { kinds: ['local'] },
  }),
  name: 'local-first',
  version: 0,
  text: '',
};

/** The policies that ship with the app. */
export interface BuiltInPolicies {
  /** null = there is no built-in of this name. */
  find(name: string): LoadedPolicy | null;
  /** The default, `local-first`. */
  readonly usual: () => LoadedPolicy;
}

/** Reads each policy that ships with the app when it is first wanted, once. An unreadable file gives the safest policy under its name. */
export function loadBuiltInPolicies(resourcesDir: string): BuiltInPolicies {
  const read = (name: string): LoadedPolicy => {
    try {
      const text = readFileSync(join(resourcesDir, 'policies', `${name}.yaml`), 'utf8');
      const parsed = parsePolicy(text);
      return parsed.ok ? { policy: parsed.policy, name, version: 0, text } : { ...LAST_RESORT, name, text };
    } catch {
      return { ...LAST_RESORT, name };
    }
  };
  const kept = new Map<string, LoadedPolicy>();
  const find = (name: string): LoadedPolicy | null => {
    if (!BUILT_IN_POLICIES.some((builtIn) => builtIn === name)) return null;
    const made = kept.get(name) ?? read(name);
    kept.set(name, made);
    return made;
  };
  return {
    find,
    usual: () => find(LAST_RESORT.name) ?? LAST_RESORT,
  };
}
