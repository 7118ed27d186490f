import { useState } from 'react';
import { said } from '../../../common/core-words/index.ts';
import type { ReactElement } from 'react';
import { Button, formatBytes, toast } from '../../../kit/index.ts';
import { call, faultOf, useCall } from '../../../link/index.ts';
import { modelsText } from '../text.ts';

const PROGRAMS = { ollama: 'Ollama', 'lm-studio': 'LM Studio' } as const;

/** Models that Ollama and LM Studio have here: used where they lie. */
export const FoundList = (): ReactElement | null => {
  const t = modelsText.useText();
  const { data } = useCall('model.found', {}, { topics: ['models'], keepPrevious: true });
  const [busy, setBusy] = useState<string | null>(null);
  const found = (data?.models ?? []).filter(({ modelId }) => modelId === null);
  if (found.length === 0) return null;
  const adopt = async (path: string): Promise<void> => {
    setBusy(path);
    try {
      const model = await call('model.adopt', { path });
      toast({ text: t('adopted', { name: model.name }), level: 'success' });
    } catch (error) {
      toast({ text: said(faultOf(error).detail), level: 'error' });
    } finally {
      setBusy(null);
    }
  };
  return (
    <section aria-labelledby="found-title" className="mb-6">
      <h2 id="found-title" className="text-sm font-semibold">
        {t('found.title')}
      </h2>
      <p className="mb-2 text-xs text-ink-3">{t('found.hint')}</p>
      <ul className="overflow-hidden rounded-lg border border-line">
        {found.map(({ path, name, program, sizeBytes, problem }) => (
          <li key={path} className="flex items-center gap-3 border-b border-line/60 px-4 py-2 last:border-b-0">
            <div className="min-w-0 flex-1 text-sm">
              <p className="flex flex-wrap items-baseline gap-x-2">
                <span className="min-w-0 truncate font-medium">{name}</span>
                <span className="tabular text-xs text-ink-3">{`${PROGRAMS[program]} · ${formatBytes(sizeBytes)}`}</span>
              </p>
              {problem === null ? null : <p className="text-xs break-words text-degraded-ink">{said(problem)}</p>}
            </div>
            <Button
              aria-label={t('found.adoptName', { name })}
              busy={busy === path}
              disabled={problem !== null || busy !== null}
              onClick={() => void adopt(path)}
            >
              {t('found.adopt')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
};
