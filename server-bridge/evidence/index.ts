/** What runs saw their cells do beyond what the text says, kept for the next analysis of the notebook. */
export { evidenceOf, type Observed } from './gather';
export { type CellEvidence, keepEvidence, readEvidence } from './keep';
