import { Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import type { ProviderModel } from '../../../../electron/contract/providers.ts';
import { Button, FormDialog, Input, Labelled } from '../../../kit/index.ts';
import { modelsText } from '../text.ts';

/** Numbers a person may state; what is left empty comes from the price table or stays careful. */
const NUMBERS = [
  { key: 'usdPerMTokIn', least: 0, most: 1_000_000, whole: false },
  { key: 'usdPerMTokCachedIn', least: 0, most: 1_000_000, whole: false },
  { key: 'usdPerMTokOut', least: 0, most: 1_000_000, whole: false },
  { key: 'contextTokens', least: 256, most: 100_000_000, whole: true },
  { key: 'maxOutputTokens', least: 1, most: 10_000_000, whole: true },
  { key: 'quality', least: 0, most: 1, whole: false },
] as const;
type NumberKey = (typeof NUMBERS)[number]['key'];
type Typed = Record<NumberKey | 'name', string>;

const typedOf = (model: ProviderModel): Typed => ({
  name: model.name ?? '',
  usdPerMTokIn: model.usdPerMTokIn?.toString() ?? '',
  usdPerMTokCachedIn: model.usdPerMTokCachedIn?.toString() ?? '',
  usdPerMTokOut: model.usdPerMTokOut?.toString() ?? '',
  contextTokens: model.contextTokens?.toString() ?? '',
  maxOutputTokens: model.maxOutputTokens?.toString() ?? '',
  quality: model.quality?.toString() ?? '',
});

/** What a typed number is; undefined = left empty, null = wrong. */
export function readNumber(
  text: string,
  { least, most, whole }: { readonly least: number; readonly most: number; readonly whole: boolean },
): number | undefined | null {
  const plain = text.trim().replace(',', '.');
  if (plain === '') return undefined;
  const value = Number(plain);
  if (!Number.isFinite(value) || value < least || value > most || (whole && !Number.isInteger(value))) return null;
  return value;
}

/** Facts of one model that a person states. null = closed. */
export const ModelDialog = ({
  model,
  onClose,
  onSave,
  onRemove,
}: {
  readonly model: ProviderModel | null;
  readonly onClose: () => void;
  readonly onSave: (model: ProviderModel) => void;
  readonly onRemove: (id: string) => void;
}): ReactElement => {
  const t = modelsText.useText();
  const [typed, setTyped] = useState<Typed | null>(null);
  useEffect(() => {
    setTyped(model ? typedOf(model) : null);
  }, [model]);
  const numbers = NUMBERS.map((field) => ({ ...field, value: readNumber(typed?.[field.key] ?? '', field) }));
  const save = (): void => {
    if (!model || !typed || numbers.some(({ value }) => value === null)) return;
    const stated = Object.fromEntries(
      numbers.flatMap(({ key, value }) => (typeof value === 'number' ? [[key, value]] : [])),
    );
    const { id, enabled, capabilities } = model;
    onSave({
      id,
      enabled,
      ...(capabilities ? { capabilities } : {}),
      ...(typed.name.trim() === '' ? {} : { name: typed.name.trim() }),
      ...stated,
    });
  };
  return (
    <FormDialog
      open={model !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={model?.name ?? model?.id ?? ''}
      description={t('modelFactsText')}
      submitLabel={t('save')}
      onSubmit={save}
      aside={
        <Button
          look="ghost"
          icon={Trash2}
          className="-ml-3"
          onClick={() => {
            if (model) onRemove(model.id);
          }}
        >
          {t('removeModel')}
        </Button>
      }
    >
      <Labelled label={t('modelShownAs')}>
        {(ids) => (
          <Input
            {...ids}
            value={typed?.name ?? ''}
            placeholder={model?.id}
            maxLength={200}
            onChange={(event) => {
              setTyped((now) => now && { ...now, name: event.target.value });
            }}
          />
        )}
      </Labelled>
      <div className="grid grid-cols-2 gap-x-3 gap-y-4">
        {numbers.map(({ key, value }) => (
          <Labelled
            key={key}
            label={t(`model.${key}`)}
            hint={t(`modelHint.${key}`)}
            problem={value === null ? t(`modelWrong.${key}`) : null}
          >
            {(ids) => (
              <Input
                {...ids}
                inputMode="decimal"
                className="tabular text-right"
                value={typed?.[key] ?? ''}
                onChange={(event) => {
                  setTyped((now) => now && { ...now, [key]: event.target.value });
                }}
              />
            )}
          </Labelled>
        ))}
      </div>
    </FormDialog>
  );
};
