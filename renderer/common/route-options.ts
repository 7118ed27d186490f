import type { ModelEntry } from '../../electron/contract/entities/model.ts';
import { ROUTE_AUTO, ROUTE_LOCAL } from '../../electron/contract/names.ts';
import { formatPrice } from '../kit/index.ts';
import type { SelectOption } from '../kit/index.ts';
import type { routeWords } from './route-words.ts';
import { said } from './core-words/index.ts';

type Say = typeof routeWords.t;

/** May this model answer a conversation that is private? */
export const mayAnswerPrivate = (model: ModelEntry): boolean => model.kind === 'local' || model.trustedForPrivate;

const hintOf = (model: ModelEntry, isPrivate: boolean, t: Say): string | null => {
  if (isPrivate && !mayAnswerPrivate(model)) return t('routeNotPrivate');
  if (model.problem !== null) return said(model.problem);
  if (model.state === 'no-key') return t('routeNoKey');
  if (model.state === 'disabled') return t('routeDisabled');
  if (model.price === null) return null;
  return t('routePrice', { in: formatPrice(model.price.usdPerMTokIn), out: formatPrice(model.price.usdPerMTokOut) });
};

/** Can it be chosen now? */
export const isUsable = (model: ModelEntry, isPrivate: boolean): boolean =>
  model.problem === null &&
  model.state !== 'no-key' &&
  model.state !== 'disabled' &&
  (!isPrivate || mayAnswerPrivate(model));

/**
 * What `combobox "Route"` offers: Automatic, Local only, then one model of this machine or of a provider. Who cannot be
 * chosen stays in the list and says why. `route` is the choice in force: kept even when its model is gone.
 */
export function routeOptions(
  models: readonly ModelEntry[],
  providerNames: ReadonlyMap<string, string>,
  route: string,
  isPrivate: boolean,
  t: Say,
): SelectOption[] {
  const options: SelectOption[] = [
    { value: ROUTE_AUTO, label: t('routeAuto'), hint: t(isPrivate ? 'routeAutoPrivateHint' : 'routeAutoHint') },
    { value: ROUTE_LOCAL, label: t('routeLocal'), hint: t('routeLocalHint') },
  ];
  const groupOf = (model: ModelEntry): string =>
    model.kind === 'local' ? t('routeHere') : (providerNames.get(model.provider) ?? model.provider);
  const groups = new Map<string, ModelEntry[]>();
  for (const model of models.toSorted((a, b) => Number(a.kind === 'cloud') - Number(b.kind === 'cloud'))) {
    if (model.capabilities.embeddings && !model.capabilities.tools && model.kind === 'cloud') continue;
    const group = groups.get(groupOf(model));
    if (group === undefined) groups.set(groupOf(model), [model]);
    else group.push(model);
  }
  for (const [group, members] of groups) {
    const usable = members.filter((model) => isUsable(model, isPrivate));
    for (const model of [...usable, ...members.filter((member) => !usable.includes(member))]) {
      const hint = hintOf(model, isPrivate, t);
      options.push({
        value: model.id,
        label: model.name,
        group,
        disabled: !isUsable(model, isPrivate),
        ...(hint === null ? {} : { hint }),
      });
    }
  }
  if (!options.some((option) => option.value === route))
    options.push({ value: route, label: route, hint: t('routeGone'), group: t('routeOther') });
  return options;
}
