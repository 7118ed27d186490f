import { ChevronDown, ChevronRight, CloudOff } from 'lucide-react';
import { said } from '../../../common/core-words/index.ts';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { Badge, Button, formatBytes, formatCompact, SearchBox, Skeleton, toast } from '../../../kit/index.ts';
import { call, faultOf, useCall } from '../../../link/index.ts';
import { modelsText } from '../text.ts';
import { FitPill } from './fit-pill.tsx';

/** Search of the hub. Nothing is asked of it before a person presses the button. */
export const HubSearch = (): ReactElement => {
  const t = modelsText.useText();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const { data, fault, loading, refetch } = useCall('hub.search', asked === null ? null : { text: asked });
  const go = (): void => {
    const wanted = text.trim();
    if (wanted === '') return;
    if (wanted === asked) refetch();
    else setAsked(wanted);
  };
  return (
    <section aria-labelledby="hub-title" className="mb-6">
      <h2 id="hub-title" className="text-sm font-semibold">
        {t('hub.title')}
      </h2>
      <p className="mb-2 text-xs text-ink-3">{t('hub.hint')}</p>
      <form
        role="search"
        aria-label={t('hub.title')}
        className="mb-3 flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <SearchBox value={text} onChange={setText} placeholder={t('hub.placeholder')} className="w-72 min-w-40" />
        <Button type="submit" busy={loading}>
          {t('hub.search')}
        </Button>
      </form>
      <div role="status">
        {fault === null ? null : (
          <p className="flex gap-2 rounded-md bg-degraded-soft px-3 py-2 text-sm text-degraded-ink">
            <CloudOff size={15} aria-hidden className="mt-0.5 shrink-0" />
            <span className="min-w-0 break-words">{said(fault.detail)}</span>
          </p>
        )}
        {fault === null && data?.models.length === 0 && asked !== null ? (
          <p className="text-sm text-ink-2">{t('hub.none', { text: asked })}</p>
        ) : null}
      </div>
      {loading ? <Skeleton lines={4} /> : null}
      {fault !== null || data === undefined || data.models.length === 0 ? null : (
        <ul className="overflow-hidden rounded-lg border border-line">
          {data.models.map(({ repo, downloads, licence, gated }) => (
            <li key={repo} className="border-b border-line/60 last:border-b-0">
              <button
                type="button"
                aria-expanded={open === repo}
                className="flex min-h-10 w-full items-center gap-2 px-3 py-1.5 text-left text-sm hover:bg-hover focus-visible:-outline-offset-2"
                onClick={() => {
                  setOpen(open === repo ? null : repo);
                }}
              >
                {open === repo ? <ChevronDown size={15} aria-hidden /> : <ChevronRight size={15} aria-hidden />}
                <span className="min-w-0 flex-1 truncate font-medium">{repo}</span>
                {gated ? (
                  <Badge tone="degraded" icon={null}>
                    {t('hub.gated')}
                  </Badge>
                ) : null}
                <span className="text-xs text-ink-3">{licence ?? t('hub.noLicence')}</span>
                <span className="tabular text-xs text-ink-3">
                  {t('hub.downloads', { count: downloads, value: formatCompact(downloads) })}
                </span>
              </button>
              {open === repo ? <HubFiles repo={repo} /> : null}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};

const HubFiles = ({ repo }: { readonly repo: string }): ReactElement => {
  const t = modelsText.useText();
  const { data, fault } = useCall('hub.files', { repo });
  const [busy, setBusy] = useState<string | null>(null);
  const start = async (path: string): Promise<void> => {
    setBusy(path);
    try {
      const { title } = await call('download.start', { repo, path });
      toast({ text: t('download.started', { name: title }), level: 'success' });
    } catch (error) {
      toast({ text: said(faultOf(error).detail), level: 'error' });
    } finally {
      setBusy(null);
    }
  };
  if (fault !== null)
    return (
      <p role="status" className="px-9 pb-3 text-sm text-degraded-ink">
        {said(fault.detail)}
      </p>
    );
  if (data === undefined) return <Skeleton lines={3} className="px-9 pb-3" />;
  if (data.files.length === 0) return <p className="px-9 pb-3 text-sm text-ink-2">{t('hub.noFiles')}</p>;
  return (
    <ul aria-label={repo} className="pb-2">
      {data.files.map(({ path, sizeBytes, checked, fit, parts }) => (
        <li key={path} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-9 py-1 text-sm">
          <span className="min-w-0 flex-1 truncate font-mono text-xs" title={path}>
            {path}
          </span>
          {parts > 1 ? <span className="text-xs text-ink-3">{t('hub.parts', { count: parts })}</span> : null}
          <FitPill fit={fit} />
          <span className="tabular w-16 text-right text-xs">{formatBytes(sizeBytes)}</span>
          <Button
            aria-label={t('download.name', { name: path })}
            busy={busy === path}
            disabled={!checked || fit.fit === 'wont-fit' || busy !== null}
            title={checked ? undefined : t('hub.noSum')}
            onClick={() => void start(path)}
          >
            {t('download.do')}
          </Button>
        </li>
      ))}
    </ul>
  );
};
