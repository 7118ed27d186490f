import { lazy, Suspense, useEffect, useRef } from 'react';
import { announce, Announcer, Skeleton, Toaster, TooltipRoom } from '../kit/index.ts';
import { setLanguage, useLanguage } from '../kit/i18n/index.ts';
import { useSettings } from '../link/index.ts';
import { applyAppearance, usePlace } from '../state/index.ts';
import { Banners } from './banners.tsx';
import { Nav } from './nav.tsx';
import { RoomBoundary } from './room-boundary.tsx';
import { rooms } from './rooms.ts';
import { useShortcuts } from './shortcuts.ts';
import { appText } from './text.ts';

const Palette = lazy(() => import('./palette.tsx').then(({ Palette: Component }) => ({ default: Component })));

function useAppearance(): void {
  const appearance = useSettings()?.config.appearance;
  const language = useLanguage();
  useEffect(() => {
    if (!appearance) return;
    setLanguage(appearance.language);
    applyAppearance(appearance, language);
  }, [appearance, language]);
}

/** Navigation, banners and the room a person is in. */
export function Frame() {
  const t = appText.useText();
  const room = usePlace((place) => place.room);
  const paletteOpen = usePlace((place) => place.paletteOpen);
  const main = useRef<HTMLElement>(null);
  const before = useRef(room);
  const door = rooms.find((candidate) => candidate.navKey === room) ?? rooms[0];
  useAppearance();
  useShortcuts();
  useEffect(() => {
    document.title = `${t(room)} – Switchyard`;
    if (before.current === room) return;
    before.current = room;
    announce(t(room));
    // Chat's composer takes the focus itself; elsewhere the keyboard goes on inside the new room.
    if (room !== 'chat') main.current?.focus({ preventScroll: true });
  }, [room, t]);
  return (
    <TooltipRoom>
      <div className="flex h-full">
        <Nav />
        <div className="flex min-w-0 flex-1 flex-col bg-surface">
          <Banners />
          <main ref={main} tabIndex={-1} aria-label={t(room)} className="flex min-h-0 flex-1 flex-col outline-none">
            <RoomBoundary key={door?.navKey}>
              <Suspense fallback={<Skeleton lines={6} className="p-6" />}>{door && <door.Component />}</Suspense>
            </RoomBoundary>
          </main>
        </div>
      </div>
      {paletteOpen && (
        <Suspense>
          <Palette />
        </Suspense>
      )}
      <Toaster />
      <Announcer />
    </TooltipRoom>
  );
}
