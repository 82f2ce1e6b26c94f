/** Media types of files by the ending of their names; what is not here is served as bytes. */
const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  ipynb: 'application/x-ipynb+json',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  webp: 'image/webp',
  parquet: 'application/vnd.apache.parquet',
  gz: 'application/gzip',
  zip: 'application/zip'
};

export const BYTES = 'application/octet-stream';
export const TAR = 'application/x-tar';

/** All that content is served as. */
export const CONTENT_TYPES: readonly string[] = [...new Set([BYTES, TAR, ...Object.values(TYPES)])];

export function mediaTypeOf(name: string): string {
  const ending = /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase();
  return (ending !== undefined && Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined) ?? BYTES;
}
