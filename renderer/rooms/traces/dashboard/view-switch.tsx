import { ChartColumn, List } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { useDashboard } from './state.ts';
import { dashboardText } from './text.ts';

const VIEWS = { list: List, dashboard: ChartColumn } as const;

/** One room, seen trace by trace or as sums over time. */
export const ViewSwitch = ({ view }: { readonly view: 'list' | 'dashboard' }): ReactElement => {
  const t = dashboardText.useText();
  const set = useDashboard((state) => state.set);
  return (
    <div role="group" aria-label={t('view')} className="flex rounded-md bg-sunken">
      {(['list', 'dashboard'] as const).map((name) => {
        const Icon = VIEWS[name];
        return (
          <Button
            key={name}
            look="ghost"
            icon={Icon}
            aria-pressed={view === name}
            className="px-2.5"
            onClick={() => {
              if (name === 'dashboard') usePlace.getState().set({ traceId: null });
              set({ view: name });
            }}
          >
            {t(`view.${name}`)}
          </Button>
        );
      })}
    </div>
  );
};
