import { Check, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { cx, ErrorState, RoomHeader, Skeleton } from '../../kit/index.ts';
import { AboutSection } from './parts/about.tsx';
import { ApiSection } from './parts/api.tsx';
import { AppearanceSection } from './parts/appearance.tsx';
import { BudgetsSection } from './parts/budgets.tsx';
import { ChatSection } from './parts/chat.tsx';
import { DataSection } from './parts/data.tsx';
import { EngineSection } from './parts/engine.tsx';
import { PrivacySection } from './parts/privacy.tsx';
import { RoutingSection } from './parts/routing.tsx';
import { TracingSection } from './parts/tracing.tsx';
import { UsageSection } from './parts/usage.tsx';
import { useSettingsEditor } from './state.ts';
import { text } from './text.ts';
import { said } from '../../common/core-words/index.ts';

const SECTIONS = [
  'appearance',
  'chat',
  'routing',
  'budgets',
  'usage',
  'privacy',
  'engine',
  'api',
  'tracing',
  'data',
  'about',
] as const;

function ConfigProblem({ problem, path }: { readonly problem: string; readonly path: string }) {
  const t = text.useText();
  return (
    <div role="alert" className="flex gap-3 rounded-lg bg-degraded-soft px-4 py-3 text-sm text-degraded-ink">
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      <div className="min-w-0">
        <p className="font-semibold">{t('problemTitle')}</p>
        <p className="mt-0.5 break-words select-text">{said(problem)}</p>
        <p className="mt-1 font-mono text-xs break-all select-text">{path}</p>
        <p className="mt-1">{t('problemNote')}</p>
      </div>
    </div>
  );
}

type SectionName = (typeof SECTIONS)[number];
/** A section counts as read once its title is this far from the upper edge, in px. */
const READ_FROM_PX = 96;

/** The section at the upper edge, followed while scrolling; the last one when there is nothing below. */
function useCurrentSection(scroller: HTMLElement | null): readonly [SectionName, (section: SectionName) => void] {
  const [current, setCurrent] = useState<SectionName>(SECTIONS[0]);
  useEffect(() => {
    if (!scroller) return undefined;
    const look = (): void => {
      const top = scroller.getBoundingClientRect().top;
      const atEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1;
      const passed = SECTIONS.filter((section) => {
        const element = document.getElementById(section);
        return element !== null && element.getBoundingClientRect().top - top <= READ_FROM_PX;
      });
      setCurrent((atEnd && scroller.scrollTop > 0 ? SECTIONS.at(-1) : passed.at(-1)) ?? SECTIONS[0]);
    };
    look();
    scroller.addEventListener('scroll', look, { passive: true });
    return () => {
      scroller.removeEventListener('scroll', look);
    };
  }, [scroller]);
  const goTo = (section: SectionName): void => {
    const element = document.getElementById(section);
    element?.scrollIntoView();
    // The keyboard goes on from there.
    element?.focus({ preventScroll: true });
  };
  return [current, goTo];
}

/** Everything a person may set. Each change is saved at once. */
export function SettingsRoom() {
  const t = text.useText();
  const { state, loadProblem, saving, saveProblem, change } = useSettingsEditor();
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [current, goTo] = useCurrentSection(scroller);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <RoomHeader title={t('title')} line>
        <span role="status" className="min-w-0 text-xs">
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
        </span>
      </RoomHeader>
      {loadProblem !== null ? (
        <ErrorState text={t('loadFailed', { detail: loadProblem })} />
      ) : !state ? (
        <Skeleton lines={6} className="mx-auto w-full max-w-2xl p-6" />
      ) : (
        <div ref={setScroller} className="scroll-y min-h-0 flex-1">
          <div className="mx-auto flex max-w-4xl gap-8 px-4 py-6">
            <nav aria-label={t('sections')} className="sticky top-6 hidden w-36 shrink-0 self-start md:block">
              <ul className="flex flex-col">
                {SECTIONS.map((section) => (
                  <li key={section}>
                    <button
                      type="button"
                      aria-current={section === current ? 'true' : undefined}
                      className={cx(
                        'flex h-8 w-full items-center rounded-md px-2 text-left text-sm',
                        section === current
                          ? 'bg-selected font-medium text-ink'
                          : 'text-ink-2 hover:bg-hover hover:text-ink',
                      )}
                      onClick={() => goTo(section)}
                    >
                      {t(section)}
                    </button>
                  </li>
                ))}
              </ul>
            </nav>
            <div className="flex min-w-0 flex-1 flex-col gap-8 pb-8">
              {state.problem !== null && <ConfigProblem problem={state.problem} path={state.path} />}
              <AppearanceSection config={state.config} change={change} />
              <ChatSection config={state.config} change={change} />
              <RoutingSection />
              <BudgetsSection config={state.config} change={change} />
              <UsageSection />
              <PrivacySection config={state.config} change={change} />
              <EngineSection config={state.config} change={change} />
              <ApiSection config={state.config} change={change} />
              <TracingSection config={state.config} change={change} />
              <DataSection config={state.config} change={change} />
              <AboutSection configPath={state.path} />
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
