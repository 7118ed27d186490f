import { useMemo } from 'react';
import { useCall } from '../../../link/index.ts';
import { useVersionNames } from '../../../link/version-names.ts';
import { tracesText } from '../text.ts';
import { OTHERS } from './state.ts';
import type { Grouping } from './state.ts';
import { dashboardText } from './text.ts';

/** What a group is called where people read it. */
export type GroupName = (by: Grouping, name: string) => string;

export const useGroupNames = (): GroupName => {
  const t = dashboardText.useText();
  const words = tracesText.useText();
  const models = useCall('model.list', {}, { topics: ['models'] }).data?.models;
  const known = useVersionNames(true);
  return useMemo(() => {
    const named = new Map(models?.map(({ id, name }) => [id, name]));
    return (grouping, name) => {
      if (name === OTHERS) return t('group.others');
      if (name === '') return t(grouping === 'prompt' ? 'group.noPrompt' : 'group.none');
      switch (grouping) {
        case 'none':
          return t('overall');
        case 'model':
          return named.get(name) ?? name;
        case 'route':
          return name === 'local' || name === 'cloud' || name === 'cached' ? words(`route.${name}`) : name;
        case 'prompt': {
          const version = known.get(name);
          return version === undefined
            ? `${words('thisVersion')} ${name.slice(-6)}`
            : words('promptVersion', { name: version.name, number: version.number });
        }
      }
    };
  }, [t, words, models, known]);
};
