import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';

/** SHA-256 of the text's UTF-8, in hexadecimal. A lone surrogate counts as U+FFFD. */
export function digest(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
