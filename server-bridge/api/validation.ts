import { Ajv, type ErrorObject } from 'ajv';
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';

/** Bodies are taken as they are; what comes as text (paths, queries, headers) is read as the type that is wanted. */
const strict = new Ajv({ useDefaults: true, coerceTypes: false, allErrors: false, strict: false });
const fromText = new Ajv({ useDefaults: true, coerceTypes: 'array', allErrors: false, strict: false });

export const validatorCompiler: FastifySchemaCompiler<object> = ({ schema, httpPart }) => {
  const validate = (httpPart === 'body' ? strict : fromText).compile(schema);
  return (data: unknown) => {
    if (validate(data)) return { value: data };
    return { error: validate.errors as unknown as Error };
  };
};

/** Where and what, in words: `body.notebook.path must be string`. */
export function described(
  errors: readonly (FastifySchemaValidationError | ErrorObject)[],
  part: string
): readonly { readonly at: string; readonly message: string }[] {
  return errors.slice(0, 10).map(({ instancePath, params, message = 'is not valid' }) => {
    const path = instancePath.split('/').slice(1).map(decodePointer);
    const extra = 'additionalProperty' in params ? ` (${JSON.stringify(params.additionalProperty).slice(0, 100)})` : '';
    const allowed = 'allowedValues' in params ? `: ${(params.allowedValues as unknown[]).join(', ')}` : '';
    return { at: [part, ...path].join('.'), message: `${message}${extra}${allowed}` };
  });
}

const decodePointer = (text: string): string => text.replaceAll('~1', '/').replaceAll('~0', '~');
