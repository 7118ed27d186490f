import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { ModelEntry } from '../../../../electron/contract/entities/model.ts';
import type { ProviderConfig, ProviderModel } from '../../../../electron/contract/providers.ts';
import { Badge, Button, formatNumber, formatPrice, Input, Switch } from '../../../kit/index.ts';
import { modelsText } from '../text.ts';
import { ModelDialog } from './model-dialog.tsx';

const can = ['tools', 'jsonSchema', 'vision', 'reasoning'] as const;

/** The models of one provider, with what they cost and can do; the switch decides whether they may answer. */
export const ProviderModels = ({
  config,
  entries,
  onChange,
  busy,
}: {
  readonly config: ProviderConfig;
  /** Facts of its models as the router sees them. */
  readonly entries: readonly ModelEntry[];
  readonly onChange: (models: readonly ProviderModel[]) => void;
  readonly busy: boolean;
}): ReactElement => {
  const t = modelsText.useText();
  const [adding, setAdding] = useState('');
  const [editing, setEditing] = useState<ProviderModel | null>(null);
  const taken = config.models.some(({ id }) => id === adding.trim());
  const add = (): void => {
    const id = adding.trim();
    if (id === '' || taken) return;
    onChange([...config.models, { id, enabled: true }]);
    setAdding('');
  };
  return (
    <section aria-label={t('providerModels')}>
      <h3 className="text-sm font-semibold">{t('providerModels')}</h3>
      {config.models.length === 0 ? <p className="mt-1 text-sm text-ink-2">{t('noModels')}</p> : null}
      <ul className="mt-1 divide-y divide-line/60">
        {config.models.map((model) => {
          const entry = entries.find(({ id }) => id === `${config.id}/${model.id}`);
          const abilities = can.filter((name) => entry?.capabilities[name] === true);
          const name = model.name ?? entry?.name ?? model.id;
          return (
            <li key={model.id} className="flex items-start gap-3 py-2">
              <div className="min-w-0 flex-1">
                <button
                  type="button"
                  className="block max-w-full truncate rounded-sm text-left text-sm font-medium hover:underline"
                  aria-label={t('editModel', { name })}
                  onClick={() => {
                    setEditing(model);
                  }}
                >
                  {name}
                </button>
                <p className="tabular mt-0.5 text-xs text-ink-3">
                  {entry?.price
                    ? t('priceLine', {
                        input: formatPrice(entry.price.usdPerMTokIn),
                        cached: formatPrice(entry.price.usdPerMTokCachedIn),
                        output: formatPrice(entry.price.usdPerMTokOut),
                      })
                    : t('priceUnknown')}
                  {entry
                    ? ` · ${t('contextTokens', { count: entry.contextTokens, value: formatNumber(entry.contextTokens) })}`
                    : null}
                  {entry?.quality === null || entry === undefined
                    ? null
                    : ` · ${t('qualityLine', { value: formatNumber(entry.quality) })}`}
                </p>
                {entry?.price?.tiers?.map((tier) => (
                  <p key={tier.aboveTokensIn} className="tabular text-xs text-ink-3">
                    {t('priceTier', {
                      above: formatNumber(tier.aboveTokensIn),
                      input: formatPrice(tier.usdPerMTokIn),
                      cached: formatPrice(tier.usdPerMTokCachedIn),
                      output: formatPrice(tier.usdPerMTokOut),
                    })}
                  </p>
                ))}
                {entry?.price && entry.price.source !== 'config' ? (
                  <p className="text-2xs text-ink-3">
                    {t('priceSource', {
                      source: entry.price.source.replace(/^https?:\/\//, ''),
                      date: entry.price.asOf ?? '',
                    })}
                  </p>
                ) : null}
                {abilities.length === 0 ? null : (
                  <p className="mt-1 flex flex-wrap gap-1">
                    {abilities.map((ability) => (
                      <Badge key={ability} tone="neutral" icon={null}>
                        {t(`can.${ability}`)}
                      </Badge>
                    ))}
                  </p>
                )}
              </div>
              <Switch
                label={t('useModel', { name })}
                checked={model.enabled}
                disabled={busy}
                onChange={(enabled) => {
                  onChange(config.models.map((old) => (old.id === model.id ? { ...old, enabled } : old)));
                }}
              />
            </li>
          );
        })}
      </ul>
      <form
        className="mt-2 flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Input
          aria-label={t('modelName')}
          placeholder={t('modelNameHint')}
          value={adding}
          spellCheck={false}
          className="font-mono text-xs placeholder:font-sans placeholder:text-sm"
          onChange={(event) => {
            setAdding(event.target.value);
          }}
        />
        <Button type="submit" icon={Plus} disabled={adding.trim() === '' || taken || busy}>
          {t('addModel')}
        </Button>
      </form>
      <ModelDialog
        model={editing}
        onClose={() => {
          setEditing(null);
        }}
        onSave={(next) => {
          onChange(config.models.map((old) => (old.id === next.id ? next : old)));
          setEditing(null);
        }}
        onRemove={(id) => {
          onChange(config.models.filter((old) => old.id !== id));
          setEditing(null);
        }}
      />
    </section>
  );
};
