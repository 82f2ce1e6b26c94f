export { checkAmbient, generators, loadsFor, origin } from './ambient';
export { checkDisplays } from './displays';
export { checkFiles, othersFiles } from './files';
export type { Seen } from './history';
export { resolveNeeds } from './needs';
export { checkDefinitions, checkInputs, type Pending } from './values';
