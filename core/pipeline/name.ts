import type { Diagnostic, StepSettings } from '../api';
import { type Notebook, readSettings } from '../notebook';

const FIELDS = new Set(['name', 'description', 'defaults', 'engine']);

/** What the notebook's own metadata (ours, else Kale's) say of the pipeline. */
export function notebookSettings(
  notebook: Notebook,
  fallback: string
): {
  readonly name: string;
  readonly description?: string;
  readonly defaults: StepSettings;
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const wrong = (field: string, expected: string): void => {
    diagnostics.push({
      code: 'setting-type',
      severity: 'error',
      message: `metadata.cellway${field} of the notebook is not ${expected}.`,
      fix: { title: `Set it to ${expected}, or remove it` }
    });
  };
  const own = notebook.settings === null ? {} : fieldsOf(notebook.settings);
  if (own === null) {
    wrong('', 'an object');
  }
  const settings = own ?? {};
  const kale = fieldsOf(notebook.kale) ?? {};
  const name = text(settings.name) ?? text(kale.pipeline_name) ?? fallback;
  const description = text(settings.description) ?? text(kale.pipeline_description);
  for (const field of ['name', 'description', 'engine'] as const) {
    if (settings[field] !== undefined && typeof settings[field] !== 'string') {
      wrong(`.${field}`, 'a string');
    }
  }
  for (const field of Object.keys(settings).filter(key => !FIELDS.has(key))) {
    diagnostics.push({
      code: 'setting-unknown',
      severity: 'warning',
      message: `metadata.cellway.${field.slice(0, 60)} of the notebook is not a setting; it has no effect.`
    });
  }
  const read = readSettings(settings.defaults, { cell: 0, id: '', line: 0, column: 0, endLine: 0, endColumn: 0 });
  for (const { range: _, message, ...rest } of read.diagnostics) {
    const about = message.replace('Cell 0: metadata.cellway', 'metadata.cellway.defaults of the notebook, ');
    diagnostics.push({ ...rest, message: about });
  }
  return { name, ...(description === undefined ? {} : { description }), defaults: read.settings, diagnostics };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

/** A text of one line that says something. */
function text(value: unknown): string | undefined {
  const line = typeof value === 'string' ? value.replace(/\p{Cc}+/gu, ' ').trim() : '';
  return line === '' ? undefined : line.slice(0, 500);
}
