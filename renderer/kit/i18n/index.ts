export { currentLanguage, defineText, setLanguage, useLanguage, UI_LANGUAGES } from './i18n.ts';
export type { Language, RoomText, TextKey, TextValues, Translate } from './i18n.ts';
