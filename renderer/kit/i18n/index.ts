export { currentLanguage, defineText, setLanguage, useLanguage } from './i18n.ts';
export type { RoomText, TextKey } from './i18n.ts';
