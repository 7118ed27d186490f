import { ThumbsDown, ThumbsUp } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Prompt, PromptVersion } from '../../../../electron/contract/entities/prompt.ts';
import { formatNumber, Listbox, Time } from '../../../kit/index.ts';
import { labelsOf } from '../labels.ts';
import { promptsText } from '../text.ts';
import { LabelChip } from './label-chip.tsx';

export interface VersionListProps {
  readonly prompt: Prompt;
  /** Newest first. */
  readonly versions: readonly PromptVersion[];
  readonly selectedId: string | null;
  readonly onSelect: (version: PromptVersion) => void;
  readonly className?: string;
}

/** Every version ever stored, with what came of it. */
export const VersionList = ({
  prompt,
  versions,
  selectedId,
  onSelect,
  className = '',
}: VersionListProps): ReactElement => {
  const t = promptsText.useText();
  return (
    <Listbox
      label={t('versions')}
      items={versions}
      itemKey={(version) => version.id}
      selectedKey={selectedId}
      onSelect={onSelect}
      className={`${className} [&>*]:shrink-0`}
      render={(version) => (
        <div className="flex flex-col gap-0.5 py-0.5">
          <div className="flex items-center gap-2">
            <span className="tabular font-medium text-ink">{t('version', { number: version.number })}</span>
            {labelsOf(prompt, version.id).map((label) => (
              <LabelChip key={label} label={label} />
            ))}
            <Time at={version.createdAt} className="ml-auto shrink-0 text-xs text-ink-3" />
          </div>
          <div className="truncate text-xs text-ink-2">{version.note === '' ? t('noNote') : version.note}</div>
          <div className="tabular flex items-center gap-3 text-xs text-ink-3">
            <span>{t('replies', { count: version.replyCount, value: formatNumber(version.replyCount) })}</span>
            {version.upCount + version.downCount === 0 ? null : (
              <>
                <span className="inline-flex items-center gap-1">
                  <ThumbsUp size={11} role="img" aria-label={t('column.good')} />
                  {formatNumber(version.upCount)}
                </span>
                <span className="inline-flex items-center gap-1">
                  <ThumbsDown size={11} role="img" aria-label={t('column.bad')} />
                  {formatNumber(version.downCount)}
                </span>
              </>
            )}
          </div>
        </div>
      )}
    />
  );
};
