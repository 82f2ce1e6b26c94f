import type { Metering } from './metering';

/** What a bridge has of the process that it is in. */
export interface Host {
  /** To the log. */
  readonly warn: (message: string, fields: object) => void;
  /** Ends the process: there is nothing more to be done here. Why is for the log. */
  readonly end: (why: string) => void;
  readonly metering: Metering;
}
