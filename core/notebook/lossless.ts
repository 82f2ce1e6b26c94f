interface Exact {
  /** A value that `stringify` writes as the given text (ECMAScript's JSON source text access). */
  readonly rawJSON?: (text: string) => unknown;
}

/**
 * Reads JSON that is to be written again: a number whose digits a double cannot hold (`9007199254740993`, `1.0`) comes
 * back from `JSON.stringify` as it was written. Where the engine lacks source text access, as `JSON.parse`.
 */
export function parseLossless(text: string): unknown {
  const { rawJSON } = JSON as Exact;
  if (rawJSON === undefined) {
    return JSON.parse(text);
  }
  const keep = (_key: string, value: unknown, written?: { readonly source?: string }): unknown =>
    typeof value === 'number' && written?.source !== undefined && String(value) !== written.source
      ? rawJSON(written.source)
      : value;
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
}
