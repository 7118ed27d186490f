import { useEffect, useState } from 'react';
import { useCall } from './hooks.ts';
import { call } from './link.ts';

/** What a pinned prompt version is called: the prompt's name and the version's number. */
export interface VersionName {
  readonly versionId: string;
  readonly promptId: string;
  readonly name: string;
  readonly number: number;
}

const NONE: ReadonlyMap<string, VersionName> = new Map();

/** Names of all stored prompt versions by id; asks only while `wanted`. */
export const useVersionNames = (wanted: boolean): ReadonlyMap<string, VersionName> => {
  const prompts = useCall('prompt.list', wanted ? {} : null, { topics: ['prompts'] }).data?.prompts;
  const [names, setNames] = useState(NONE);
  useEffect(() => {
    if (prompts === undefined) return undefined;
    let current = true;
    const lists = prompts.map(async (prompt) => {
      const { versions } = await call('prompt.versions', { promptId: prompt.id });
      return versions.map(({ id, number }) => ({ versionId: id, promptId: prompt.id, name: prompt.name, number }));
    });
    Promise.all(lists).then(
      (found) => {
        if (current) setNames(new Map(found.flat().map((version) => [version.versionId, version])));
      },
      // Without names the lists still work: they show that a version was pinned.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [prompts]);
  return names;
};
