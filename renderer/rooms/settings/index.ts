import { Settings } from 'lucide-react';
import { lazy } from 'react';

export const navKey = 'settings';
export const path = '/settings';
export const icon = Settings;
export const Component = lazy(() => import('./settings.tsx').then((room) => ({ default: room.SettingsRoom })));
