import type { Sample } from './words.ts';

/** Scripts that name a language, or the usual one of a script, by their code points. */
const SCRIPTS: readonly (readonly [language: string, script: RegExp])[] = [
  ['ja', /[\u3040-\u30ff]/gu],
  ['ko', /[\uac00-\ud7af\u1100-\u11ff]/gu],
  ['zh', /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/gu],
  ['ru', /[\u0400-\u04ff]/gu],
  ['el', /[\u0370-\u03ff]/gu],
  ['ar', /[\u0600-\u06ff]/gu],
  ['he', /[\u0590-\u05ff]/gu],
  ['hi', /[\u0900-\u097f]/gu],
  ['bn', /[\u0980-\u09ff]/gu],
  ['ta', /[\u0b80-\u0bff]/gu],
  ['th', /[\u0e00-\u0e7f]/gu],
  ['ka', /[\u10a0-\u10ff]/gu],
  ['hy', /[\u0530-\u058f]/gu],
];

/** Frequent short words that few other languages of the list share. */
const STOP_WORDS: Readonly<Record<string, string>> = {
  en: 'who when where into the and of is are you what how this that with for can please write to it was which why from have does not hello hi thanks',
  de: 'der die das und ist nicht ein eine wie was ich mit für auf bitte sie wir den dem kannst schreibe warum von hallo danke',
  fr: 'le les des est et une pour que dans vous je pas quel comment avec sur du au bonjour merci écris pourquoi ce qui',
  es: 'el los las es una para que por cómo qué con del hola gracias escribe está pero como puedes cuál porque y',
  it: 'il lo gli è una per che di come cosa con del della ciao grazie scrivi sono perché puoi non nel',
  pt: 'o os as é uma para que não com do da como você olá obrigado escreva por dos são qual em isso',
  nl: 'de het een en is niet van hoe wat ik met voor op hallo bedankt schrijf waarom zijn dat kun je',
  pl: 'i w na nie jest to się że jak co czy dla proszę napisz cześć dziękuję dlaczego z do',
  tr: 've bir bu için ne nasıl ile değil mi merhaba teşekkürler yaz neden çok daha ben sen',
  sv: 'och är det en ett inte som hur vad jag med för på hej tack skriv varför av till',
  vi: 'và là của không một những cho được bạn tôi này xin chào viết tại sao như thế nào gì',
  id: 'dan yang di ini itu untuk dengan apa bagaimana saya tidak adalah halo terima kasih tulis mengapa',
};

const LANGUAGES_OF_WORD = new Map<string, string[]>();
for (const [language, words] of Object.entries(STOP_WORDS)) {
  for (const word of words.split(' ')) LANGUAGES_OF_WORD.set(word, [...(LANGUAGES_OF_WORD.get(word) ?? []), language]);
}

const CYRILLIC_UKRAINIAN = /[іїєґІЇЄҐ]/u;
/** Share of the letters a script needs to count, so that one quoted word does not. */
const SCRIPT_SHARE = 0.08;
const MOST_WORDS = 400;

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

function byScript(text: string): string[] {
  const letters = Math.max(1, count(text, /\p{L}/gu));
  const found = SCRIPTS.map(([language, script]) => ({ language, share: count(text, script) / letters }))
    .filter(({ share }) => share >= SCRIPT_SHARE)
    .toSorted((a, b) => b.share - a.share)
    .map(({ language }) => (language === 'ru' && CYRILLIC_UKRAINIAN.test(text) ? 'uk' : language));
  // Japanese is written with ideographs too: kana say that these are not Chinese.
  return found.includes('ja') ? ['ja', ...found.filter((language) => language !== 'ja' && language !== 'zh')] : found;
}

function byWords(all: readonly string[]): string | null {
  const hits = new Map<string, number>();
  const words = all.slice(0, MOST_WORDS);
  for (const word of words) {
    const languages = LANGUAGES_OF_WORD.get(word) ?? [];
    // A word that several languages share says less about each.
    for (const language of languages) hits.set(language, (hits.get(language) ?? 0) + 1 / languages.length);
  }
  const best = [...hits].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))[0];
  return best !== undefined && best[1] >= Math.min(1, words.length / 12) ? best[0] : null;
}

/** BCP 47 primary languages of a text, the most certain first; empty = no evidence. Cheap evidence, never a proof. */
export function detectLanguages({ text, words, wide }: Sample): string[] {
  const scripts = wide ? byScript(text) : [];
  const latin = byWords(words);
  return latin === null ? scripts : [...scripts, latin];
}
