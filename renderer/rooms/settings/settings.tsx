import { Check, TriangleAlert } from 'lucide-react';
import { ErrorState, Skeleton } from '../../kit/index.ts';
import { AboutSection } from './parts/about.tsx';
import { ApiSection } from './parts/api.tsx';
import { AppearanceSection } from './parts/appearance.tsx';
import { BudgetsSection } from './parts/budgets.tsx';
import { ChatSection } from './parts/chat.tsx';
import { DataSection } from './parts/data.tsx';
import { EngineSection } from './parts/engine.tsx';
import { PrivacySection } from './parts/privacy.tsx';
import { RoutingSection } from './parts/routing.tsx';
import { useSettingsEditor } from './state.ts';
import { text } from './text.ts';

const SECTIONS = ['appearance', 'chat', 'routing', 'budgets', 'privacy', 'engine', 'api', 'data', 'about'] as const;

function ConfigProblem({ problem, path }: { readonly problem: string; readonly path: string }) {
  const t = text.useText();
  return (
    <div role="alert" className="flex gap-3 rounded-lg bg-degraded-soft px-4 py-3 text-sm text-degraded-ink">
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      <div className="min-w-0">
        <p className="font-semibold">{t('problemTitle')}</p>
        <p className="mt-0.5 break-words select-text">{problem}</p>
        <p className="mt-1 font-mono text-xs break-all select-text">{path}</p>
        <p className="mt-1">{t('problemNote')}</p>
      </div>
    </div>
  );
}

/** Everything a person may set. Each change is saved at once. */
export function SettingsRoom() {
  const t = text.useText();
  const { state, loadProblem, saving, saveProblem, change } = useSettingsEditor();
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line px-5">
        <h1 className="text-lg font-semibold">{t('title')}</h1>
        <div className="ml-auto min-w-0 text-xs">
          {saveProblem !== null ? (
            <span role="alert" className="block truncate text-failed-ink" title={saveProblem}>
              {t('notSaved', { detail: saveProblem })}
            </span>
          ) : saving === 'saved' ? (
            <span className="flex animate-appear items-center gap-1 text-local-ink">
              <Check size={14} aria-hidden />
              {t('saved')}
            </span>
          ) : (
            saving === 'saving' && <span className="text-ink-3">{t('saving')}</span>
          )}
        </div>
      </header>
      {loadProblem !== null ? (
        <ErrorState text={t('loadFailed', { detail: loadProblem })} />
      ) : !state ? (
        <Skeleton lines={6} className="mx-auto w-full max-w-2xl p-6" />
      ) : (
        <div className="scroll-y min-h-0 flex-1">
          <div className="mx-auto flex max-w-4xl gap-8 px-5 py-6">
            <ul aria-label={t('sections')} className="sticky top-6 hidden w-36 shrink-0 flex-col self-start lg:flex">
              {SECTIONS.map((section) => (
                <li key={section}>
                  <button
                    type="button"
                    className="flex h-8 w-full items-center rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink"
                    onClick={() => document.getElementById(section)?.scrollIntoView()}
                  >
                    {t(section)}
                  </button>
                </li>
              ))}
            </ul>
            <div className="flex min-w-0 flex-1 flex-col gap-8 pb-8">
              {state.problem !== null && <ConfigProblem problem={state.problem} path={state.path} />}
              <AppearanceSection config={state.config} change={change} />
              <ChatSection config={state.config} change={change} />
              <RoutingSection />
              <BudgetsSection config={state.config} change={change} />
              <PrivacySection config={state.config} change={change} />
              <EngineSection config={state.config} change={change} />
              <ApiSection config={state.config} change={change} />
              <DataSection config={state.config} change={change} />
              <AboutSection configPath={state.path} />
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
