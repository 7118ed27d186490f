import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';

export type Language = 'en' | 'zh-CN';

type Plain<K extends string> = K extends `${infer Stem}_${'one' | 'other'}` ? Stem : K;
/** A key as written, or the stem of a plural pair (`hits` for `hits_one` and `hits_other`). */
export type TextKey<T extends Record<string, string>> = (keyof T & string) | Plain<keyof T & string>;
export type TextValues = Record<string, string | number>;
export type Translate<T extends Record<string, string>> = (key: TextKey<T>, values?: TextValues) => string;

/** What a room says, in every language. `en` decides the keys; the compiler wants each of them in the others. */
export interface RoomText<T extends Record<string, string>> {
  readonly namespace: string;
  readonly languages: Readonly<Record<Language, Record<keyof T, string>>>;
  readonly useText: () => Translate<T>;
  readonly t: Translate<T>;
}

const systemLanguage = (): Language =>
  typeof navigator !== 'undefined' && navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';

void i18next.use(initReactI18next).init({
  lng: typeof document !== 'undefined' && document.documentElement.lang === 'zh-CN' ? 'zh-CN' : 'en',
  fallbackLng: 'en',
  initAsync: false,
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  returnNull: false,
  react: { useSuspense: false, bindI18nStore: false },
  resources: {},
});

/** Registers a room's words. Call once, at the top of its `text.ts`. */
export function defineText<const T extends Record<string, string>>(
  namespace: string,
  en: T,
  zh: Record<keyof T, string>,
): RoomText<T> {
  i18next.addResourceBundle('en', namespace, en, true, true);
  i18next.addResourceBundle('zh-CN', namespace, zh, true, true);
  const say =
    (translate: (key: string, values: TextValues) => string): Translate<T> =>
    (key, values) =>
      translate(key, values ?? {});
  return {
    namespace,
    languages: { en, 'zh-CN': zh },
    t: say((key, values) => i18next.t(key, { ...values, ns: namespace })),
    useText: () => {
      const { t } = useTranslation(namespace);
      return say(t as (key: string, values: TextValues) => string);
    },
  };
}

/** Language now in use, for `Intl`. */
export const currentLanguage = (): Language => (i18next.language === 'zh-CN' ? 'zh-CN' : 'en');

/** Re-renders the caller when the language changes. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
}

export function setLanguage(wanted: 'system' | Language): void {
  const language = wanted === 'system' ? systemLanguage() : wanted;
  if (typeof document !== 'undefined') document.documentElement.lang = language;
  if (i18next.language !== language) void i18next.changeLanguage(language);
}
