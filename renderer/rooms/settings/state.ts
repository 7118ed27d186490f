import { useCallback, useRef, useState } from 'react';
import type { Config, SettingsState } from '../../../electron/contract/config.ts';
import { announce } from '../../kit/index.ts';
import { call, faultOf, queries, useCall } from '../../link/index.ts';
import { text } from './text.ts';

/** A change of some fields of one section. */
export type Change = <S extends keyof Config>(
  section: S,
  fields: Config[S] extends object ? Partial<Config[S]> : Config[S],
) => void;

export interface SettingsEditor {
  readonly state: SettingsState | undefined;
  readonly loadProblem: string | null;
  readonly saving: 'idle' | 'saving' | 'saved';
  readonly saveProblem: string | null;
  readonly change: Change;
}

/** Each change shows at once, is saved at once, and goes back when saving fails. Saves follow each other in order. */
export function useSettingsEditor(): SettingsEditor {
  const { data, fault } = useCall('settings.get', {}, { topics: ['settings'] });
  const [saving, setSaving] = useState<SettingsEditor['saving']>('idle');
  const [saveProblem, setSaveProblem] = useState<string | null>(null);
  const line = useRef<Promise<void>>(Promise.resolve());
  const waiting = useRef(0);
  const shown = useRef<Config | null>(null);
  if (waiting.current === 0) shown.current = data?.config ?? null;

  const change = useCallback<Change>((section, fields) => {
    const before = shown.current;
    if (!before) return;
    const now = before[section];
    const config: Config = {
      ...before,
      [section]: typeof now === 'object' ? { ...now, ...(fields as object) } : fields,
    };
    shown.current = config;
    waiting.current += 1;
    setSaving('saving');
    setSaveProblem(null);
    queries.put('settings.get', {}, (old) => (old ? { ...old, config } : old));
    line.current = line.current.then(async () => {
      try {
        const saved = await call('settings.save', { config });
        waiting.current -= 1;
        if (waiting.current > 0) return;
        queries.put('settings.get', {}, () => saved);
        setSaving('saved');
        announce(text.t('saved'));
      } catch (error) {
        waiting.current -= 1;
        setSaving('idle');
        setSaveProblem(faultOf(error).detail);
        await queries.refetch('settings.get', {});
      }
    });
  }, []);

  return { state: data, loadProblem: fault && !data ? fault.detail : null, saving, saveProblem, change };
}
