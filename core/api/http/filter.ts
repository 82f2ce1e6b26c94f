/** Conditions and orders of run lists, as query parameters have them: `metric=auc>0.8`, `sort=-metric:auc`. Pure. */
export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=';

export interface Condition {
  readonly name: string;
  readonly operator: Operator;
  /** A number where the text is one. */
  readonly value: number | string;
}

const CONDITION = /^(.+?)(!=|>=|<=|=|>|<)(.*)$/s;

/** `lr>=0.01`, `model=ridge`, `"a=b"=1`; null where it is none. Only numbers can be compared by size. */
export function parseCondition(text: string): Condition | null {
  const quoted = /^"((?:[^"\\]|\\.)*)"(!=|>=|<=|=|>|<)(.*)$/s.exec(text);
  const found = quoted ?? CONDITION.exec(text);
  if (found === null) return null;
  const name = quoted === null ? found[1]!.trim() : found[1]!.replace(/\\(.)/g, '$1');
  const operator = found[2] as Operator;
  const raw = found[3]!.trim();
  const number = raw === '' ? Number.NaN : Number(raw);
  if (name === '') return null;
  if (Number.isFinite(number)) return { name, operator, value: number };
  return operator === '=' || operator === '!=' ? { name, operator, value: raw } : null;
}

export type Order = { readonly descending: boolean } & (
  | { readonly by: 'created' | 'name' | 'took' }
  | { readonly by: 'metric' | 'parameter'; readonly name: string }
);

/** `-created` (newest first), `name`, `took`, `metric:auc`, `-parameter:lr`; null where it is none. */
export function parseOrder(text: string): Order | null {
  const descending = text.startsWith('-');
  const what = descending ? text.slice(1) : text;
  if (what === 'created' || what === 'name' || what === 'took') return { descending, by: what };
  const found = /^(metric|parameter):(.+)$/s.exec(what);
  return found === null ? null : { descending, by: found[1] as 'metric' | 'parameter', name: found[2]! };
}
