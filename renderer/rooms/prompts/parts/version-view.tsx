import { Copy, RotateCcw, Tag } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Prompt, PromptVersion } from '../../../../electron/contract/entities/prompt.ts';
import {
  AlertDialog,
  Button,
  formatDateTime,
  formatNumber,
  formatPercent,
  IconButton,
  NameDialog,
  Tabs,
  toast,
} from '../../../kit/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { cleanLabel, isRollback, labelsOf, PRODUCTION, versionWith } from '../labels.ts';
import { usePromptsRoom } from '../state.ts';
import { promptsText } from '../text.ts';
import { ComparePane } from './compare-pane.tsx';
import { LabelChip } from './label-chip.tsx';

export interface VersionViewProps {
  readonly prompt: Prompt;
  readonly versions: readonly PromptVersion[];
  readonly version: PromptVersion;
}

type Asking = { readonly kind: 'move' | 'remove'; readonly label: string } | { readonly kind: 'name' } | null;

/** One version: its text, what changed since another, and where its labels point. */
export const VersionView = ({ prompt, versions, version }: VersionViewProps): ReactElement => {
  const t = promptsText.useText();
  const { tab, set } = usePromptsRoom();
  const [asking, setAsking] = useState<Asking>(null);
  const label = useAction((name: string, versionId: string | null) =>
    call('prompt.label', { promptId: prompt.id, label: name, versionId }),
  );
  const production = versionWith(prompt, versions, PRODUCTION);
  const rollback = isRollback(production, version);
  const move = async (name: string): Promise<void> => {
    if ((await label.run(name, version.id)) === undefined) return;
    setAsking(null);
    toast({ text: t('moved', { label: name, to: version.number }), level: 'success' });
  };
  const remove = async (name: string): Promise<void> => {
    if ((await label.run(name, null)) !== undefined) toast({ text: t('labelRemoved', { label: name }), level: 'info' });
  };
  const copy = (): void => {
    navigator.clipboard.writeText(version.text).then(
      () => toast({ text: t('copied'), level: 'success' }),
      () => toast({ text: t('copyFailed'), level: 'error' }),
    );
  };
  const labels = labelsOf(prompt, version.id);
  const rated = version.upCount + version.downCount;
  return (
    <section aria-label={t('version', { number: version.number })} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <header className="flex flex-col gap-1.5 px-5 pt-4 pb-2">
        <div className="flex flex-wrap items-center gap-2">
          <h3 className="text-base font-semibold">{t('version', { number: version.number })}</h3>
          {labels.map((name) => (
            <LabelChip
              key={name}
              label={name}
              onRemove={() => {
                if (name === PRODUCTION) setAsking({ kind: 'remove', label: name });
                else void remove(name);
              }}
            />
          ))}
          <span className="ml-auto flex flex-wrap gap-1">
            {labels.includes(PRODUCTION) ? null : (
              <Button
                {...(rollback ? { icon: RotateCcw } : {})}
                onClick={() => {
                  setAsking({ kind: 'move', label: PRODUCTION });
                }}
              >
                {rollback ? t('rollBack') : t('putProduction')}
              </Button>
            )}
            <IconButton
              icon={Tag}
              label={t('addLabel')}
              onClick={() => {
                setAsking({ kind: 'name' });
              }}
            />
            <IconButton icon={Copy} label={t('copyText')} onClick={copy} />
          </span>
        </div>
        <p className="max-w-[72ch] text-sm text-ink-2">{version.note === '' ? t('noNote') : version.note}</p>
        <p className="tabular text-xs text-ink-3">
          {[
            formatDateTime(version.createdAt),
            t('replies', { count: version.replyCount, value: formatNumber(version.replyCount) }),
            rated === 0
              ? t('notRated')
              : t('goodShare', { share: formatPercent(version.upCount / rated), count: formatNumber(rated) }),
            t('characters', { count: version.text.length, value: formatNumber(version.text.length) }),
          ].join(' · ')}
        </p>
        {label.fault === null ? null : (
          <p role="alert" className="text-sm text-failed-ink">
            {label.fault.detail}
          </p>
        )}
      </header>
      <Tabs
        label={t('version', { number: version.number })}
        value={tab}
        onChange={(next) => {
          set({ tab: next === 'compare' ? 'compare' : 'text' });
        }}
        className="flex-1"
        items={[
          {
            value: 'text',
            label: t('tab.text'),
            content: (
              <div className="scroll-y h-full px-5 py-4" tabIndex={0} role="region" aria-label={t('text')}>
                <p className="max-w-[76ch] text-base break-words whitespace-pre-wrap select-text">{version.text}</p>
              </div>
            ),
          },
          {
            value: 'compare',
            label: t('tab.compare'),
            content: <ComparePane key={prompt.id} versions={versions} version={version} />,
          },
        ]}
      />
      <AlertDialog
        open={asking?.kind === 'move'}
        onOpenChange={() => {
          setAsking(null);
        }}
        title={t(rollback ? 'rollTitle' : 'moveTitle', { to: version.number })}
        description={
          production === undefined
            ? t('moveText', { name: prompt.name, to: version.number })
            : t('moveFrom', { name: prompt.name, from: production.number, to: version.number })
        }
        confirmLabel={t(rollback ? 'rollDo' : 'moveDo')}
        onConfirm={() => void move(PRODUCTION)}
      />
      <AlertDialog
        open={asking?.kind === 'remove'}
        onOpenChange={() => {
          setAsking(null);
        }}
        title={t('removeTitle', { label: PRODUCTION })}
        description={t('removeText')}
        confirmLabel={t('removeDo')}
        onConfirm={() => void remove(PRODUCTION)}
      />
      {asking?.kind === 'name' ? (
        <NameDialog
          title={t('addLabel')}
          label={t('labelName')}
          hint={t('labelHint')}
          start=""
          doLabel={t('addLabel')}
          check={(typed) => (cleanLabel(typed) === null ? t('labelMissing') : null)}
          busy={label.busy}
          refusal={label.fault?.detail ?? null}
          onDone={(typed) => {
            if (typed === PRODUCTION) setAsking({ kind: 'move', label: PRODUCTION });
            else void move(typed);
          }}
          onClose={() => {
            setAsking(null);
          }}
        />
      ) : null}
    </section>
  );
};
