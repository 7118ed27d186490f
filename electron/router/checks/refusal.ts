/** Only the beginning is looked at: an answer may speak of refusals further down. */
const HEAD_CHARS = 200;
/** A refusal is short. What goes on for longer has answered something. */
const LONGEST_CHARS = 600;

/**
 * Beginnings with which models decline, in the languages people here write. Kept small: a wrong alarm costs a dearer answer, a missed one
 * a poor one. "I can't find …" or "I cannot see why …" are answers and match none of them.
 */
const PATTERNS: readonly RegExp[] = [
  /^(?:i['’]?m|i am) (?:very |really |so |truly )?sorry,? but i (?:can(?:no|['’])?t|am (?:not able|unable)|won['’]?t)\b/iu,
  /^(?:sorry|i apologi[sz]e|unfortunately|apologies),? (?:but )?i (?:can(?:no|['’])?t|am (?:not able|unable) to|won['’]?t)\b/iu,
  /^i (?:can(?:no|['’])?t|won['’]?t|am not able to|am unable to|['’]m not able to|['’]m unable to) (?:help|assist|comply|fulfil|provide (?:help|assistance|instructions|information|guidance)|engage|participate|support|discuss|generate|create|write|answer|do that|continue with)\b/iu,
  /^i must (?:decline|refuse)\b/iu,
  /^as an ai(?: language model)?,? i (?:can(?:no|['’])?t|am (?:not able|unable)|do not|don['’]t)\b/iu,
  /^(?:es )?tut mir leid,? (?:aber )?(?:ich kann|dabei kann|das kann|ich darf)\b.*\bnicht\b/iu,
  /^ich kann (?:dir|ihnen|ihnen dabei|dir dabei|dabei|damit) (?:leider )?nicht (?:helfen|weiterhelfen)/iu,
  /^(?:je suis )?désolée?,? (?:mais )?je ne (?:peux|puis) pas\b/iu,
  /^je ne (?:peux|puis) pas (?:vous |t['’])?(?:aider|répondre|fournir)/iu,
  /^lo siento,? (?:pero )?no puedo\b/iu,
  /^no puedo (?:ayudar|ayudarte|ayudarle|proporcionar|cumplir)/iu,
  /^(?:me )?desculpe,? (?:mas )?não posso\b/iu,
  /^mi dispiace,? (?:ma )?non posso\b/iu,
  /^(?:извините|простите|к сожалению),? (?:но )?я не могу(?:\s|[.,!]|$)/iu,
  /^(?:对不起|抱歉|很抱歉|非常抱歉)[,，。]?\s*(?:但)?我(?:无法|不能|没办法|不可以)/u,
  /^我(?:无法|不能)(?:协助|帮助|提供|满足|回答|完成)/u,
  /^(?:申し訳(?:ありません|ございません)|すみません|ごめんなさい)(?:が)?[、,。]?.{0,40}(?:できません|お答えできません|いたしかねます)/u,
  /^(?:죄송합니다|죄송하지만|미안하지만).{0,60}(?:수 없습니다|없어요)/u,
];

/** Whether an answer is a model declining. Careful: what only begins so and goes on at length is none. */
export function isRefusal(text: string): boolean {
  const start = text.trimStart().replace(/^[*_>#\s"“„«]+/u, '');
  if (start.length > LONGEST_CHARS) return false;
  const head = start.slice(0, HEAD_CHARS).replaceAll('\n', ' ');
  return PATTERNS.some((pattern) => pattern.test(head));
}
