import { ArrowLeftRight } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { PromptVersion } from '../../../../electron/contract/entities/prompt.ts';
import { Button, IconButton, Select } from '../../../kit/index.ts';
import { usePromptsRoom } from '../state.ts';
import { promptsText } from '../text.ts';
import { CompareView } from './compare-view.tsx';

/** The shown version against any other; by default against the one before it. */
export const ComparePane = ({
  versions,
  version,
}: {
  readonly versions: readonly PromptVersion[];
  readonly version: PromptVersion;
}): ReactElement => {
  const t = promptsText.useText();
  const { layout, set } = usePromptsRoom();
  const [pair, setPair] = useState<{ readonly shown: string; readonly left: string; readonly right: string } | null>(
    null,
  );
  const older = versions.filter((other) => other.number < version.number).sort((a, b) => b.number - a.number)[0];
  const other = older ?? versions.find((each) => each.id !== version.id);
  if (other === undefined) return <p className="px-5 py-6 text-sm text-ink-2">{t('oneVersion')}</p>;
  const [first, second] = other.number < version.number ? [other, version] : [version, other];
  const picked = pair?.shown === version.id ? pair : null;
  const left = versions.find((each) => each.id === picked?.left) ?? first;
  const right = versions.find((each) => each.id === picked?.right) ?? second;
  const choose = (leftId: string, rightId: string): void => {
    setPair({ shown: version.id, left: leftId, right: rightId });
  };
  const options = versions.map((each) => ({
    value: each.id,
    label: t('version', { number: each.number }),
    ...(each.note === '' ? {} : { hint: each.note }),
  }));
  return (
    <div className="scroll-y flex h-full flex-col gap-3 px-5 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <Select
          label={t('compareLeft')}
          value={left.id}
          options={options}
          onChange={(id) => {
            choose(id, right.id);
          }}
        />
        <IconButton
          icon={ArrowLeftRight}
          label={t('swap')}
          onClick={() => {
            choose(right.id, left.id);
          }}
        />
        <Select
          label={t('compareRight')}
          value={right.id}
          options={options}
          onChange={(id) => {
            choose(left.id, id);
          }}
        />
        <div role="group" aria-label={t('layout')} className="ml-auto flex rounded-md bg-sunken">
          <Button
            look="ghost"
            aria-pressed={layout === 'side'}
            onClick={() => {
              set({ layout: 'side' });
            }}
          >
            {t('sideBySide')}
          </Button>
          <Button
            look="ghost"
            aria-pressed={layout === 'inline'}
            onClick={() => {
              set({ layout: 'inline' });
            }}
          >
            {t('inline')}
          </Button>
        </div>
      </div>
      <CompareView
        key={`${left.id} ${right.id}`}
        before={left.text}
        after={right.text}
        leftNumber={left.number}
        rightNumber={right.number}
        layout={layout}
      />
    </div>
  );
};
