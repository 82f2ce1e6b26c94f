import type { Diagnostic } from '../api';

/** What only its kernel can say of a cell, when it runs: it may never come to the name, or be meant to fail. */
const KERNEL_SAYS: readonly string[] = ['syntax', 'undefined-name', 'used-before-definition'];

/** Errors of the notebook itself, which keep it from running. */
export function blocking(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity, code }) => severity === 'error' && !KERNEL_SAYS.includes(code));
}
