import { Bookmark, BookmarkPlus, Pencil, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { MOST_TRACE_VIEWS } from '../../../../electron/contract/names.ts';
import { Button, DropdownMenu, NameDialog, toast } from '../../../kit/index.ts';
import type { MenuItem } from '../../../kit/index.ts';
import { faultOf } from '../../../link/index.ts';
import { viewOf, VIEWS, writeQuery } from '../filters.ts';
import type { TraceQuery, ViewName } from '../filters.ts';
import { tracesText } from '../text.ts';
import { nameProblem, removeView, savedViewOf, saveView, useSavedViews } from './saved-views.ts';
import { viewsText } from './text.ts';

const VIEW_NAMES = Object.keys(VIEWS) as ViewName[];

export interface ViewsBarProps {
  readonly query: TraceQuery;
  readonly onQuery: (query: TraceQuery) => void;
}

/** Filters with names: those everybody has as buttons, one's own in a menu beside them. */
export const ViewsBar = ({ query, onQuery }: ViewsBarProps): ReactElement => {
  const t = tracesText.useText();
  const say = viewsText.useText();
  const views = useSavedViews();
  const shown = useRef(views);
  shown.current = views;
  const done = (change: Promise<unknown>): void => {
    change.catch((error: unknown) => {
      toast({ text: say('failed', { detail: faultOf(error).detail }), level: 'error' });
    });
  };
  const [naming, setNaming] = useState<'save' | 'rename' | null>(null);
  const builtIn = viewOf(query);
  const current = builtIn === null ? savedViewOf(views, query) : null;
  const savable = builtIn === null && current === null && writeQuery(query) !== '';

  const items: MenuItem[] = [
    ...views.map((view) => ({
      key: `view ${view.name}`,
      label: view.name,
      checked: view === current,
      onSelect: () => {
        onQuery(view.query);
      },
    })),
    {
      key: 'save',
      label: say(views.length >= MOST_TRACE_VIEWS ? 'full' : savable || current !== null ? 'save' : 'nothingToSave'),
      icon: BookmarkPlus,
      disabled: !savable || views.length >= MOST_TRACE_VIEWS,
      separator: views.length > 0,
      onSelect: () => {
        setNaming('save');
      },
    },
  ];
  if (current !== null)
    items.push(
      {
        key: 'rename',
        label: say('rename', { name: current.name }),
        icon: Pencil,
        onSelect: () => {
          setNaming('rename');
        },
      },
      {
        key: 'remove',
        label: say('remove', { name: current.name }),
        icon: Trash2,
        danger: true,
        onSelect: () => {
          done(removeView(current.name));
          toast({
            text: say('removed', { name: current.name }),
            action: {
              label: say('undo'),
              onAction: () => {
                if (nameProblem(shown.current, current.name) === null) done(saveView(current));
              },
            },
          });
        },
      },
    );

  return (
    <>
      <div role="group" aria-label={t('views')} className="flex flex-wrap rounded-md bg-sunken p-0">
        {VIEW_NAMES.map((name) => (
          <Button
            key={name}
            look="ghost"
            aria-pressed={builtIn === name}
            className="px-2.5"
            onClick={() => {
              onQuery(VIEWS[name]);
            }}
          >
            {t(`view.${name}`)}
          </Button>
        ))}
      </div>
      <DropdownMenu
        trigger={
          <Button look="ghost" icon={Bookmark} className="max-w-48" aria-pressed={current !== null}>
            <span className="truncate">{current?.name ?? say('mine')}</span>
          </Button>
        }
        items={items}
      />
      {naming === null ? null : (
        <NameDialog
          title={say(naming === 'save' ? 'saveTitle' : 'renameTitle')}
          label={say('name')}
          hint={say('nameHint')}
          start={naming === 'rename' ? (current?.name ?? '') : ''}
          doLabel={say(naming === 'save' ? 'saveDo' : 'renameDo')}
          check={(name) => {
            const problem = nameProblem(views, name, naming === 'rename' ? current?.name : undefined);
            return problem === null ? null : say(problem === 'empty' ? 'nameEmpty' : 'nameTaken');
          }}
          onDone={(name) => {
            if (naming === 'save') done(saveView({ name, query }));
            else if (current !== null) done(saveView({ name, query: current.query }, current.name));
            setNaming(null);
          }}
          onClose={() => {
            setNaming(null);
          }}
        />
      )}
    </>
  );
};
