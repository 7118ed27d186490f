import { PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react';
import { cx, IconButton, Kbd, Tooltip } from '../kit/index.ts';
import type { RoomDoor } from '../kit/index.ts';
import { useLayout, usePlace } from '../state/index.ts';
import { rooms } from './rooms.ts';
import { appText } from './text.ts';

function NavLink({ door, expanded }: { readonly door: RoomDoor; readonly expanded: boolean }) {
  const t = appText.useText();
  const current = usePlace((place) => place.room === door.navKey);
  const go = usePlace((place) => place.go);
  const name = t(door.navKey);
  const link = (
    <a
      href={`#${door.path}`}
      aria-current={current ? 'page' : undefined}
      aria-label={name}
      onClick={(event) => {
        event.preventDefault();
        go(door.navKey);
      }}
      className={cx(
        'relative flex h-9 items-center gap-3 rounded-md text-sm transition-colors duration-100',
        expanded ? 'px-2.5' : 'w-10 justify-center',
        current ? 'bg-selected font-medium text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink',
      )}
    >
      {current && <span aria-hidden className="absolute top-2 bottom-2 -left-2 w-[3px] rounded-r-full bg-local" />}
      <door.icon size={18} strokeWidth={1.75} aria-hidden className="shrink-0" />
      {expanded && <span className="truncate">{name}</span>}
    </a>
  );
  return expanded ? (
    link
  ) : (
    <Tooltip text={name} side="right">
      {link}
    </Tooltip>
  );
}

/** `navigation "Main"`: 56 px of icons, or with names. */
export function Nav() {
  const t = appText.useText();
  const expanded = useLayout((layout) => layout.navExpanded);
  const setLayout = useLayout((layout) => layout.set);
  const setPlace = usePlace((place) => place.set);
  return (
    <nav
      aria-label={t('main')}
      className={cx(
        'scroll-y flex shrink-0 flex-col gap-1 border-r border-line bg-app px-2 py-2',
        expanded ? 'w-44' : 'w-14',
      )}
    >
      {rooms.map((door) => (
        <div key={door.navKey} className={cx('flex flex-col', door.navKey === 'settings' && 'mt-auto')}>
          <NavLink door={door} expanded={expanded} />
        </div>
      ))}
      <div className={cx('flex gap-1 pt-1', expanded ? 'justify-between' : 'flex-col items-center')}>
        <IconButton
          icon={Search}
          label={t('openPalette')}
          keys={<Kbd keys={['Mod', 'K']} />}
          tooltipSide="right"
          onClick={() => setPlace({ paletteOpen: true })}
        />
        <IconButton
          icon={expanded ? PanelLeftClose : PanelLeftOpen}
          label={t(expanded ? 'collapseNav' : 'expandNav')}
          tooltipSide="right"
          onClick={() => setLayout({ navExpanded: !expanded })}
        />
      </div>
    </nav>
  );
}
