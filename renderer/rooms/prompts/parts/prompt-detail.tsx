import { ArrowLeft, Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Prompt, PromptVersion } from '../../../../electron/contract/entities/prompt.ts';
import { Button, ErrorState, IconButton, NameDialog, Skeleton, toast } from '../../../kit/index.ts';
import { call, useAction, useCall } from '../../../link/index.ts';
import { PRODUCTION } from '../labels.ts';
import { usePromptsRoom } from '../state.ts';
import { promptsText } from '../text.ts';
import { LabelChip } from './label-chip.tsx';
import { VersionEditor } from './version-editor.tsx';
import { VersionList } from './version-list.tsx';
import { VersionView } from './version-view.tsx';

export interface PromptDetailProps {
  readonly prompt: Prompt;
  /** Given when the list is hidden behind this. */
  readonly onBack: (() => void) | null;
}

/** A prompt: where production points, its versions, and the one being read or written. */
export const PromptDetail = ({ prompt, onBack }: PromptDetailProps): ReactElement => {
  const t = promptsText.useText();
  const { data, fault, refetch } = useCall(
    'prompt.versions',
    { promptId: prompt.id },
    { topics: ['prompts', 'feedback'] },
  );
  const [selected, setSelected] = useState<string | null>(null);
  const [renaming, setRenaming] = useState(false);
  const draft = usePromptsRoom((room) => room.drafts[prompt.id]);
  const setDraft = usePromptsRoom((room) => room.setDraft);
  const rename = useAction((name: string) => call('prompt.rename', { promptId: prompt.id, name }));
  const versions = [...(data?.versions ?? [])].sort((a, b) => b.number - a.number);
  const inForce = versions.find((version) => version.id === prompt.labels[PRODUCTION]);
  const shown = versions.find((version) => version.id === selected) ?? inForce ?? versions[0];
  const Heading = onBack === null ? 'h2' : 'h1';
  const write = (from: PromptVersion): void => {
    setDraft(prompt.id, { text: from.text, note: '', fromNumber: from.number });
  };
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-5 py-2">
        {onBack === null ? null : (
          <Button autoFocus look="ghost" icon={ArrowLeft} onClick={onBack} className="-ml-2">
            {t('back')}
          </Button>
        )}
        <Heading className="min-w-0 truncate text-lg font-semibold">{prompt.name}</Heading>
        <IconButton
          icon={Pencil}
          label={t('rename')}
          onClick={() => {
            setRenaming(true);
          }}
        />
        {shown === undefined || draft !== undefined ? null : (
          <Button
            look="primary"
            icon={Plus}
            className="ml-auto"
            onClick={() => {
              write(shown);
            }}
          >
            {t('newVersion')}
          </Button>
        )}
        <p className="flex w-full flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-2">
          {inForce === undefined ? (
            data === undefined ? null : (
              t('notInUse')
            )
          ) : (
            <>
              <LabelChip label={PRODUCTION} />
              <span className="tabular font-medium text-ink">{t('version', { number: inForce.number })}</span>
              <span>{t('useHint')}</span>
            </>
          )}
        </p>
      </header>
      {data === undefined ? (
        fault === null ? (
          <Skeleton lines={6} className="p-5" />
        ) : (
          <ErrorState text={t('versionsFailed', { detail: fault.detail })} onRetry={refetch} />
        )
      ) : (
        <div className="@container flex min-h-0 flex-1">
          <div className="flex min-h-0 min-w-0 flex-1 flex-col @2xl:flex-row">
            <VersionList
              prompt={prompt}
              versions={versions}
              selectedId={draft === undefined ? (shown?.id ?? null) : null}
              onSelect={(version) => {
                setSelected(version.id);
              }}
              className="max-h-44 shrink-0 border-b border-line @2xl:max-h-none @2xl:w-72 @2xl:border-r @2xl:border-b-0"
            />
            {draft !== undefined ? (
              <VersionEditor
                prompt={prompt}
                versions={versions}
                draft={draft}
                onStored={(version) => {
                  setSelected(version.id);
                }}
              />
            ) : shown === undefined ? null : (
              <VersionView prompt={prompt} versions={versions} version={shown} />
            )}
          </div>
        </div>
      )}
      {renaming ? (
        <NameDialog
          title={t('renameTitle')}
          label={t('name')}
          start={prompt.name}
          doLabel={t('renameDo')}
          check={(name) => (name.trim() === '' ? t('nameMissing') : null)}
          busy={rename.busy}
          refusal={rename.fault?.detail ?? null}
          onDone={(name) => {
            void rename.run(name).then((after) => {
              if (after === undefined) return;
              setRenaming(false);
              toast({ text: t('renamed', { name: after.name }), level: 'success' });
            });
          }}
          onClose={() => {
            setRenaming(false);
          }}
        />
      ) : null}
    </div>
  );
};
