import type { PolicyVersion } from '../../contract/policy.ts';

/** Where versions of policies are kept. Versions never change. */
export interface PolicyStore {
  /** Oldest first; empty = none of this name. */
  versions(name: string): PolicyVersion[];
  /** The next number of this name. `at` = epoch ms. */
  add(name: string, text: string, note: string, at: number): PolicyVersion;
}

/** Versions of this run only. */
export function createMemoryPolicyStore(): PolicyStore {
  const kept = new Map<string, PolicyVersion[]>();
  return {
    versions: (name) => [...(kept.get(name) ?? [])],
    add(name, text, note, at) {
      const before = kept.get(name) ?? [];
      const version: PolicyVersion = { number: before.length + 1, text, note, createdAt: at };
      kept.set(name, [...before, version]);
      return version;
    },
  };
}
